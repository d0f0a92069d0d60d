#include "router/settings/crossbar/transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/listen_endpoint.h"
#include "router/settings/crossbar/services.h"
#include "router/settings/description.h"

namespace zeroway::crossbar {

namespace {

constexpr std::uint64_t kLongestHsts = 3'153'600'000;

// What a transport says besides where it listens and what it serves.
struct Options {
  bool has_access_log = false;
  bool has_hsts = false;
  std::uint64_t hsts_max_age = 31'536'000;  // seconds
  std::uint64_t client_timeout = 0;         // seconds; 0 = not said
};

Fit read_client_timeout(Options& options, const Value& value) {
  if (value.node.kind == Node::Kind::other && value.node.text == "null") return Fit::yes;
  const auto seconds = take_number(value);
  if (!seconds.value) return seconds.fit;
  if (*seconds.value < 1 || *seconds.value > 86'400) return Fit::no;
  options.client_timeout = *seconds.value;
  return Fit::yes;
}

void describe_options(Keys<Options>& keys) {
  using S = Options;
  keys.flag("access_log", &S::has_access_log, "A line for each request")
      .flag("hsts", &S::has_hsts, "Strict-Transport-Security")
      .number("hsts_max_age", &S::hsts_max_age, 0, kLongestHsts, "Its seconds")
      .other("client_timeout", "N", "null, or seconds: a number from 1 to 86400", "", "",
             "Longest time between two requests on a connection", read_client_timeout)
      .idle("display_tracebacks", "the router answers errors without its insides");
}

struct Described {
  Located located;
  Options options;
};

void describe_web(Keys<Described>& keys) {
  describe_item(keys.located())
      .other("paths", "{…}", "a table", "", "", "What it serves", leave<Described>)
      .table("options", &Described::options, "Options", describe_options);
}

void describe_transport(Keys<Described>& keys) {
  describe_web(keys);
  keys.other("endpoint", "{…}", "a table", "", "", "Where it listens", leave<Described>);
}

void use_options(const Options& options, SiteSettings& site, Settings& settings) {
  if (options.has_access_log && site.log.access_log.empty()) site.log.access_log = "-";
  if (options.has_hsts && site.ssl.enabled) {
    site.ssl.hsts.emplace();
    site.ssl.hsts->max_age = Millis(1'000 * options.hsts_max_age);
  }
  if (options.client_timeout > 0) settings.edge.limits.idle_timeout = Millis(1'000 * options.client_timeout);
}

// Where the transport and its endpoint stand, for checks that come later.
void note(const Node& node, const std::string& where, Located& located) {
  located.place = node.place;
  located.where = where;
  located.separator = '/';
  for (const Node& child : node.children) located.keys.emplace_back(child.key, child.place);
}

// What a file in TOML would say of such a site: the transport's paths are all that it serves.
SiteSettings begin(const Described& described, const Settings& settings) {
  SiteSettings site = begin_site(settings);
  site.located = described.located;
  site.located.renamed = {{"listen", "endpoint"}, {"ssl", "tls"}};
  site.ssl.located.renamed = {{"client_ca", "ca_certificates"}};
  site.proxy.located = described.located;
  site.is_default = true;
  site.fabric = false;
  site.wamp_path.clear();
  site.builtin_health = false;
  return site;
}

// The site that listens where `site` does; null = none.
SiteSettings* twin_of(const SiteSettings& site, std::vector<SiteSettings>& sites) {
  const auto found =
      std::find_if(sites.begin(), sites.end(), [&](const SiteSettings& other) { return other.listen == site.listen; });
  return found == sites.end() ? nullptr : &*found;
}

void add_site(SiteSettings site, Settings& settings, Reading& reading) {
  if (site.listen.empty()) return;  // its endpoint is an error
  std::vector<SiteSettings>& sites = settings.file->sites;
  const SiteSettings* twin = twin_of(site, sites);
  if (twin == nullptr) return sites.push_back(std::move(site));
  site.name = twin->name;
  if (site == *twin && site.listen_terms.shared) return;
  reading.error(site.located.place_of("listen"), site.located.name_of("listen") + ": " + to_text(site.listen.front()) +
                                                     " is taken by " + twin->located.where +
                                                     "; wants another port, or shared and the same services");
}

// The site of a transport, before its services.
SiteSettings read_site(const Node& node, const std::string& where, const Described& described, const Settings& settings,
                       Reading& reading) {
  SiteSettings site = begin(described, settings);
  const Node* id = node.find("id");
  site.name = id != nullptr && id->kind == Node::Kind::text && !id->text.empty() ? id->text : where;
  read_listen_endpoint(node, where, site, reading);
  return site;
}

// Services at paths.
void read_web(const TransportPlace& place) {
  Described described;
  read_into(described, place.node, place.where, place.reading, describe_transport);
  SiteSettings site = read_site(place.node, place.where, described, place.settings, place.reading);
  use_options(described.options, site, place.settings);
  read_paths({place.node, place.where, "/", site, place.backends, place.reading}, "paths");
  add_site(std::move(site), place.settings, place.reading);
}

// WAMP at every path, and nothing else: the whole transport is one service.
SiteSettings read_alone(const TransportPlace& place, ReadService read) {
  Described described;
  note(place.node, place.where, described.located);
  SiteSettings site = read_site(place.node, place.where, described, place.settings, place.reading);
  const Node service = without(place.node, "endpoint");
  read({service, place.where, "/", site, place.backends, place.reading});
  return site;
}

void read_web_socket(const TransportPlace& place) {
  add_site(read_alone(place, read_wamp), place.settings, place.reading);
}

void read_raw_socket_alone(const TransportPlace& place) {
  SiteSettings site = read_alone(place, read_raw_socket);
  site.raw_socket->only = true;
  add_site(std::move(site), place.settings, place.reading);
}

// --- universal: RawSocket, WebSockets by their path, and services at all other paths

struct Universal {
  Located located;
};

// No path of a node file begins with a dot.
constexpr const char* kRawSocketPath = "/.rawsocket";

Fit refuse_mqtt(Universal&, const Value& value) {
  value.reading.error(value.node.key_place, value.where + ": the router does not speak MQTT");
  return Fit::said;
}

void describe_universal(Keys<Universal>& keys) {
  using S = Universal;
  describe_item(keys.located())
      .other("endpoint", "{…}", "a table", "", "", "Where it listens", leave<S>)
      .other("rawsocket", "{…}", "a table", "", "", "Clients that speak RawSocket", leave<S>)
      .other("websocket", "{…}", "a table", "", "", "WAMP, by path", leave<S>)
      .other("web", "{…}", "a table", "", "", "What all other paths serve", leave<S>)
      .other("mqtt", "{…}", "a table", "", "", "Nothing of the router's", refuse_mqtt);
}

void read_web_socket_item(const ServicePlace& place) {
  const std::string type = type_of(place.node, place.where, place.reading);
  if (type == "websocket") return read_wamp(place);
  if (!type.empty())
    place.reading.misfit(*place.node.find("type"), place.reading.join(place.where, "type"), "websocket");
}

// Crossbar.io gives such a path to the WebSocket alone.
void check_web_paths(const ServicePlace& web, const Node* web_sockets) {
  const Node* paths = web.node.find("paths");
  if (paths == nullptr || web_sockets == nullptr) return;
  for (const Node& one : paths->children) {
    if (web_sockets->find(one.key) == nullptr) continue;
    const std::string name = web.reading.join(web.reading.join(web.where, "paths"), one.key);
    web.reading.error(one.key_place, name +
                                         ": the transport has a websocket of this path, which would get all of its " +
                                         "requests; wants another path");
  }
}

void read_web_item(const ServicePlace& place, const Node* web_sockets, Settings& settings) {
  Described described;
  read_into(described, place.node, place.where, place.reading, describe_web);
  use_options(described.options, place.site, settings);
  check_web_paths(place, web_sockets);
  read_paths(place, "paths");
}

void read_universal(const TransportPlace& place) {
  Universal universal;
  read_into(universal, place.node, place.where, place.reading, describe_universal);
  SiteSettings site = read_site(place.node, place.where, {universal.located, {}}, place.settings, place.reading);
  const ServicePlace all{place.node, place.where, "/", site, place.backends, place.reading};
  const auto part = [&](const char* key) { return place.reading.join(place.where, key); };
  const Node* raw = place.node.find("rawsocket");
  const Node* web_sockets = place.node.find("websocket");
  const Node* web = place.node.find("web");
  if (raw != nullptr) read_raw_socket(all.at(*raw, part("rawsocket"), kRawSocketPath));
  if (web_sockets != nullptr) read_paths(all, "websocket", read_web_socket_item);
  if (web != nullptr) read_web_item(all.at(*web, part("web"), "/"), web_sockets, place.settings);
  if (raw == nullptr && web_sockets == nullptr && web == nullptr)
    place.reading.error(place.node.place, place.where + ": wants at least one of rawsocket, websocket, web");
  add_site(std::move(site), place.settings, place.reading);
}

using ReadTransport = void (*)(const TransportPlace& place);
constexpr std::array<std::pair<const char*, ReadTransport>, 4> kTransports{{{"web", read_web},
                                                                            {"websocket", read_web_socket},
                                                                            {"rawsocket", read_raw_socket_alone},
                                                                            {"universal", read_universal}}};

}  // namespace

void read_transport(const TransportPlace& place) {
  const std::string type = type_of(place.node, place.where, place.reading);
  if (type.empty()) return;
  const auto found =
      std::find_if(kTransports.begin(), kTransports.end(), [&](const auto& one) { return one.first == type; });
  if (found != kTransports.end()) return found->second(place);
  std::string all;
  for (const auto& [name, read] : kTransports) all += std::string(all.empty() ? "" : ", ") + name;
  place.reading.misfit(*place.node.find("type"), place.reading.join(place.where, "type"),
                       "a transport that the router has: one of " + all);
}

}  // namespace zeroway::crossbar
