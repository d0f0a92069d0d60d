// Drives the fabric of one loop: binds its sockets, runs its turns and gives it the time.
//
// Owner: Router keeps one per loop.   Thread: one loop.
// Not here: any decision (router/fabric/fabric.h), the sockets themselves (router/fabric/fabric_engine.h).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "router/exchange/backend.h"
#include "router/fabric/fabric.h"
#include "router/fabric/fabric_engine.h"
#include "router/net/loop.h"

namespace zeroway {

class FabricDriver : private TurnEnd {
 public:
  FabricDriver(Loop& loop, const FabricSettings& settings, Welcome welcome, Counters& counters);
  ~FabricDriver() override;

  // The WELCOME for loop `index` of `loops`: the endpoints of all of them. Fails when `endpoint` has no steer endpoint.
  [[nodiscard]] static Result<Welcome> plan(const FabricSettings& settings, const std::string& router,
                                            std::uint32_t index, std::uint32_t loops);

  [[nodiscard]] Result<> bind();
  [[nodiscard]] Backend& backend() { return fabric_; }
  [[nodiscard]] const Backend& backend() const { return fabric_; }
  [[nodiscard]] Backend& group(const std::string& name) { return fabric_.group(name); }
  [[nodiscard]] CircuitSource& circuits() { return fabric_; }
  [[nodiscard]] RealmSource& realms() { return fabric_.realms(); }
  // See Fabric.
  [[nodiscard]] std::vector<MemberFacts> members() const { return fabric_.members(); }
  [[nodiscard]] WorkerSlice slice(WorkerKey after, std::size_t most) const { return fabric_.slice(after, most); }
  // See Membership.
  std::size_t hold(std::string_view member, bool is_held) { return fabric_.hold(member, is_held); }
  std::size_t weigh(std::string_view member, std::uint32_t weight) { return fabric_.weigh(member, weight); }

 private:
  void turn_end() override;
  void receive_later();
  void tick();

  Loop& loop_;
  const std::string& endpoint_;
  std::uint32_t index_;
  std::unique_ptr<FabricEngine> engine_;
  Fabric fabric_;
  Timer timer_;
  Millis ticking_{0};
  int unfinished_ = 0;  // turns in a row that ended with more to receive
  bool is_later_ = false;
};

}  // namespace zeroway
