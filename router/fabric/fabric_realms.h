// The realms that workers announce, each as a backend: the pool of its workers.
//
// Owner: Fabric.   Thread: one loop.
// Not here: which worker of a realm gets a session (router/fabric/pools.h), what a session is made of
// (router/backends/wamp_backend.h).
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "router/exchange/realm_source.h"
#include "router/fabric/fabric_group.h"
#include "router/observe/time.h"
#include "router/route/by_text.h"

namespace zeroway {

class Claims;
class Placement;

class FabricRealms : public RealmSource {
 public:
  struct Parts {
    Fabric& fabric;
    Claims& claims;
    const Placement& placement;
    const Membership& membership;
  };
  explicit FabricRealms(const Parts& parts) : parts_(parts) {}

  [[nodiscard]] bool has_realms() const override;
  [[nodiscard]] Presence presence(std::string_view realm) const override;
  [[nodiscard]] SerializerSet serializers_of(std::string_view realm) const override;
  [[nodiscard]] Backend& backend_of(const std::string& realm) override;

  // Forgets the realms that nobody announces and nobody has used for so long: clients may ask for any number of them.
  void forget_old(Time now, std::chrono::nanoseconds memory);
  void lost_time(std::chrono::nanoseconds lost);

 private:
  // A group that notes when it was asked for or used.
  struct Realm final : FabricGroup {
    Realm(const Parts& parts, const std::string& name, PoolId id);
    [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;

    Fabric& fabric;
    const PoolId pool;
    Time used{};
  };

  Parts parts_;
  ByText<std::unique_ptr<Realm>> realms_;  // by pool
};

}  // namespace zeroway
