#include "router/backends/wamp/realms.h"

#include <algorithm>
#include <utility>

#include "router/backends/limits.h"

namespace zeroway {

Serializer RealmHost::serializer_for(Serializer client) const {
  if (serializers.contains(client)) return client;
  for (const Serializer one : {Serializer::cbor, Serializer::msgpack})
    if (serializers.contains(one)) return one;
  return Serializer::json;
}

Realms::Realms(const WampSpec& spec, std::vector<std::shared_ptr<Backend>> dialled, RealmSource* workers)
    : spec_(spec), dialled_(std::move(dialled)), workers_(spec.has_workers ? workers : nullptr) {}

std::optional<RealmHost> Realms::find(const std::string& realm) const {
  if (!realm.empty()) {
    if (auto host = named(realm)) return host;
    if (auto host = workers_of(realm)) return host;
  }
  if (auto host = named("")) return host;
  return workers_of("");
}

bool Realms::is_ready() const {
  const auto is_one_ready = [](const std::shared_ptr<Backend>& backend) { return backend->is_ready(); };
  return has_workers() || std::any_of(dialled_.begin(), dialled_.end(), is_one_ready);
}

std::optional<RealmHost> Realms::named(std::string_view realm) const {
  for (std::size_t index = 0; index < spec_.realms.size(); ++index) {
    const RealmSpec& one = spec_.realms[index];
    if (one.realm == realm) return RealmHost{dialled_[index].get(), one.serializers, most_of(one.most), &one};
  }
  return std::nullopt;
}

std::optional<RealmHost> Realms::workers_of(const std::string& realm) const {
  if (workers_ == nullptr || realm.size() > kMostRealm) return std::nullopt;
  const auto presence = workers_->presence(realm);
  // Where the file names backends, workers need not come at all.
  const bool may_wait = spec_.realms.empty() || workers_->has_realms();
  if (presence == RealmSource::Presence::unknown) return std::nullopt;
  if (presence == RealmSource::Presence::expected && !may_wait) return std::nullopt;
  SerializerSet serializers = workers_->serializers_of(realm);
  if (serializers.is_empty()) serializers = SerializerSet::all();  // nobody is there yet
  return RealmHost{&workers_->backend_of(realm), serializers, most_of(0), nullptr};
}

std::size_t Realms::most_of(std::size_t wanted) const {
  if (wanted > 0) return wanted;
  return spec_.most > 0 ? spec_.most : kMostWampMessage;
}

}  // namespace zeroway
