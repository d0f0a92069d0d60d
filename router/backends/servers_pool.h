// What all loops know of one pool of servers: whose turn it is, how many requests each server has, how each one is.
//
// Owner: shared by the ServersBackend of each loop, and by the health checks.   Thread: any.
// Not here: connections, which belong to one loop (backends/origin.h).
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/backends/origin_tls.h"
#include "router/backends/room_bell.h"
#include "router/observe/time.h"
#include "router/plan/pool_spec.h"
#include "router/route/chooser.h"
#include "router/route/member_health.h"

namespace zeroway {

class ServersPool {
 public:
  // `before`: the pool of this name before a reload; servers at the same address keep their health. Errors have a
  // detail for the reader of the file.
  [[nodiscard]] static Result<std::shared_ptr<ServersPool>> make(PoolSpec spec, const ServersPool* before = nullptr,
                                                                 std::uint64_t seed = 0);

  [[nodiscard]] const PoolSpec& spec() const { return spec_; }
  [[nodiscard]] std::size_t size() const { return spec_.servers.size(); }
  [[nodiscard]] const ServerSpec& server(std::size_t index) const { return spec_.servers[index]; }
  [[nodiscard]] Chooser& chooser() { return *chooser_.load(std::memory_order_acquire); }
  [[nodiscard]] MemberHealth& health(std::size_t index) { return health_[index]; }
  // An operator takes the servers of this name out of rotation, or puts them back. Returns how many there are.
  std::size_t hold(std::string_view name, bool is_held);
  // An operator gives the servers of this name another weight, 0 = no traffic; it holds as long as the pool. Returns
  // how many there are. Called on one thread. Errors: no server of the pool would have a weight, or the weights are
  // unfit.
  [[nodiscard]] Result<std::size_t> weigh(std::string_view name, std::uint32_t weight);
  [[nodiscard]] std::uint32_t weight(std::size_t index) { return chooser().member(index).weight; }
  // For the operator: its health, behind "standby, " or "draining, ".
  [[nodiscard]] std::string state(std::size_t index, Time now) const;
  // Whether it may get new clients now.
  [[nodiscard]] bool takes_new_clients(std::size_t index, Time now) const;
  // Tells the operator when the server was fit and is out now, or the other way round. `why`: what took it out.
  void tell_change(std::size_t index, bool was_fit, Time now, std::string_view why) const;
  [[nodiscard]] const OriginTls* tls(std::size_t index) const { return tls_[index] ? &*tls_[index] : nullptr; }
  [[nodiscard]] RoomBell& bell() { return bell_; }

 private:
  ServersPool(PoolSpec spec, std::unique_ptr<Chooser> chooser, std::vector<std::optional<OriginTls>> tls,
              const ServersPool* before);
  [[nodiscard]] HealthState state_of(const ServerSpec& server) const;

  const PoolSpec spec_;
  // The last one is in use. Another loop may be within an earlier one, so they stay: an operator changes few weights.
  std::vector<std::unique_ptr<Chooser>> choosers_;
  std::atomic<Chooser*> chooser_;
  const std::vector<std::optional<OriginTls>> tls_;
  std::deque<MemberHealth> health_;  // in place: they hold atomics
  RoomBell bell_;
};

}  // namespace zeroway
