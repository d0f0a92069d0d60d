#include "proto/control.h"

// cereal's way to set its parser up. The parser uses no recursion. Its exact floating point is off: it shifts zeros,
// which is undefined behaviour. NaN and Inf are off too: they are no JSON.
#define RAPIDJSON_PARSE_DEFAULT_FLAGS kParseIterativeFlag

#include <algorithm>
#include <cereal/archives/json.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <charconv>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace zeroway {

namespace {

constexpr std::string_view kRealmPrefix = "wamp:";

Error control_error(std::string detail) { return {Fault::backend, Code::frame_error, false, std::move(detail)}; }

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

bool is_visible_text(std::string_view text, std::size_t max) {
  return text.size() <= max && std::all_of(text.begin(), text.end(), is_visible);
}

// A peer's text for a log line: shortened, and only visible ASCII.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, 64));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_visible(c); }, '?');
  return "\"" + out + "\"";
}

// Thrown for a member of the wrong type or out of range. It leaves this file as an Error.
struct OutOfRange : std::runtime_error {
  using std::runtime_error::runtime_error;
  OutOfRange(std::string_view member, const std::string& value, std::string_view legal)
      : std::runtime_error(std::string(member) + " " + value + " is not " + std::string(legal)) {}
};

// Reads a member when it is there. For an absent member cereal's search by name throws cereal::Exception. For any other
// error it throws RapidJSONException, which is derived from cereal::Exception and therefore caught first.
template <class T>
bool read_member(cereal::JSONInputArchive& archive, const char* name, T& value) {
  try {
    archive(cereal::make_nvp(name, value));
    return true;
  } catch (const cereal::RapidJSONException&) {
    throw OutOfRange(name, "of another type", "what it should be");
  } catch (const cereal::Exception&) {
    return false;
  }
}

// cereal takes a list for an object without members. A list has a size; of an object the size is an error.
void demand_object(cereal::JSONInputArchive& archive, const char* name) {
  cereal::size_type size = 0;
  try {
    archive.loadSize(size);
  } catch (const cereal::RapidJSONException&) {
    return;
  }
  throw OutOfRange(name, "of another type", "what it should be");
}

void read_number(cereal::JSONInputArchive& archive, const char* name, std::uint32_t& value, std::uint32_t min,
                 std::uint32_t max) {
  std::int64_t read = value;
  if (!read_member(archive, name, read)) return;
  if (read < min || read > max) {
    throw OutOfRange(name, std::to_string(read), std::to_string(min) + " … " + std::to_string(max));
  }
  value = static_cast<std::uint32_t>(read);
}

// A string that must be there, of 1 … max visible ASCII characters.
void read_name(cereal::JSONInputArchive& archive, const char* name, std::string& value, std::size_t max) {
  if (!read_member(archive, name, value)) throw OutOfRange(name, "(absent)", "optional");
  if (value.empty() || !is_visible_text(value, max)) {
    throw OutOfRange(name, shown(value), "1 … " + std::to_string(max) + " visible ASCII characters");
  }
}

bool is_instance_of(std::string_view instance, std::string_view name) {
  if (instance.size() != name.size() + 1 + kInstanceDigits || !instance.starts_with(name)) return false;
  if (instance[name.size()] != '#') return false;
  const std::string_view digits = instance.substr(name.size() + 1);
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void read_role(cereal::JSONInputArchive& archive, Hello& hello) {
  std::string role = "active";
  read_member(archive, "role", role);
  if (role != "active" && role != "standby") throw OutOfRange("role", shown(role), "\"active\" or \"standby\"");
  hello.is_standby = role == "standby";
}

// The workers of an app are a group of their own.
void check_app(Hello& hello) {
  if (hello.app.is_none() && hello.app.service.empty()) return;
  for (const auto& [member, part] :
       {std::pair{"app.session", &hello.app.session}, {"app.service", &hello.app.service}}) {
    if (is_app_part(*part)) continue;
    throw OutOfRange(member, shown(*part), "1 … " + std::to_string(kMaxAppPart) + " of A-Z a-z 0-9 . _ ~ -");
  }
  if (hello.app.protocol != kProtocolHttp && hello.app.protocol != kProtocolTcp)
    throw OutOfRange("app.protocol", shown(hello.app.protocol), "\"http\" or \"tcp\"");
  if (!hello.group.empty()) throw OutOfRange("group", shown(hello.group), "absent beside app");
  hello.group = circuit_path(hello.app);
}

// The workers of a realm are a group of their own.
void check_wamp(Hello& hello) {
  if (!hello.wamp) return;
  const WampRealm& wamp = *hello.wamp;
  if (!wamp.realm.empty() && !is_realm_name(wamp.realm))
    throw OutOfRange("wamp.realm", shown(wamp.realm),
                     "at most " + std::to_string(kMaxRealmLength) +
                         " visible ASCII characters without '#', with no empty part between dots");
  if (wamp.since > kMaxSince)
    throw OutOfRange("wamp.since", std::to_string(wamp.since), "0 … " + std::to_string(kMaxSince));
  if (!hello.group.empty()) throw OutOfRange("group", shown(hello.group), "absent beside wamp");
  if (!hello.app.is_none()) throw OutOfRange("app.session", shown(hello.app.session), "absent beside wamp");
  hello.group = realm_pool(wamp.realm);
}

// A name that is not known here may be one of a later version.
SerializerSet serializers_of(const std::vector<std::string>& names) {
  SerializerSet known;
  for (const std::string& name : names)
    if (const auto serializer = serializer_named(name)) known.add(*serializer);
  if (!known.is_empty()) return known;
  throw OutOfRange("wamp.serializers", names.empty() ? "[]" : shown(names.front()),
                   "a list with \"json\", \"msgpack\" or \"cbor\"");
}

// Routes get their plain form.
void check(Hello& hello) {
  if (!is_instance_of(hello.instance, hello.name)) {
    throw OutOfRange("instance", shown(hello.instance), "the name, '#' and 16 lower-case hex digits");
  }
  if (!is_visible_text(hello.replaces, kMaxInstanceLength)) {
    throw OutOfRange("replaces", shown(hello.replaces),
                     "at most " + std::to_string(kMaxInstanceLength) + " visible ASCII characters");
  }
  if (hello.state != "ready" && hello.state != "draining") {
    throw OutOfRange("state", shown(hello.state), "\"ready\" or \"draining\"");
  }
  if (!hello.group.empty() && !is_group_name(hello.group)) {
    throw OutOfRange("group", shown(hello.group),
                     "at most " + std::to_string(kMaxGroupLength) + " of A-Z a-z 0-9 . _ -");
  }
  check_wamp(hello);
  check_app(hello);
  if (hello.routes.size() > kMaxRoutes) {
    throw OutOfRange("routes", std::to_string(hello.routes.size()), "at most " + std::to_string(kMaxRoutes));
  }
  for (RouteClaim& route : hello.routes) {
    auto claim = read_claim(route);
    if (!claim) throw OutOfRange(claim.error().detail);
    route = std::move(*claim);
  }
}

void check(const Welcome& welcome) {
  if (welcome.pairs.empty() || welcome.pairs.size() > kMaxPairs) {
    throw OutOfRange("pairs", std::to_string(welcome.pairs.size()), "1 … " + std::to_string(kMaxPairs));
  }
  if (welcome.loop >= welcome.pairs.size()) {
    throw OutOfRange("loop", std::to_string(welcome.loop), "the index of a pair");
  }
  for (const Pair& pair : welcome.pairs) {
    for (const std::string& endpoint : {pair.deal, pair.steer}) {
      if (endpoint.empty() || !is_visible_text(endpoint, kMaxEndpointLength)) {
        throw OutOfRange("endpoint", shown(endpoint), "a ZeroMQ endpoint");
      }
    }
  }
}

void read(cereal::JSONInputArchive& archive, Hello& hello) {
  read_number(archive, "version", hello.version, 1, std::numeric_limits<std::uint32_t>::max());
  read_name(archive, "name", hello.name, kMaxNameLength);
  read_name(archive, "instance", hello.instance, kMaxInstanceLength);
  read_member(archive, "replaces", hello.replaces);
  read_member(archive, "pid", hello.pid);
  read_number(archive, "weight", hello.weight, 1, kMaxWeight);
  read_number(archive, "capacity", hello.capacity, 1, kMaxCapacity);
  read_member(archive, "state", hello.state);
  read_role(archive, hello);
  read_member(archive, "routes", hello.routes);
  read_member(archive, "group", hello.group);
  read_member(archive, "app", hello.app);
  if (WampRealm wamp; read_member(archive, "wamp", wamp)) hello.wamp = std::move(wamp);
  check(hello);
}

void read(cereal::JSONInputArchive& archive, Welcome& welcome) {
  read_number(archive, "version", welcome.version, 1, std::numeric_limits<std::uint32_t>::max());
  read_name(archive, "router", welcome.router, kMaxInstanceLength);
  read_number(archive, "loop", welcome.loop, 0, static_cast<std::uint32_t>(kMaxPairs));
  if (!read_member(archive, "pairs", welcome.pairs)) throw OutOfRange("pairs", "(absent)", "optional");
  read_number(archive, "heartbeat_interval", welcome.heartbeat_interval, 1, kMaxHeartbeat);
  read_number(archive, "heartbeat_timeout", welcome.heartbeat_timeout, 1, kMaxHeartbeat);
  check(welcome);
}

// cereal, which reads the document after the parser, recurses once for each level. Counts levels outside strings.
bool is_too_deep(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if ((c == '{' || c == '[') && ++depth > kMaxControlDepth) return true;
    if (c == '}' || c == ']') --depth;
  }
  return false;
}

Result<> check_text(std::string_view json) {
  if (json.size() > kMaxControlSize) {
    return control_error("control payload of " + std::to_string(json.size()) + " bytes over " +
                         std::to_string(kMaxControlSize));
  }
  // The parser takes NUL for the end of the payload.
  if (json.find('\0') != std::string_view::npos) return control_error("control payload with NUL");
  const std::size_t first = json.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || json[first] != '{') return control_error("control payload is no JSON object");
  if (is_too_deep(json)) {
    return control_error("control payload nested deeper than " + std::to_string(kMaxControlDepth));
  }
  return {};
}

template <class T>
Result<T> read_control(const char* what, Bytes bytes) {
  const std::string_view json = as_text(bytes);
  if (auto legal = check_text(json); !legal) return legal.error();
  try {
    std::istringstream in{std::string(json)};
    cereal::JSONInputArchive archive(in);
    T value;
    read(archive, value);
    return value;
  } catch (const OutOfRange& wrong) {
    return control_error(std::string(what) + ": " + wrong.what());
  } catch (const std::exception&) {
    return control_error(std::string(what) + ": malformed JSON");
  }
}

template <class Write>
std::string write_control(Write write) {
  std::ostringstream out;
  {
    cereal::JSONOutputArchive archive(out, cereal::JSONOutputArchive::Options::NoIndent());
    write(archive);
  }  // the destructor of the archive writes the closing brackets
  return std::move(out).str();
}

// A tcp endpoint, cut before its port.
struct Tcp {
  std::string_view before_port;  // with the colon
  std::uint32_t port;
};

Result<Tcp> split_tcp(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  const std::string_view digits = std::string_view(endpoint).substr(colon + 1);
  std::uint32_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port < 1 || port > kMaxDealPort) {
    return control_error("endpoint " + shown(endpoint) + ": port is not 1 … 65534");
  }
  if (colon <= std::string_view("tcp://").size()) return control_error("endpoint " + shown(endpoint) + ": no host");
  return Tcp{std::string_view(endpoint).substr(0, colon + 1), port};
}

bool is_ipc(const std::string& endpoint) {
  return endpoint.starts_with("ipc://") && endpoint.size() > std::string_view("ipc://").size() && endpoint != "ipc://*";
}

Error no_endpoint(const std::string& endpoint) {
  return control_error("endpoint " + shown(endpoint) + " is neither tcp://HOST:PORT nor ipc://PATH");
}

}  // namespace

// cereal finds these functions by argument-dependent lookup.
template <class Archive>
void load(Archive& archive, RouteClaim& route) {
  read_member(archive, "host", route.host);
  read_member(archive, "path", route.path);
  std::string match;
  if (!read_member(archive, "match", match)) return;
  for (const PathMatch known : {PathMatch::prefix, PathMatch::exact, PathMatch::below}) {
    if (match != path_match_name(known)) continue;
    route.match = known;
    return;
  }
  throw OutOfRange("match", shown(match), "\"prefix\", \"exact\" or \"below\"");
}

template <class Archive>
void save(Archive& archive, const RouteClaim& route) {
  archive(cereal::make_nvp("host", route.host), cereal::make_nvp("path", route.path));
  if (route.match != PathMatch::prefix) archive(cereal::make_nvp("match", std::string(path_match_name(route.match))));
}

template <class Archive>
void load(Archive& archive, AppName& app) {
  demand_object(archive, "app");
  read_member(archive, "session", app.session);
  read_member(archive, "service", app.service);
  read_member(archive, "protocol", app.protocol);
}

template <class Archive>
void save(Archive& archive, const AppName& app) {
  archive(cereal::make_nvp("session", app.session), cereal::make_nvp("service", app.service),
          cereal::make_nvp("protocol", app.protocol));
}

template <class Archive>
void load(Archive& archive, WampRealm& wamp) {
  demand_object(archive, "wamp");
  read_member(archive, "realm", wamp.realm);
  std::vector<std::string> names;
  if (read_member(archive, "serializers", names)) wamp.serializers = serializers_of(names);
  read_member(archive, "shared", wamp.is_shared);
  read_member(archive, "since", wamp.since);
}

template <class Archive>
void save(Archive& archive, const WampRealm& wamp) {
  std::vector<std::string> names;
  for (const Serializer serializer : kSerializers)
    if (wamp.serializers.contains(serializer)) names.emplace_back(name_of(serializer));
  archive(cereal::make_nvp("realm", wamp.realm), cereal::make_nvp("serializers", names),
          cereal::make_nvp("shared", wamp.is_shared), cereal::make_nvp("since", wamp.since));
}

template <class Archive>
void load(Archive& archive, Pair& pair) {
  read_member(archive, "deal", pair.deal);
  read_member(archive, "steer", pair.steer);
}

template <class Archive>
void save(Archive& archive, const Pair& pair) {
  archive(cereal::make_nvp("deal", pair.deal), cereal::make_nvp("steer", pair.steer));
}

bool is_group_name(std::string_view name) {
  constexpr std::string_view kLegal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= kMaxGroupLength && name.find_first_not_of(kLegal) == std::string_view::npos;
}

bool is_app_part(std::string_view name) {
  constexpr std::string_view kLegal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
  return !name.empty() && name.size() <= kMaxAppPart && name != "." && name != ".." &&
         name.find_first_not_of(kLegal) == std::string_view::npos;
}

bool is_realm_name(std::string_view name) {
  if (name.empty() || !is_visible_text(name, kMaxRealmLength) || name.find('#') != std::string_view::npos) return false;
  return name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos;
}

// A group's name has no ':', a circuit's path begins with '/'.
std::string realm_pool(std::string_view realm) { return std::string(kRealmPrefix).append(realm); }

bool is_announced_pool(std::string_view group) { return group.starts_with('/') || group.starts_with(kRealmPrefix); }

std::string circuit_path(const AppName& app) { return "/" + app.session + "/" + app.service; }

std::string served_text(const Hello& hello) {
  const std::string role = hello.is_standby ? ", on standby" : "";
  if (!hello.app.is_none()) return "app " + hello.app.session + "/" + hello.app.service + role;
  if (hello.wamp) return (hello.wamp->realm.empty() ? "all other realms" : "realm " + hello.wamp->realm) + role;
  return (hello.group.empty() ? claims_text(hello.routes) : "group " + hello.group) + role;
}

std::string write_hello(const Hello& hello) {
  return write_control([&](cereal::JSONOutputArchive& archive) {
    archive(cereal::make_nvp("version", hello.version), cereal::make_nvp("name", hello.name),
            cereal::make_nvp("instance", hello.instance), cereal::make_nvp("replaces", hello.replaces),
            cereal::make_nvp("pid", hello.pid), cereal::make_nvp("weight", hello.weight),
            cereal::make_nvp("capacity", hello.capacity), cereal::make_nvp("state", hello.state),
            cereal::make_nvp("routes", hello.routes));
    if (hello.is_standby) archive(cereal::make_nvp("role", std::string("standby")));
    if (!hello.app.is_none()) {
      archive(cereal::make_nvp("app", hello.app));
    } else if (hello.wamp) {
      archive(cereal::make_nvp("wamp", *hello.wamp));
    } else if (!hello.group.empty()) {
      archive(cereal::make_nvp("group", hello.group));
    }
  });
}

std::string write_welcome(const Welcome& welcome) {
  return write_control([&](cereal::JSONOutputArchive& archive) {
    archive(cereal::make_nvp("version", welcome.version), cereal::make_nvp("router", welcome.router),
            cereal::make_nvp("loop", welcome.loop), cereal::make_nvp("pairs", welcome.pairs),
            cereal::make_nvp("heartbeat_interval", welcome.heartbeat_interval),
            cereal::make_nvp("heartbeat_timeout", welcome.heartbeat_timeout));
  });
}

Result<Hello> read_hello(Bytes json) { return read_control<Hello>("HELLO", json); }

Result<Welcome> read_welcome(Bytes json) { return read_control<Welcome>("WELCOME", json); }

Result<std::string> steer_endpoint(const std::string& deal) {
  if (is_ipc(deal)) return deal + ".steer";
  if (!deal.starts_with("tcp://")) return no_endpoint(deal);
  auto tcp = split_tcp(deal);
  if (!tcp) return tcp.error();
  return std::string(tcp->before_port) + std::to_string(tcp->port + 1);
}

Result<std::string> loop_endpoint(const std::string& deal, std::uint32_t index) {
  if (is_ipc(deal)) return index == 0 ? deal : deal + "." + std::to_string(index);
  if (!deal.starts_with("tcp://")) return no_endpoint(deal);
  auto tcp = split_tcp(deal);
  if (!tcp) return tcp.error();
  const std::uint64_t port = tcp->port + 2 * std::uint64_t{index};
  if (port > kMaxDealPort) return control_error("endpoint " + shown(deal) + ": no port left for its loops");
  return std::string(tcp->before_port) + std::to_string(port);
}

}  // namespace zeroway
