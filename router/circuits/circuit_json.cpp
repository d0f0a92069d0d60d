#include "router/circuits/circuit_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "proto/control.h"
#include "proto/limits.h"
#include "router/circuits/limits.h"
#include "router/route/network_set.h"
#include "router/route/path_patterns.h"
#include "router/settings/addresses.h"
#include "router/settings/limits.h"
#include "router/settings/units.h"
#include "router/settings/values.h"

namespace zeroway {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::string_view kOfField = "header:";

Error wrong(std::string detail) { return {Fault::client, Code::bad_request, false, std::move(detail)}; }

std::string shown(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 100);
}

Error unfit(const std::string& key, const json& value, const std::string& wants) {
  return wrong(key + " = " + shown(value) + ": wants " + wants);
}

Error unknown_key(const std::string& key, std::string_view of, std::string_view known) {
  return wrong("'" + key.substr(0, 100) + "' is no key of " + std::string(of) + ": there are " + std::string(known));
}

// --- values

Result<> take(const std::string& key, const json& value, bool& to) {
  if (!value.is_boolean()) return unfit(key, value, "true or false");
  to = value.get<bool>();
  return {};
}

Result<> take(const std::string& key, const json& value, std::optional<bool>& to) {
  if (value.is_null()) return {};
  return take(key, value, to.emplace());
}

Result<> take_text(const std::string& key, const json& value, std::size_t most, std::string& to) {
  if (!value.is_string() || value.get_ref<const std::string&>().size() > most)
    return unfit(key, value, "a text of at most " + std::to_string(most) + " bytes");
  to = value.get<std::string>();
  return {};
}

template <class Number>
Result<> take_number(const std::string& key, const json& value, std::uint64_t least, std::uint64_t most, Number& to) {
  const bool is_fit =
      value.is_number_unsigned() && value.get<std::uint64_t>() >= least && value.get<std::uint64_t>() <= most;
  if (!is_fit) return unfit(key, value, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  to = value.get<Number>();
  return {};
}

// Seconds, or a text with its unit.
Result<> take_time(const std::string& key, const json& value, milliseconds least, milliseconds& to) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : "";
  const auto time = read_time(text);
  if (!time || *time < least)
    return unfit(key, value, "a time of at least " + show_time_bare(least) + ", as 10 or \"10s\"");
  to = *time;
  return {};
}

template <class Choice, std::size_t count>
Result<> take_choice(const std::string& key, const json& value, const Choice (&choices)[count], Choice& to) {
  std::string words;
  for (const Choice choice : choices) {
    if (value == to_text(choice)) {
      to = choice;
      return {};
    }
    words.append(words.empty() ? "\"" : ", \"").append(to_text(choice)).append("\"");
  }
  return unfit(key, value, "one of " + words);
}

// --- servers

Result<> take_host(const json& value, ServerSpec& server) {
  if (auto taken = take_text("host", value, kMaxHostLength, server.host); !taken) return taken;
  std::string& host = server.host;
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!is_address(host)) return unfit("host", value, "an address or the name of a host");
  return {};
}

Result<> take_server_key(const std::string& key, const json& value, ServerSpec& server) {
  using State = ServerSpec::State;
  constexpr State kStates[] = {State::active, State::standby, State::draining};
  if (key == "host") return take_host(value, server);
  if (key == "port") return take_number("port", value, 1, 65'535, server.port);
  if (key == "weight") return take_number("weight", value, 0, kMaxWeight, server.weight);
  if (key == "max_conns") return take_number("max_conns", value, 0, kMaxCapacity, server.max_conns);
  if (key == "state") return take_choice("state", value, kStates, server.state);
  return unknown_key(key, "a backend", "host, port, weight, max_conns and state");
}

ServerSpec::Scheme scheme_of(CircuitSpec::Protocol protocol) {
  switch (protocol) {
    case CircuitSpec::Protocol::http:
      break;
    case CircuitSpec::Protocol::https:
      return ServerSpec::Scheme::https;
    case CircuitSpec::Protocol::h2c:
      return ServerSpec::Scheme::h2c;
    case CircuitSpec::Protocol::tcp:
      return ServerSpec::Scheme::tcp;
  }
  return ServerSpec::Scheme::http;
}

Result<> take_server(const json& value, ServerSpec& server) {
  if (!value.is_object()) return unfit("backends", value, "objects with host and port");
  server.port = 0;
  for (const auto& [key, one] : value.items())
    if (auto taken = take_server_key(key, one, server); !taken) return taken;
  if (server.host.empty() || server.port == 0) return unfit("backends", value, "host and port in each");
  const bool is_v6 = server.host.find(':') != std::string::npos;
  server.name = (is_v6 ? "[" + server.host + "]:" : server.host + ":") + std::to_string(server.port);
  return {};
}

Result<> take_servers(const json& value, std::vector<ServerSpec>& servers) {
  if (!value.is_array() || value.size() > kMostCircuitServers)
    return unfit("backends", value, "a list of at most " + std::to_string(kMostCircuitServers));
  for (const json& one : value) {
    ServerSpec& server = servers.emplace_back();
    if (auto taken = take_server(one, server); !taken) return taken;
    const auto is_same = [&](const ServerSpec& other) { return other.name == server.name; };
    if (std::any_of(servers.begin(), servers.end() - 1, is_same)) return wrong(server.name + " is in backends twice");
  }
  return {};
}

// --- health

Result<> take_statuses(const json& value, HealthSpec& health) {
  constexpr const char* kWants = "statuses from 100 to 599, as [200, 204]";
  if (!value.is_array() || value.empty()) return unfit("expected_status", value, kWants);
  health.expected.clear();
  for (const json& one : value) {
    std::uint16_t status = 0;
    if (!take_number("expected_status", one, 100, 599, status)) return unfit("expected_status", value, kWants);
    health.expected.push_back({status, status});
  }
  return {};
}

Result<> take_health_key(const std::string& key, const json& value, HealthSpec& health) {
  using Probe = HealthSpec::Probe;
  constexpr Probe kProbes[] = {Probe::http, Probe::tcp, Probe::grpc};
  constexpr milliseconds kLeast{100};
  if (key == "type") return take_choice("type", value, kProbes, health.probe);
  if (key == "interval") return take_time("interval", value, kLeast, health.interval);
  if (key == "timeout") return take_time("timeout", value, kLeast, health.timeout);
  if (key == "initial_delay") return take_time("initial_delay", value, milliseconds(0), health.initial_delay);
  if (key == "fall") return take_number("fall", value, 1, 1'000, health.retries);
  if (key == "rise") return take_number("rise", value, 1, 1'000, health.rise);
  if (key == "expected_status") return take_statuses(value, health);
  if (key != "path")
    return unknown_key(key, "health", "type, path, interval, timeout, initial_delay, fall, rise and expected_status");
  if (auto taken = take_text("path", value, kMaxHeadSize, health.path); !taken) return taken;
  const bool is_path = health.path.starts_with('/') && health.path.find_first_of(" \t\r\n#") == std::string::npos;
  return is_path ? Result<>() : unfit("path", value, "a path from / on");
}

Result<> take_health(const json& value, HealthSpec& health) {
  if (value.is_null()) return {};
  if (!value.is_object()) return unfit("health", value, "an object");
  health.is_active = true;
  for (const auto& [key, one] : value.items())
    if (auto taken = take_health_key(key, one, health); !taken) return wrong("health: " + taken.error().detail);
  return {};
}

// --- the circuit

Result<> take_sticky(const json& value, std::optional<StickySettings>& to) {
  if (value.is_null()) return {};
  StickySettings sticky;
  const std::string word = value.is_string() ? value.get<std::string>() : "";
  if (value == true || word == "cookie") {
    sticky.by = StickyBy::cookie;
  } else if (word == "address") {
    sticky.by = StickyBy::address;
  } else if (word.starts_with(kOfField)) {
    auto field = take_field_name(word.substr(kOfField.size()));
    if (!field) return unfit("sticky", value, "the name of a field behind header:");
    sticky.by = StickyBy::field;
    sticky.field = std::move(*field);
  } else if (value != false && word != "off") {
    return unfit("sticky", value, "true, false, \"cookie\", \"address\" or \"header:NAME\"");
  }
  to = std::move(sticky);
  return {};
}

Result<> take_part(const std::string& key, const json& value, std::string& to) {
  if (value.is_string()) to = value.get<std::string>();
  if (is_app_part(to)) return {};
  return unfit(key, value, "1 to " + std::to_string(kMaxAppPart) + " of A-Z a-z 0-9 . _ ~ -");
}

Result<> take_id(const json& value, std::string& id) {
  if (!value.is_string() || !is_circuit_id(value.get_ref<const std::string&>()))
    return unfit("id", value, "1 to " + std::to_string(kMaxCircuitId) + " of A-Z a-z 0-9 . _ ~ -, no '.' first");
  if (!id.empty() && value != id) return unfit("id", value, "'" + id + "', as in the path, or no id");
  id = value.get<std::string>();
  return {};
}

Result<> take_subdomain(const json& value, std::string& to) {
  constexpr std::string_view kLegal = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (value.is_null()) return {};
  if (auto taken = take_text("subdomain", value, kLongestLabel, to); !taken) return taken;
  const bool is_label =
      to.empty() || (to.find_first_not_of(kLegal) == std::string::npos && to.front() != '-' && to.back() != '-');
  return is_label ? Result<>() : unfit("subdomain", value, "one label of a host's name, in lower case");
}

// An entry that is wrong must not open the circuit to everybody, so all of them have to be right.
Result<> take_networks(const json& value, std::vector<std::string>& to) {
  if (value.is_null()) return {};
  if (!value.is_array() || value.size() > kMostClientNetworks)
    return unfit("allowed_client_ips", value, "a list of networks");
  for (const json& one : value) {
    NetworkSet networks;
    if (!one.is_string() || !networks.add(one.get_ref<const std::string&>()))
      return unfit("allowed_client_ips", one, "an address or a network, as \"10.0.0.0/8\"");
    to.push_back(one.get<std::string>());
  }
  return {};
}

Result<> take_ignored(const json& value, std::vector<std::string>& to) {
  if (value.is_null()) return {};
  if (!value.is_array() || value.size() > kMostIgnoredPaths)
    return unfit("idle_ignores", value, "a list of at most " + std::to_string(kMostIgnoredPaths) + " paths");
  for (const json& one : value) {
    PathPatterns patterns;
    const auto taken = one.is_string() ? patterns.add(one.get_ref<const std::string&>())
                                       : Result<>(unfit("idle_ignores", one, "a path, as \"/api/status\""));
    if (!taken) return one.is_string() ? wrong("idle_ignores: " + taken.error().detail) : taken;
    to.push_back(one.get<std::string>());
  }
  return {};
}

Result<> take_times(const std::string& key, const json& value, CircuitSpec& spec) {
  if (key == "connect_timeout") return take_time(key, value, milliseconds(1), spec.connect_timeout);
  if (key == "drain_timeout") return take_time(key, value, milliseconds(0), spec.drain_timeout);
  return take_time(key, value, milliseconds(0), spec.idle_timeout);
}

Result<> take_circuit_key(const std::string& key, const json& value, CircuitSpec& spec) {
  using Protocol = CircuitSpec::Protocol;
  constexpr Protocol kProtocols[] = {Protocol::http, Protocol::https, Protocol::h2c, Protocol::tcp};
  if (key == "id") return take_id(value, spec.id);
  if (key == "session") return take_part(key, value, spec.session);
  if (key == "service") return take_part(key, value, spec.service);
  if (key == "owner") return take_text(key, value, kMaxAppPart, spec.owner);
  if (key == "subdomain") return take_subdomain(value, spec.subdomain);
  if (key == "port") return value.is_null() ? Result<>() : take_number(key, value, 1, 65'535, spec.port);
  if (key == "protocol") return take_choice(key, value, kProtocols, spec.protocol);
  if (key == "backends") return take_servers(value, spec.servers);
  if (key == "health") return take_health(value, spec.health);
  if (key == "sticky") return take_sticky(value, spec.sticky);
  if (key == "strip_prefix") return take(key, value, spec.strip_prefix);
  if (key == "rewrite_location") return take(key, value, spec.rewrite_location);
  if (key == "rewrite_cookie_path") return take(key, value, spec.rewrite_cookie_path);
  if (key == "open_to_public") return take(key, value, spec.open_to_public);
  if (key == "allowed_client_ips") return take_networks(value, spec.allowed_client_ips);
  if (key == "idle_ignores") return take_ignored(value, spec.idle_ignores);
  if (key == "user") return take_text(key, value, kMostUserName, spec.user);
  if (key == "connect_timeout" || key == "drain_timeout" || key == "idle_timeout") return take_times(key, value, spec);
  return unknown_key(key, "a circuit",
                     "id, session, service, owner, subdomain, port, protocol, backends, health, sticky, strip_prefix, "
                     "rewrite_location, rewrite_cookie_path, open_to_public, allowed_client_ips, user, "
                     "connect_timeout, drain_timeout, idle_timeout and idle_ignores");
}

Result<CircuitSpec> take_circuit(std::string_view id, const json& value) {
  if (!value.is_object()) return wrong("a circuit is a JSON object");
  CircuitSpec spec;
  spec.id = id;
  spec.health.retries = spec.health.fall;
  for (const auto& [key, one] : value.items())
    if (auto taken = take_circuit_key(key, one, spec); !taken) return taken.error();
  if (spec.id.empty()) return wrong("a circuit has no id");
  if (spec.session.empty() || spec.service.empty())
    return wrong("circuit " + spec.id + ": it must say session and service");
  for (ServerSpec& server : spec.servers) server.scheme = scheme_of(spec.protocol);
  return spec;
}

std::optional<json> parsed(std::string_view text) {
  const auto is_fit = [](int depth, json::parse_event_t, json&) { return depth <= kDeepestCircuitJson; };
  json read = json::parse(text, is_fit, false);
  return read.is_discarded() ? std::nullopt : std::optional(std::move(read));
}

Result<> take_changed(const json& list, std::vector<CircuitSpec>& put) {
  if (!list.is_array()) return unfit("put", list, "a list of circuits");
  for (const json& one : list) {
    auto spec = take_circuit("", one);
    if (!spec) return wrong("put[" + std::to_string(put.size()) + "]: " + spec.error().detail);
    put.push_back(std::move(*spec));
  }
  return {};
}

Result<> take_removed(const json& list, std::vector<std::string>& removed) {
  if (!list.is_array()) return unfit("remove", list, "a list of ids");
  for (const json& one : list) {
    if (!one.is_string()) return unfit("remove", one, "the id of a circuit");
    removed.push_back(one.get<std::string>());
  }
  return {};
}

Result<> take_change_key(const std::string& key, const json& value, CircuitChange& change) {
  if (key == "put") return take_changed(value, change.put);
  if (key == "remove") return take_removed(value, change.removed);
  if (key == "replace") return take(key, value, change.replaces);
  if (key == "owner") return take_text(key, value, kMaxAppPart, change.owner);
  return unknown_key(key, "a change", "put, remove, replace and owner");
}

// --- writing

json server_json(const ServerSpec& server) {
  json out{{"host", server.host}, {"port", server.port}, {"weight", server.weight}, {"state", to_text(server.state)}};
  if (server.max_conns > 0) out["max_conns"] = server.max_conns;
  return out;
}

json health_json(const HealthSpec& health) {
  json out{{"type", to_text(health.probe)},
           {"path", health.path},
           {"interval", show_time_bare(health.interval)},
           {"timeout", show_time_bare(health.timeout)},
           {"initial_delay", show_time_bare(health.initial_delay)},
           {"fall", health.retries},
           {"rise", health.rise}};
  const HealthSpec usual;
  if (health.expected == usual.expected) return out;
  json& statuses = out["expected_status"] = json::array();
  for (const auto& range : health.expected) statuses.push_back(range.first);
  return out;
}

json sticky_json(const StickySettings& sticky) {
  if (sticky.by == StickyBy::nothing) return false;
  if (sticky.by == StickyBy::cookie) return "cookie";
  return sticky.by == StickyBy::address ? "address" : std::string(kOfField) + sticky.field;
}

void put(json& out, const char* key, const std::optional<bool>& value) {
  if (value) out[key] = *value;
}

void put(json& out, const char* key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

}  // namespace

bool is_circuit_id(std::string_view text) {
  constexpr std::string_view kLegal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
  return !text.empty() && text.size() <= kMaxCircuitId && text.front() != '.' &&
         text.find_first_not_of(kLegal) == std::string_view::npos;
}

Result<CircuitSpec> read_circuit(std::string_view id, std::string_view text) {
  if (!is_circuit_id(id))
    return wrong("'" + std::string(id.substr(0, kMaxCircuitId)) + "' is no id: wants 1 to " +
                 std::to_string(kMaxCircuitId) + " of A-Z a-z 0-9 . _ ~ -, no '.' first");
  const auto read = parsed(text);
  return read ? take_circuit(id, *read) : Result<CircuitSpec>(wrong("the text is no JSON"));
}

Result<CircuitChange> read_circuit_change(std::string_view text) {
  const auto read = parsed(text);
  if (!read) return wrong("the body is no JSON");
  if (!read->is_object()) return wrong("the body is no JSON object");
  CircuitChange change;
  for (const auto& [key, value] : read->items())
    if (auto taken = take_change_key(key, value, change); !taken) return taken.error();
  for (CircuitSpec& spec : change.put)
    if (spec.owner.empty()) spec.owner = change.owner;
  return change;
}

std::string circuit_json(const CircuitSpec& spec) {
  json out{{"id", spec.id},
           {"session", spec.session},
           {"service", spec.service},
           {"protocol", to_text(spec.protocol)},
           {"connect_timeout", show_time_bare(spec.connect_timeout)},
           {"drain_timeout", show_time_bare(spec.drain_timeout)},
           {"idle_timeout", show_time_bare(spec.idle_timeout)}};
  json& servers = out["backends"] = json::array();
  for (const ServerSpec& server : spec.servers) servers.push_back(server_json(server));
  if (spec.health.is_active) out["health"] = health_json(spec.health);
  if (spec.sticky) out["sticky"] = sticky_json(*spec.sticky);
  put(out, "owner", spec.owner);
  put(out, "subdomain", spec.subdomain);
  put(out, "user", spec.user);
  if (spec.port != 0) out["port"] = spec.port;
  put(out, "strip_prefix", spec.strip_prefix);
  put(out, "rewrite_location", spec.rewrite_location);
  put(out, "rewrite_cookie_path", spec.rewrite_cookie_path);
  put(out, "open_to_public", spec.open_to_public);
  if (!spec.idle_ignores.empty()) out["idle_ignores"] = spec.idle_ignores;
  if (!spec.allowed_client_ips.empty()) out["allowed_client_ips"] = spec.allowed_client_ips;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace zeroway
