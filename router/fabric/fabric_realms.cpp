#include "router/fabric/fabric_realms.h"

#include <algorithm>
#include <set>

#include "proto/control.h"
#include "router/fabric/claims.h"
#include "router/fabric/fabric.h"
#include "router/fabric/placement.h"

namespace zeroway {

FabricRealms::Realm::Realm(const Parts& parts, const std::string& name, PoolId id)
    : FabricGroup(parts.fabric, parts.membership, name, id), fabric(parts.fabric), pool(id) {}

BackendStream FabricRealms::Realm::open(const BackendRequest& request, ReplyTo reply_to) {
  used = fabric.now();
  return FabricGroup::open(request, reply_to);
}

bool FabricRealms::has_realms() const { return parts_.claims.announcements().has_realms(); }

FabricRealms::Presence FabricRealms::presence(std::string_view realm) const {
  const std::string pool = realm_pool(realm);
  const Announcements& announced = parts_.claims.announcements();
  if (announced.has_workers(pool)) return Presence::announced;
  return announced.has(pool) || parts_.placement.may_more_workers_come() ? Presence::expected : Presence::unknown;
}

SerializerSet FabricRealms::serializers_of(std::string_view realm) const {
  return parts_.claims.announcements().serializers(realm_pool(realm));
}

Backend& FabricRealms::backend_of(const std::string& realm) {
  const std::string pool = realm_pool(realm);
  std::unique_ptr<Realm>& known = realms_[pool];
  if (!known) known = std::make_unique<Realm>(parts_, pool, parts_.claims.group(pool));
  known->used = parts_.fabric.now();
  return *known;
}

// Who has a stream there may open another one when that one is over.
void FabricRealms::forget_old(Time now, std::chrono::nanoseconds memory) {
  const auto is_old = [&](const auto& one) {
    return !parts_.claims.announcements().has(one.first) && now - one.second->used >= memory;
  };
  if (std::none_of(realms_.begin(), realms_.end(), is_old)) return;
  const std::set<PoolId> in_use = parts_.fabric.pools_in_use();
  for (const auto& one : realms_)
    if (in_use.contains(one.second->pool)) one.second->used = now;
  std::erase_if(realms_, [&](const auto& one) {
    if (!is_old(one)) return false;
    parts_.claims.forget_group(one.first);
    return true;
  });
}

void FabricRealms::lost_time(std::chrono::nanoseconds lost) {
  for (const auto& one : realms_) one.second->used += lost;
}

}  // namespace zeroway
