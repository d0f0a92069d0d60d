// HELLO and WELCOME: the identity and the routes of a worker, and the identity of the router. JSON on the wire.
//
// Owner: values.   Thread: any.
// Not here: what the router does with a HELLO (router/fabric/roster.h). cereal is included by control.cpp alone.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/limits.h"
#include "proto/route_claim.h"
#include "proto/serializer.h"

namespace zeroway {

// What the workers of an app answer: requests and WebSockets, or tunnels.
inline constexpr std::string_view kProtocolHttp = "http";
inline constexpr std::string_view kProtocolTcp = "tcp";

// A service of a session: routers serve it at /SESSION/SERVICE/.
struct AppName {
  std::string session;                                // "" = no service; see is_app_part()
  std::string service;                                // the same
  std::string protocol = std::string(kProtocolHttp);  // or kProtocolTcp

  [[nodiscard]] bool is_none() const { return session.empty(); }
};

// A realm of WAMP: routers hand its sessions, as WebSockets, to the workers that announce it.
struct WampRealm {
  std::string realm;  // "" = the sessions of all realms that no worker announces; else see is_realm_name()
  SerializerSet serializers = SerializerSet::all();
  bool is_shared = false;   // all its workers share the sessions; else the oldest one has them all
  std::uint64_t since = 0;  // since when the worker has served it without a break, in ms since 1970; 0 = not told
};

struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string name;      // shown to people; 1 … kMaxNameLength visible ASCII characters
  std::string instance;  // the routing id: name#16 hex digits, new for each connection to a steer endpoint
  std::string replaces;  // the instance of the worker's earlier connection to this steer endpoint; "" = none
  std::uint64_t pid = 0;
  std::uint32_t weight = 1;                   // 1 … kMaxWeight
  std::uint32_t capacity = kDefaultCapacity;  // 1 … kMaxCapacity
  std::string state = "ready";                // "ready" or "draining"
  bool is_standby = false;                    // member `role`: gets streams only while no active worker is fit
  std::vector<RouteClaim> routes;             // in their plain form; empty = the open pool
  std::string group;                          // see is_group_name(); "" = none. With a group `routes` do not count
  AppName app{};                              // with an app `group` is its circuit's path, and is not on the wire
  std::optional<WampRealm> wamp{};            // with a realm `group` is realm_pool(), and is not on the wire
};

struct Pair {
  std::string deal;  // a ZeroMQ endpoint; host '*' = the host that the worker dialled
  std::string steer;
};

struct Welcome {
  std::uint32_t version = kProtocolVersion;
  std::string router;       // this router process's instance id, new in each process
  std::uint32_t loop = 0;   // the index in `pairs` of the loop that sent this
  std::vector<Pair> pairs;  // one for each loop of the router; a worker connects to all
  // The router pings a worker from which it has heard nothing for the interval, and gives the worker up after the
  // timeout. In ms.
  std::uint32_t heartbeat_interval = kDefaultHeartbeatInterval;  // 1 … kMaxHeartbeat
  std::uint32_t heartbeat_timeout = kDefaultHeartbeatTimeout;    // 1 … kMaxHeartbeat
};

// Whether `name` is 1 … kMaxGroupLength of A-Z a-z 0-9 . _ -.
[[nodiscard]] bool is_group_name(std::string_view name);
// Whether `name` is 1 … kMaxAppPart of A-Z a-z 0-9 . _ ~ -, and neither "." nor "..".
[[nodiscard]] bool is_app_part(std::string_view name);
// "/SESSION/SERVICE": the path of the app's circuit, and the name of the pool of its workers.
[[nodiscard]] std::string circuit_path(const AppName& app);
// Whether `name` is 1 … kMaxRealmLength visible ASCII characters without '#', of which no '.' is the first, the last or
// behind another one.
[[nodiscard]] bool is_realm_name(std::string_view name);
// The name of the pool of the workers that announce the realm. No group and no circuit is called like this.
[[nodiscard]] std::string realm_pool(std::string_view realm);
// Whether the group of a HELLO is the pool of an app or of a realm: something that routers serve unasked.
[[nodiscard]] bool is_announced_pool(std::string_view group);
// What the worker serves, for people: "group batch", "app s1/jupyter", "realm realm1", "all other realms", or see
// claims_text(); on standby with ", on standby" behind it.
[[nodiscard]] std::string served_text(const Hello& hello);

[[nodiscard]] std::string write_hello(const Hello& hello);
[[nodiscard]] std::string write_welcome(const Welcome& welcome);
// Unknown members are ignored. An absent member has the default above; name, instance, router and pairs must be there.
// Fails with frame_error naming the member and the value when a value is out of range.
[[nodiscard]] Result<Hello> read_hello(Bytes json);
[[nodiscard]] Result<Welcome> read_welcome(Bytes json);

// The steer endpoint that belongs to a deal endpoint: tcp port + 1, ipc path + ".steer". Fails for other transports,
// a port outside 1 … 65534 or no port.
[[nodiscard]] Result<std::string> steer_endpoint(const std::string& deal);
// The deal endpoint of loop `index`: tcp port + 2 × index, ipc path + "." + index (index 0: unchanged).
[[nodiscard]] Result<std::string> loop_endpoint(const std::string& deal, std::uint32_t index);

}  // namespace zeroway
