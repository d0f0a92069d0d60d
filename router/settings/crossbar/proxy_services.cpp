// The services whose answers come from servers.
#include <utility>

#include "router/settings/addresses.h"
#include "router/settings/crossbar/connect_endpoint.h"
#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/realm_backends.h"
#include "router/settings/crossbar/services.h"
#include "router/settings/crossbar/web_socket_options.h"
#include "router/settings/words.h"

namespace zeroway::crossbar {

namespace {

bool is_base(const std::string& text) { return text.empty() || is_path("/" + text); }

struct Server {
  Located located;
  std::string host, base;
  std::uint16_t port = 80;
  std::uint16_t forwarded_port = 0;
  std::string forwarded_proto;
};

bool is_scheme(const std::string& text) { return text == "http" || text == "https"; }

void describe_server(Keys<Server>& keys) {
  using S = Server;
  describe_item(keys.located())
      .text("host", &S::host, is_address, "a host or an address", "", "The server")
      .required()
      .number("port", &S::port, 1, 65'535, "Its port")
      .text("path", &S::base, is_base, "a path", "", "Path in front of the request's")
      .number("forwarded_port", &S::forwarded_port, 1, 65'535, "What X-Forwarded-Port says")
      .text("forwarded_proto", &S::forwarded_proto, is_scheme, "http or https", "", "What X-Forwarded-Proto says");
}

std::string url_of(const Server& server) {
  const bool is_v6 = server.host.find(':') != std::string::npos;
  std::string base = server.base.starts_with('/') || server.base.empty() ? server.base : "/" + server.base;
  while (base.ends_with('/')) base.pop_back();
  return "http://" + (is_v6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port) + base;
}

// The pool of one server, which is called as its path is.
void add_member(const ServicePlace& place, MemberSettings member, const Located& located) {
  member.located = located;
  member.name = place.path;
  place.site.proxy.members.push_back(std::move(member));
}

RouteSettings route_to(const ServicePlace& place, const Located& located) {
  RouteSettings route = begin_route(place);
  route.located = located;
  route.pool = place.path;
  return route;
}

struct SocketProxy {
  RouteSettings route;
  const Node* backend = nullptr;
};

RouteSettings& options_of(SocketProxy& proxy) { return proxy.route; }

void describe_socket_proxy(Keys<SocketProxy>& keys) {
  using S = SocketProxy;
  describe_item(keys)
      .other("url", "URL", "a URL", "", "", "What clients call the path", take_any_text<S>)
      .other("backend", "{…}", "a table", "", "", "The server",
             [](S& s, const Value& value) {
               s.backend = &value.node;
               return value.node.kind == Node::Kind::table ? Fit::yes : Fit::no;
             })
      .required()
      .table("options", options_of, "Options", describe_web_socket_options);
}

struct SocketServer {
  Located located;
  std::string host, path = "/";
};

void describe_socket_server(Keys<SocketServer>& keys) {
  using S = SocketServer;
  describe_item(keys.located())
      .other("url", "URL", "a URL, as ws://localhost/ws", "", "", "What the opening names",
             [](S& s, const Value& value) {
               const auto url = take_text(value);
               if (!url.value) return url.fit;
               return read_socket_url(*url.value, s.host, s.path) ? Fit::yes : Fit::no;
             })
      .required()
      .other("endpoint", "{…}", "a table", "", "", "Where it is", leave<S>)
      .required()
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", ignore_web_socket_options<S>);
}

MemberSettings member_of(const ConnectEndpoint& endpoint) {
  MemberSettings member;
  member.target = target_of(endpoint, MemberScheme::http);
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + endpoint.host + "]" : endpoint.host;
  member.url = endpoint.is_unix
                   ? "unix:" + endpoint.path
                   : (endpoint.has_tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port);
  member.ca_file = endpoint.ca_file;
  member.server_name = endpoint.server_name;
  member.client_cert = endpoint.client_cert;
  member.client_key = endpoint.client_key;
  return member;
}

}  // namespace

void read_reverse_proxy(const ServicePlace& place) {
  Server server;
  read_into(server, place.node, place.where, place.reading, describe_server);
  if (server.host.empty()) return;
  MemberSettings member;
  member.url = url_of(server);
  const auto target = read_member_url(member.url);
  if (!target)
    return place.reading.error(place.node.place, place.where + ": " + member.url + ": " + target.error().detail);
  member.target = *target;
  add_member(place, std::move(member), server.located);
  RouteSettings route = route_to(place, server.located);
  route.strip_prefix = true;
  if (server.forwarded_port > 0)
    route.headers.request_set.push_back({"x-forwarded-port", std::to_string(server.forwarded_port), place.node.place});
  if (!server.forwarded_proto.empty())
    route.headers.request_set.push_back({"x-forwarded-proto", server.forwarded_proto, place.node.place});
  add_route(place, std::move(route));
}

void read_web_socket_proxy(const ServicePlace& place) {
  SocketProxy proxy;
  proxy.route = begin_route(place);
  read_into(proxy, place.node, place.where, place.reading, describe_socket_proxy);
  if (proxy.backend == nullptr || proxy.backend->kind != Node::Kind::table) return;
  const std::string where = place.reading.join(place.where, "backend");
  SocketServer server;
  rename_tls_keys(server.located);
  read_into(server, *proxy.backend, where, place.reading, describe_socket_server);
  ConnectEndpoint endpoint;
  if (proxy.backend->find("endpoint") == nullptr) return;
  if (!read_connect_endpoint(*proxy.backend, where, endpoint, place.reading)) return;
  MemberSettings member = member_of(endpoint);
  if (const auto target = read_member_url(member.url); !target || *target != member.target)
    return place.reading.error(server.located.place,
                               where + ": \"" + member.url + "\" is no server that can be dialled");
  add_member(place, std::move(member), server.located);
  RouteSettings route = route_to(place, server.located);
  route.terms = proxy.route.terms;
  route.timeout.connect = endpoint.timeout;
  route.websocket = true;
  route.rewrite_target = server.path;
  add_route(place, std::move(route));
}

}  // namespace zeroway::crossbar
