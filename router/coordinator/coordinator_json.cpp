#include "router/coordinator/coordinator_json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "proto/limits.h"
#include "router/circuits/circuit_json.h"
#include "router/coordinator/limits.h"
#include "router/route/network_set.h"

namespace zeroway {

namespace {

using nlohmann::json;

Error wrong(std::string detail) { return {Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

std::string shown(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 100);
}

// What is nested too deep is left out: `envs` of a circuit may be anything, and nobody here reads it.
std::optional<json> parsed(std::string_view text) {
  const auto is_fit = [](int depth, json::parse_event_t, json&) { return depth <= kDeepestAnswer; };
  json read = json::parse(text, is_fit, false);
  return read.is_discarded() ? std::nullopt : std::optional(std::move(read));
}

const json& child(const json& node, const char* name) {
  static const json kNull;
  if (!node.is_object()) return kNull;
  const auto found = node.find(name);
  return found == node.end() ? kNull : *found;
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : ""; }

// --- one circuit

std::string protocol_of(const json& circuit) {
  const std::string said = text_of(child(circuit, "protocol"));
  if (said == "grpc" || said == "h2") return "h2c";
  if (said == "preopen") return "http";
  return said == "vnc" || said == "rdp" ? "tcp" : said;
}

const json& first_route(const json& circuit) {
  static const json kNull;
  const json& routes = child(circuit, "route_info");
  return routes.is_array() && !routes.empty() ? routes.front() : kNull;
}

// An inference service is not one session's: its replicas are sessions of their own.
std::string session_of(const json& circuit) {
  if (const std::string endpoint = text_of(child(circuit, "endpoint_id")); !endpoint.empty()) return endpoint;
  if (const std::string session = text_of(child(first_route(circuit), "session_id")); !session.empty()) return session;
  const json& sessions = child(circuit, "session_ids");
  return sessions.is_array() && !sessions.empty() ? text_of(sessions.front()) : "";
}

std::string service_of(const json& circuit) {
  const std::string app = text_of(child(circuit, "app"));
  return app.empty() && !child(circuit, "endpoint_id").is_null() ? "model" : app;
}

std::optional<double> ratio_of(const json& route) {
  const json& said = child(route, "traffic_ratio");
  if (said.is_null()) return 1.0;
  if (!said.is_number()) return std::nullopt;
  const double ratio = said.get<double>();
  return std::isfinite(ratio) && ratio >= 0 ? std::optional(ratio) : std::nullopt;
}

// Weights are whole numbers up to kMaxWeight: ratios that are such numbers stay, others are measured by the largest.
std::vector<std::uint32_t> weights_of(const std::vector<double>& ratios) {
  const auto is_whole = [](double one) { return one <= double{kMaxWeight} && one == std::floor(one); };
  const double most = ratios.empty() ? 0 : *std::max_element(ratios.begin(), ratios.end());
  const bool are_whole = std::all_of(ratios.begin(), ratios.end(), is_whole);
  const bool are_equal = std::all_of(ratios.begin(), ratios.end(), [&](double one) { return one == most || one == 0; });
  std::vector<std::uint32_t> weights;
  for (const double ratio : ratios) {
    double weight = are_whole ? ratio : std::max(1.0, std::round(ratio / most * 100));
    if (are_equal && !are_whole) weight = 1;
    weights.push_back(ratio == 0 ? 0 : static_cast<std::uint32_t>(weight));
  }
  return weights;
}

// As backends of a record. One address that several routes name is one backend with their weights.
Result<> take_backends(const json& circuit, json& backends) {
  const json& routes = child(circuit, "route_info");
  if (!routes.is_array()) return wrong("route_info = " + shown(routes) + ": wants a list");
  std::vector<double> ratios;
  for (const json& route : routes) {
    const auto ratio = ratio_of(route);
    if (!ratio) return wrong("traffic_ratio = " + shown(child(route, "traffic_ratio")) + ": wants a number from 0 on");
    ratios.push_back(*ratio);
  }
  const std::vector<std::uint32_t> weights = weights_of(ratios);
  std::map<std::string, std::size_t> known;
  for (std::size_t index = 0; index < routes.size(); ++index) {
    const json& route = routes[index];
    json backend{
        {"host", child(route, "kernel_host")}, {"port", child(route, "kernel_port")}, {"weight", weights[index]}};
    if (backend["host"].is_null() || backend["host"] == "") backend["host"] = "localhost";
    const auto [at, is_new] = known.emplace(shown(backend["host"]) + shown(backend["port"]), backends.size());
    if (is_new) {
      backends.push_back(std::move(backend));
    } else {
      json& weight = backends[at->second]["weight"];
      weight = std::min(weight.get<std::uint32_t>() + weights[index], std::uint32_t{kMaxWeight});
    }
  }
  return {};
}

std::string trimmed(std::string_view text) {
  constexpr const char* kSpace = " \t";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kSpace) - begin + 1));
}

// "10.0.0.0/8, 2001:db8::/32". A wrong entry is passed over, and told; with nothing but wrong entries the list would
// let everybody in, so that is an error.
Result<> take_networks(const json& said, json& networks, std::vector<std::string>& told) {
  if (said.is_null() || said == "") return {};
  if (!said.is_string()) return wrong("allowed_client_ips = " + shown(said) + ": wants a text");
  std::string_view left = said.get_ref<const std::string&>();
  while (true) {
    const auto comma = std::min(left.find(','), left.size());
    const std::string entry = trimmed(left.substr(0, comma));
    if (NetworkSet set; !entry.empty() && set.add(entry)) {
      networks.push_back(entry);
    } else if (!entry.empty()) {
      told.push_back("allowed_client_ips: " + shown(entry) + " is no network");
    }
    if (comma == left.size()) break;
    left.remove_prefix(comma + 1);
  }
  if (networks.empty()) return wrong("allowed_client_ips = " + shown(said) + ": no entry of it is a network");
  return {};
}

// The record in the form of the management API, whose reader judges it.
Result<> write_record(const json& circuit, json& record, std::vector<std::string>& told) {
  json& backends = record["backends"] = json::array();
  if (auto taken = take_backends(circuit, backends); !taken) return taken;
  json& networks = record["allowed_client_ips"] = json::array();
  if (auto taken = take_networks(child(circuit, "allowed_client_ips"), networks, told); !taken) return taken;
  record["session"] = session_of(circuit);
  record["service"] = service_of(circuit);
  record["protocol"] = protocol_of(circuit);
  const json& is_open = child(circuit, "open_to_public");
  if (!is_open.is_null()) record["open_to_public"] = is_open;
  if (const std::string user = text_of(child(circuit, "user_id")); !user.empty()) record["user"] = user;
  if (const std::string label = text_of(child(circuit, "subdomain")); !label.empty()) record["subdomain"] = label;
  return {};
}

// The site's own port, which a coordinator names where the router has no others, is none of the circuit's.
std::uint16_t port_of(const json& circuit, const PortRange& ports) {
  const json& said = child(circuit, "port");
  const std::uint64_t port = said.is_number_unsigned() ? said.get<std::uint64_t>() : 0;
  return port <= 65'535 && ports.contains(static_cast<std::uint16_t>(port)) ? static_cast<std::uint16_t>(port)
                                                                            : std::uint16_t{0};
}

Result<CircuitSpec> read_one(const json& circuit, const std::string& owner, const PortRange& ports,
                             std::vector<std::string>& told) {
  const std::string id = text_of(child(circuit, "id"));
  if (!is_circuit_id(id)) return wrong("id = " + shown(child(circuit, "id")) + ": is no id of a circuit");
  json record = json::object();
  if (auto written = write_record(circuit, record, told); !written) return written.error();
  auto spec = read_circuit(id, record.dump(-1, ' ', true, json::error_handler_t::replace));
  if (!spec) return spec.error();
  spec->owner = owner;
  spec->port = port_of(circuit, ports);
  return spec;
}

// --- reports

double seconds_of(WallTime time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  return static_cast<double>(since.count()) / 1'000;
}

json state_json(const CircuitState& state) {
  return {{"id", state.id},
          {"requests", state.requests},
          {"open", state.open},
          {"last_access", state.last_access ? json(seconds_of(*state.last_access)) : json()}};
}

}  // namespace

std::string registration_json(const RouterFacts& facts) {
  json body{{"authority", facts.authority},
            {"hostname", facts.hostname},
            {"api_port", facts.api_port},
            {"url", facts.url()},
            {"protocol", "http"},
            {"tls_listen", facts.is_tls},
            {"tls_advertised", facts.is_advertised_tls},
            {"accepted_traffics", {"interactive", "inference"}},
            {"filtered_apps_only", false},
            {"app_filters", json::array()}};
  if (facts.domain.empty()) {
    body["frontend_mode"] = "port";
    const PortRange range = facts.ports.is_none() ? PortRange{facts.port, facts.port} : facts.ports;
    body["port_range"] = {range.first, range.last};
  } else {
    body["frontend_mode"] = "wildcard";
    body["wildcard_domain"] = "." + facts.domain;
    body["wildcard_traffic_port"] = facts.port;
  }
  return body.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::string report_json(const CoordinatorReport& report) {
  json body = json::object();
  json& circuits = body["circuits"] = json::array();
  json& backends = body["backends"] = json::array();
  for (const CircuitState& state : report.circuits) circuits.push_back(state_json(state));
  for (const BackendState& state : report.backends)
    backends.push_back({{"circuit", state.circuit}, {"backend", state.name}, {"healthy", state.is_healthy}});
  return body.dump(-1, ' ', true, json::error_handler_t::replace);
}

Result<std::string> read_worker_id(std::string_view answer) {
  const auto read = parsed(answer);
  if (!read || !read->is_object()) return wrong("the answer is no JSON object: is this a coordinator?");
  constexpr std::string_view kLegal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
  std::string id = text_of(child(*read, "id"));
  if (id.empty() || id.size() > kMostWorkerId || id.find_first_not_of(kLegal) != std::string::npos || id.front() == '.')
    return wrong("id = " + shown(child(*read, "id")) + ": is no id of a worker");
  return id;
}

std::string read_refusal(std::string_view answer) {
  const auto read = parsed(answer);
  if (!read) return "";
  for (const char* key : {"title", "message", "msg"})
    if (const json& said = child(*read, key); said.is_string()) return shown(said);
  return "";
}

Result<CircuitTable> read_circuit_table(std::string_view answer, const std::string& owner, const PortRange& ports) {
  const auto read = parsed(answer);
  if (!read) return wrong("the answer is no JSON: is this a coordinator?");
  const json& all = child(*read, "circuits");
  if (!all.is_array()) return wrong("the answer has no list of circuits: is this a coordinator?");
  CircuitTable table;
  std::set<std::string> ids;
  for (const json& circuit : all) {
    const std::string name = "circuit " + shown(child(circuit, "id"));
    std::vector<std::string> told;
    auto spec = read_one(circuit, owner, ports, told);
    for (const std::string& line : told) table.skipped.push_back(name + ": " + line);
    if (!spec) {
      table.skipped.push_back(name + " is not served: " + spec.error().detail);
    } else if (!ids.insert(spec->id).second) {
      table.skipped.push_back(name + " is in the table twice: the first one is served");
    } else {
      table.circuits.push_back(std::move(*spec));
    }
  }
  return table;
}

}  // namespace zeroway
