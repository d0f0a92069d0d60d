// A path of WAMP as the plan knows it: what clients may speak, and who has which realm.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: the backend itself (router/backends/wamp_backend.h), how a file writes it (settings/wamp_settings.h),
// realms that workers announce (exchange/realm_source.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/serializer.h"
#include "router/plan/pool_spec.h"
#include "router/plan/wamp_auth_spec.h"

namespace zeroway {

// A router of WAMP that this one dials.
struct RealmSpec {
  enum class Transport : std::uint8_t { web_socket, raw_socket };

  std::string realm;  // "" = all that nobody else has
  Transport transport = Transport::web_socket;
  PoolSpec pool;           // of its server; the plan has it as a backend of its own, too, in front of the path's
  std::string host, path;  // of the WebSocket's opening
  SerializerSet serializers;
  std::size_t most = 0;  // bytes of its longest message; 0 = any

  bool operator==(const RealmSpec&) const = default;
};

struct WampSpec {
  SerializerSet serializers = SerializerSet::all();
  bool requires_subprotocol = true;
  bool has_workers = true;  // realms that workers announce
  bool has_status_page = true;
  std::size_t most = 0;  // bytes of a client's longest message, and of a worker's; 0 = any
  std::vector<RealmSpec> realms;
  std::optional<WampAuthSpec> auth;  // else the backends check their clients themselves

  bool operator==(const WampSpec&) const = default;
};

}  // namespace zeroway
