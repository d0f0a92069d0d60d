// The router's coordinator, where the file names one: joins its client with the circuits that the router serves.
//
// Owner: Router; another one after a reload that changes what the file says of it.   Thread: the first loop's.
// Not here: what is asked and when (coordinator/coordinator_client.h), circuits (circuits/circuit_store.h).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/circuits/circuit_store.h"
#include "router/coordinator/coordinator_client.h"
#include "router/coordinator/net_coordinator_line.h"
#include "router/net/loop.h"
#include "router/observe/wall_clock.h"
#include "router/settings/settings.h"

namespace zeroway {

// The owner of all circuits of a coordinator, whether it was asked for them or has pushed them.
inline constexpr const char* kCoordinatorOwner = "coordinator";

class RouterCoordinator {
 public:
  // `has_table` is called once the circuits are known, each time that they are. All of them outlive this.
  struct Parts {
    Loop& loop;
    const WallClock& clock;
    CircuitStore& circuits;
    std::function<void()> has_table;
  };

  // The error names the file of the secret or of authorities.
  [[nodiscard]] static Result<std::unique_ptr<RouterCoordinator>> make(Parts parts, const AppProxySettings& said,
                                                                       const ManagementSettings& management);

  void begin() { client_.begin(); }
  // Signs off. `done` is called once, in a later turn, at most kLeaveTimeout later.
  void leave(std::function<void()> done) { client_.leave(std::move(done)); }
  [[nodiscard]] bool has_left() const { return client_.has_left(); }
  // Whether it does what the other one does.
  [[nodiscard]] bool is_as(const RouterCoordinator& other) const {
    return said_ == other.said_ && management_ == other.management_ && secret_ == other.secret_;
  }

 private:
  RouterCoordinator(Parts parts, const AppProxySettings& said, const ManagementSettings& management, std::string secret,
                    std::unique_ptr<NetCoordinatorLine> line);
  void use(std::vector<CircuitSpec> wanted);
  void used(const Result<std::size_t>& changed);
  [[nodiscard]] CoordinatorReport report() const;

  Parts parts_;
  const AppProxySettings said_;
  const ManagementSettings management_;
  const std::string secret_;
  std::vector<std::string> taken_;  // ids that others have: told once
  const std::unique_ptr<NetCoordinatorLine> line_;
  CoordinatorClient client_;
  // Changes may end after this object: each looks here first.
  const std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace zeroway
