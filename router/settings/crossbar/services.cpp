#include "router/settings/crossbar/services.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/web_socket_options.h"
#include "router/settings/nearest_word.h"

namespace zeroway::crossbar {

namespace {

struct Paths {};

void read_nested(const ServicePlace& place) {
  Paths none;
  read_into(none, place.node, place.where, place.reading, [](Keys<Paths>& keys) {
    describe_item(keys).other("paths", "{…}", "a table", "", "", "Services below the path", leave<Paths>);
  });
  if (place.node.find("paths") == nullptr)
    place.reading.error(place.node.place, place.reading.join(place.where, "paths") + " is missing: wants a table");
  read_paths(place, "paths");
}

constexpr std::array<std::pair<const char*, ReadService>, 10> kServices{
    {{"static", read_static},
     {"archive", read_archive},
     {"nodeinfo", read_node_info},
     {"json", read_json_value},
     {"redirect", read_redirect},
     {"path", read_nested},
     {"websocket", read_wamp},
     {"websocket-proxy", read_wamp},
     {"reverseproxy", read_reverse_proxy},
     {"websocket-reverseproxy", read_web_socket_proxy}}};

std::string all_services() {
  std::string all;
  for (const auto& [name, read] : kServices) all += std::string(all.empty() ? "" : ", ") + name;
  return all;
}

std::vector<std::string> service_words() {
  std::vector<std::string> words;
  for (const auto& [name, read] : kServices) words.emplace_back(name);
  return words;
}

bool is_component(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return name == "/" || (!name.empty() && std::all_of(name.begin(), name.end(), is_plain));
}

std::string below(const std::string& path, const std::string& name) {
  if (name == "/") return path;
  return (path == "/" ? "" : path) + "/" + name;
}

}  // namespace

void read_service(const ServicePlace& place) {
  const std::string type = type_of(place.node, place.where, place.reading);
  if (type.empty()) return;
  const auto found =
      std::find_if(kServices.begin(), kServices.end(), [&](const auto& one) { return one.first == type; });
  if (found != kServices.end()) return found->second(place);
  place.reading.misfit(
      *place.node.find("type"), place.reading.join(place.where, "type"),
      "a service that the router has: one of " + all_services() + meant(nearest_word(type, service_words())));
}

void read_paths(const ServicePlace& place, const char* key, ReadService read) {
  const Node* paths = place.node.find(key);
  if (paths == nullptr) return;
  const std::string where = place.reading.join(place.where, key);
  if (paths->kind != Node::Kind::table) return place.reading.misfit(*paths, where, "a table of paths and services");
  for (const Node& service : paths->children) {
    const std::string name = place.reading.join(where, service.key);
    if (!is_component(service.key)) {
      place.reading.error(service.key_place, name +
                                                 " is no path: wants one component of letters, digits, '_' and '-', "
                                                 "or / for all other paths");
      continue;
    }
    read(place.at(service, name, below(place.path, service.key)));
  }
}

RouteSettings begin_route(const ServicePlace& place) {
  RouteSettings route;
  route.path = place.path;
  route.terms = place.site.terms;
  route.terms.web_sockets = usual_web_sockets();
  route.compression = place.site.compression;
  return route;
}

void add_route(const ServicePlace& place, RouteSettings route) {
  place.site.proxy.enabled = true;
  place.site.proxy.routes.push_back(std::move(route));
}

}  // namespace zeroway::crossbar
