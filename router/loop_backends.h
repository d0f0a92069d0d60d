// Builds the backends of a plan for one loop, and keeps what they share.
//
// Owner: the loop's lane; outlives the backends.   Thread: that loop.
// A specification that the plan before has too keeps its backend: connections, health and counters survive.
// Not here: what all loops share of a pool (backends/servers_pool.h; router/router.cpp makes it).
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "router/admin/desk.h"
#include "router/backends/files/mime_types.h"
#include "router/backends/health_checks.h"
#include "router/backends/net_origin_dialer.h"
#include "router/backends/servers_backend.h"
#include "router/backends/servers_pool.h"
#include "router/backends/wamp/wamp_book.h"
#include "router/coding/coder_pool.h"
#include "router/exchange/plan_in_use.h"
#include "router/fabric/fabric_driver.h"
#include "router/http/client_codec.h"
#include "router/http/randomness.h"
#include "router/net/dialer.h"
#include "router/net/loop.h"
#include "router/net/resolver.h"
#include "router/plan/plan.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway {

// In the order of Plan::backends; null where a backend has no servers.
using SharedPools = std::vector<std::shared_ptr<ServersPool>>;
// The same; null where a backend has no cookies of WAMP.
using SharedCookies = std::vector<std::shared_ptr<CookieStore>>;

class LoopBackends {
 public:
  // All of them outlive the backends.
  LoopBackends(Loop& loop, const WallClock& clock, FabricDriver& fabric, const MimeTypes& types, Desk& desk,
               Checks checks)
      : loop_(loop),
        clock_(clock),
        fabric_(fabric),
        types_(types),
        desk_(desk),
        checks_(checks),
        began_(clock.wall_now()) {}

  // The backends of `plan`, in its order. `before`: the plan in use, or null.
  [[nodiscard]] std::vector<std::shared_ptr<Backend>> make(const Plan& plan, const SharedPools& pools,
                                                           const SharedCookies& cookies, const LoopPlan* before);
  // For requests of our own.
  [[nodiscard]] OriginDialer& dialer() { return servers_; }
  [[nodiscard]] const CodingCounts& coded() const { return coders_.counts; }
  [[nodiscard]] WampBook& wamp() { return wamp_; }

 private:
  using Backends = std::vector<std::shared_ptr<Backend>>;

  [[nodiscard]] std::shared_ptr<Backend> make_one(const BackendSpec& spec, const std::shared_ptr<ServersPool>& pool);
  // `made`: the backends of the plan in front of this one.
  [[nodiscard]] std::shared_ptr<Backend> make_coded(const Plan& plan, const CodedSpec& spec, const Backends& made);
  [[nodiscard]] std::shared_ptr<Backend> make_tunnel(const Plan& plan, const TunnelSpec& spec, const Backends& made);
  [[nodiscard]] std::shared_ptr<Backend> make_wamp(const Plan& plan, const WampSpec& spec, const Backends& made,
                                                   const std::shared_ptr<CookieStore>& cookies);
  [[nodiscard]] std::shared_ptr<Backend> make_files(const FilesSpec& spec);
  [[nodiscard]] std::shared_ptr<Backend> make_page(const PageSpec& spec);
  [[nodiscard]] std::shared_ptr<Backend> make_mixed(const MixedSpec& spec, const std::shared_ptr<ServersPool>& pool);
  [[nodiscard]] std::shared_ptr<Backend> workers_of(const GroupSpec& spec);
  [[nodiscard]] std::shared_ptr<Backend> make_servers(const std::shared_ptr<ServersPool>& pool);
  void tell_replaced(const Plan& plan);
  void check_pools(const SharedPools& pools);

  Loop& loop_;
  const WallClock& clock_;
  FabricDriver& fabric_;
  const MimeTypes& types_;
  Desk& desk_;
  const Checks checks_;
  const WallTime began_;
  CoderPool coders_;
  WampBook wamp_;
  SystemRandomness random_;
  // Messages of servers may be of any size, as those of workers may: credit bounds what of them is under way.
  ClientCodecSettings codecs_{.web_sockets{{.max_message_size = 0}}, .random = &random_};
  Resolver resolver_{loop_};
  Dialer dialer_{loop_};
  NetOriginDialer servers_{loop_, resolver_, dialer_, codecs_};
  std::map<const ServersPool*, std::unique_ptr<HealthChecks>> health_checks_;
  // Those that were made for some plan and live, with their pools.
  std::vector<std::pair<std::weak_ptr<ServersBackend>, std::shared_ptr<ServersPool>>> made_servers_;
};

}  // namespace zeroway
