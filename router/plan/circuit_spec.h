// A circuit that the management API names: the service of a session, and the servers that answer it.
//
// Owner: whoever put it (router/circuits/circuit_store.h); a value.   Thread: any; never changed.
// Circuits with one session and one service are one: their servers share the requests, and the rest is said by the one
// that was put last. Not here: its JSON (router/circuits/circuit_json.h), circuits of workers (proto/control.h:
// AppName).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/plan/pool_spec.h"
#include "router/settings/sticky_settings.h"

namespace zeroway {

struct CircuitSpec {
  enum class Protocol : std::uint8_t { http, https, h2c, tcp };

  std::string id;                // 1 … kMaxCircuitId of the characters of a session's name
  std::string session, service;  // see is_app_part()
  std::string owner;             // who keeps the circuit; "" = whoever has the token
  std::string subdomain;         // a label in front of the domains of a site, beside SERVICE-SESSION; "" = none
  std::uint16_t port = 0;        // of sessions.ports; 0 = any of them
  Protocol protocol = Protocol::http;
  std::vector<ServerSpec> servers;
  HealthSpec health;

  // Without a value as the site has it for all its circuits.
  std::optional<StickySettings> sticky{};
  std::optional<bool> strip_prefix{}, rewrite_location{}, rewrite_cookie_path{};
  std::optional<bool> open_to_public{};

  std::vector<std::string> allowed_client_ips{};  // networks; none = every client may come
  std::string user{};                             // whose permit is good here; "" = the circuit's own alone
  std::vector<std::string> idle_ignores{};        // patterns of the service's paths whose requests are no use of it
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds drain_timeout{60'000};  // then clients leave a draining server
  std::chrono::milliseconds idle_timeout{0};        // without use for so long it is removed; 0 = never

  [[nodiscard]] std::string path() const { return "/" + session + "/" + service; }
  bool operator==(const CircuitSpec&) const = default;
};

[[nodiscard]] inline std::string_view to_text(CircuitSpec::Protocol protocol) {
  constexpr std::string_view kNames[] = {"http", "https", "h2c", "tcp"};
  return kNames[static_cast<std::size_t>(protocol)];
}

// What changes at once.
struct CircuitChange {
  std::vector<CircuitSpec> put;
  std::vector<std::string> removed;  // ids
  bool replaces = false;             // all other circuits of `owner` are removed
  std::string owner{};               // of `replaces`
};

}  // namespace zeroway
