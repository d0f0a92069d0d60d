#include "router/fabric/fabric_realms.h"

#include "proto/control.h"
#include "router/fabric/claims.h"
#include "router/fabric/fabric.h"
#include "router/fabric/placement.h"

namespace zeroway {

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
  Realm& known = realms_[pool];
  if (!known.group)
    known.group = std::make_unique<FabricGroup>(parts_.fabric, parts_.membership, pool, parts_.claims.group(pool));
  known.asked = parts_.fabric.now();
  return *known.group;
}

// A stream that was opened there has waited no longer than `memory`.
void FabricRealms::forget_old(Time now, std::chrono::nanoseconds memory) {
  std::erase_if(realms_, [&](const auto& one) {
    const bool is_old = !parts_.claims.announcements().has(one.first) && now - one.second.asked >= memory;
    if (is_old) parts_.claims.forget_group(one.first);
    return is_old;
  });
}

void FabricRealms::lost_time(std::chrono::nanoseconds lost) {
  for (auto& one : realms_) one.second.asked += lost;
}

}  // namespace zeroway
