// Who has a realm: a backend that the plan names, or workers that announce it.
//
//     realm ── a backend of this name ── workers announce it, or may soon ── the backend without a realm
//                                                                    └── the workers without a realm ── nobody
//
// Owner: WampBackend.   Thread: one loop.
// Workers that lost a realm a short time ago keep it: its sessions wait for them, and nobody else gets them meanwhile.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/serializer.h"
#include "router/exchange/backend.h"
#include "router/exchange/realm_source.h"
#include "router/plan/wamp_spec.h"

namespace zeroway {

struct RealmHost {
  Backend* backend = nullptr;  // stays as long as Realms
  SerializerSet serializers{};
  std::size_t most = 0;             // bytes of a message, both ways
  const RealmSpec* spec = nullptr;  // null: workers

  // What a session of a client with `client` speaks there: the same, if that is possible.
  [[nodiscard]] Serializer serializer_for(Serializer client) const;
};

class Realms {
 public:
  // `dialled`: the backends of spec.realms, in their order. `workers`, if there are any, and `spec` outlive this
  // object.
  Realms(const WampSpec& spec, std::vector<std::shared_ptr<Backend>> dialled, RealmSource* workers);

  [[nodiscard]] std::optional<RealmHost> find(const std::string& realm) const;
  // Whether any realm has somebody who could take its sessions now.
  [[nodiscard]] bool is_ready() const;
  // Whether workers announce any realm.
  [[nodiscard]] bool has_workers() const { return workers_ != nullptr && workers_->has_realms(); }

 private:
  [[nodiscard]] std::optional<RealmHost> named(std::string_view realm) const;
  [[nodiscard]] std::optional<RealmHost> workers_of(const std::string& realm) const;
  [[nodiscard]] std::size_t most_of(std::size_t wanted) const;

  const WampSpec& spec_;
  std::vector<std::shared_ptr<Backend>> dialled_;
  RealmSource* workers_;
};

}  // namespace zeroway
