#include "router/console/figure_reader.h"

#include <nlohmann/json.hpp>

namespace zeroway::console {

namespace {

using Json = nlohmann::ordered_json;

// The router writes each byte of a text past ASCII as \u00NN, because it does not know whether the bytes are UTF-8:
// their code points are the bytes. Text with other code points stays as it is.
std::string bytes_of(const std::string& text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
      bytes.push_back(text[at]);
    } else if (lead <= 0xc3 && at + 1 < text.size()) {
      const auto tail = static_cast<unsigned char>(text[++at]);
      bytes.push_back(static_cast<char>((lead & 3) << 6 | (tail & 0x3f)));
    } else {
      return text;
    }
  }
  return bytes;
}

// Null when there is none.
const Json* find(const Json& node, const char* name) {
  if (!node.is_object()) return nullptr;
  const auto found = node.find(name);
  return found == node.end() ? nullptr : &*found;
}

const Json& child(const Json& node, const char* name) {
  static const Json kNothing;
  const Json* const found = find(node, name);
  return found == nullptr ? kNothing : *found;
}

std::string text(const Json& node, const char* name) {
  const Json* const found = find(node, name);
  return found != nullptr && found->is_string() ? bytes_of(found->get_ref<const std::string&>()) : "";
}

bool flag(const Json& node, const char* name) {
  const Json* const found = find(node, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

double to_real(const Json& node) { return node.is_number() ? node.get<double>() : 0; }
double real(const Json& node, const char* name) { return to_real(child(node, name)); }

std::uint64_t to_count(const Json& node) { return node.is_number_unsigned() ? node.get<std::uint64_t>() : 0; }
std::uint64_t count(const Json& node, const char* name) { return to_count(child(node, name)); }

// Text as it is, everything else as JSON.
std::string as_text(const Json& node) {
  if (node.is_string()) return bytes_of(node.get_ref<const std::string&>());
  return node.is_null() ? "" : node.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Error bad(const std::string& why) { return {Fault::backend, Code::backend_protocol, false, why}; }

// What `make` makes of the answer, which is an object that has `wanted`.
template <class T, class Make>
Result<T> read(std::string_view json, const char* wanted, Make make) {
  const Json node = Json::parse(json, nullptr, false);
  if (node.is_discarded() || !node.is_object()) return bad("the answer is no JSON object: is this a router?");
  if (find(node, wanted) == nullptr) return bad(std::string("the answer has no \"") + wanted + "\": is this a router?");
  return make(node);
}

template <class T, class Read>
std::vector<T> list(const Json& node, Read read) {
  std::vector<T> all;
  if (!node.is_array()) return all;
  all.reserve(node.size());
  for (const Json& one : node) all.push_back(read(one));
  return all;
}

Member member_of(Member::Kind kind, const Json& node) {
  return {.kind = kind,
          .name = text(node, "name"),
          .instance = text(node, "instance"),
          .pool = text(node, kind == Member::Kind::worker ? "group" : "pool"),
          .address = text(node, "address"),
          .state = text(node, "state"),
          .is_fit = flag(node, "fit"),
          .weight = count(node, "weight"),
          .capacity = count(node, "capacity"),
          .open = count(node, "open"),
          .requests = count(node, "requests"),
          .failures = count(node, "failures"),
          .connections = count(node, "connections"),
          .idle_connections = count(node, "idle_connections"),
          .here_for_seconds = real(node, "here_for_seconds"),
          .serves = list<std::string>(child(node, "serves"), as_text)};
}

RouteFigures route_of(const Json& node) {
  const Json& traffic = child(node, "traffic");
  RouteFigures route{.site = text(node, "site"),
                     .path = text(node, "path"),
                     .answer = text(node, "answer"),
                     .backend = text(node, "backend"),
                     .takes_web_sockets = flag(node, "web_sockets"),
                     .requests = count(traffic, "requests"),
                     .open = count(traffic, "open"),
                     .bytes_in = count(traffic, "bytes_in"),
                     .bytes_out = count(traffic, "bytes_out"),
                     .retries = count(traffic, "retries"),
                     .web_sockets_open = count(traffic, "web_sockets_open")};
  constexpr std::array kClasses{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t at = 0; at < kClasses.size(); ++at)
    route.replies[at] = count(child(traffic, "replies"), kClasses[at]);
  return route;
}

WampFigures session_of(const Json& node) {
  return {.id = text(node, "id"),
          .site = text(node, "site"),
          .route = text(node, "route"),
          .host = text(node, "host"),
          .path = text(node, "path"),
          .address = text(node, "address"),
          .protocol = text(node, "protocol"),
          .state = text(node, "state"),
          .realm = text(node, "realm"),
          .serializer = text(node, "serializer"),
          .backend_serializer = text(node, "backend_serializer"),
          .worker = text(node, "worker"),
          .authid = text(node, "authid"),
          .authrole = text(node, "authrole"),
          .messages_in = count(node, "messages_in"),
          .messages_out = count(node, "messages_out"),
          .bytes_in = count(node, "bytes_in"),
          .bytes_out = count(node, "bytes_out"),
          .age_seconds = real(node, "age_ms") / 1'000};
}

// Each field as a line of facts. Lists and objects are unfolded one level, as the attempts in "lost".
void add_facts(RequestRecord& record, const Json& node) {
  if (!node.is_object()) return;
  for (const auto& [name, value] : node.items()) {
    if (!value.is_array()) {
      record.all.emplace_back(bytes_of(name), as_text(value));
      continue;
    }
    for (std::size_t at = 0; at < value.size(); ++at)
      record.all.emplace_back(bytes_of(name) + " " + std::to_string(at + 1), as_text(value[at]));
  }
}

RequestRecord request_of(const Json& node) {
  RequestRecord record;
  record.time = text(node, "time");
  record.method = text(node, "method");
  record.host = text(node, "host");
  record.path = text(node, "path");
  record.status = as_text(child(node, "status"));
  record.reason = text(node, "reason");
  record.member = text(node, "worker");
  record.total_ms = as_text(child(node, "total_ms"));
  record.ended_by = text(node, "ended_by");
  add_facts(record, node);
  return record;
}

Explanation::Step step_of(const Json& node) {
  return {text(node, "step"), text(node, "what"), text(node, "why"), flag(node, "matched")};
}

Explanation::Candidate candidate_of(const Json& node) {
  return {text(node, "kind"), text(node, "name"), text(node, "why"), flag(node, "next"), flag(node, "fit")};
}

Numbers numbers_of(const Json& node) {
  const Json& durations = child(node, "duration");
  return {.uptime_seconds = real(node, "uptime_seconds"),
          .is_draining = flag(node, "draining"),
          .is_ready = flag(node, "ready"),
          .requests = count(node, "requests"),
          .open = count(node, "open"),
          .replies_5xx = count(child(node, "replies"), "5xx"),
          .failures = count(node, "failures"),
          .web_sockets_open = count(node, "web_sockets_open"),
          .connections_open = count(node, "connections_open"),
          .workers = count(node, "workers"),
          .servers = count(node, "servers"),
          .durations = {list<double>(child(durations, "bounds"), to_real),
                        list<std::uint64_t>(child(durations, "counts"), to_count)}};
}

Health health_of(const Json& node) {
  return {.is_ready = flag(node, "ready"),
          .reason = text(node, "reason"),
          .version = text(node, "version"),
          .instance = text(node, "authority"),
          .uptime_seconds = real(node, "uptime_seconds"),
          .workers = count(node, "workers"),
          .busy_slots = count(node, "occupied_slots"),
          .free_slots = count(node, "available_slots")};
}

Version version_of(const Json& node) {
  const Json& reloads = child(node, "reloads");
  return {.is_draining = flag(node, "draining"),
          .loops = count(node, "loops"),
          .reloads_done = count(reloads, "done"),
          .reloads_failed = count(reloads, "failed"),
          .last_reload = real(reloads, "last"),
          .reload_error = text(reloads, "error")};
}

Explanation explanation_of(const Json& node) {
  const Json &request = child(node, "request"), &outcome = child(node, "outcome"), &route = child(node, "route");
  return {.method = text(request, "method"),
          .url = text(request, "url"),
          .client = text(request, "client"),
          .answer = text(outcome, "answer"),
          .reason = text(outcome, "reason"),
          .detail = text(outcome, "detail"),
          .status = count(outcome, "status"),
          .steps = list<Explanation::Step>(child(node, "steps"), step_of),
          .site = text(route, "site"),
          .route = text(route, "path"),
          .backend = text(route, "backend"),
          .members = list<Explanation::Candidate>(child(node, "members"), candidate_of)};
}

Event event_of(const Json& node) {
  return {count(node, "id"), real(node, "at"), text(node, "kind"), text(node, "subject"), text(node, "text")};
}

}  // namespace

Result<Numbers> read_numbers(std::string_view json) { return read<Numbers>(json, "requests", numbers_of); }

Result<std::vector<Member>> read_members(Member::Kind kind, std::string_view json) {
  const char* const name = kind == Member::Kind::worker ? "workers" : "servers";
  return read<std::vector<Member>>(json, name, [&](const Json& node) {
    return list<Member>(child(node, name), [kind](const Json& one) { return member_of(kind, one); });
  });
}

Result<std::vector<RouteFigures>> read_routes(std::string_view json) {
  using Routes = std::vector<RouteFigures>;
  return read<Routes>(json, "routes",
                      [](const Json& node) { return list<RouteFigures>(child(node, "routes"), route_of); });
}

Result<RequestList> read_requests(std::string_view json) {
  return read<RequestList>(json, "failed", [](const Json& node) {
    return RequestList{list<RequestRecord>(child(node, "failed"), request_of),
                       list<RequestRecord>(child(node, "slow"), request_of)};
  });
}

Result<WampList> read_wamp(std::string_view json) {
  return read<WampList>(json, "sessions", [](const Json& node) {
    return WampList{list<WampFigures>(child(node, "sessions"), session_of), count(node, "all"), text(node, "next")};
  });
}

Result<Health> read_health(std::string_view json) { return read<Health>(json, "ready", health_of); }
Result<Version> read_version(std::string_view json) { return read<Version>(json, "version", version_of); }
Result<Explanation> read_explanation(std::string_view json) {
  return read<Explanation>(json, "outcome", explanation_of);
}
Result<Event> read_event(std::string_view json) { return read<Event>(json, "kind", event_of); }

std::string read_problem(std::string_view json) {
  const Json node = Json::parse(json, nullptr, false);
  return node.is_discarded() ? "" : text(node, "detail");
}

}  // namespace zeroway::console
