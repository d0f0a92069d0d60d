#include "router/settings/description_wamp.h"

#include <map>
#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description_wamp_auth.h"
#include "router/settings/limits.h"
#include "router/settings/wamp_auth_checks.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

using W = WampSettings;
using B = WampBackendSettings;

constexpr const char* kSerializerForms = "a list of json, msgpack and cbor";
constexpr const char* kUrlForms = "ws://HOST[:PORT][/PATH], wss://… , rs://HOST:PORT or rss://HOST:PORT";
constexpr Millis kShortest{1};

struct UrlScheme {
  std::string_view prefix, member;
  B::Transport transport;
};
constexpr UrlScheme kUrlSchemes[] = {{"ws://", "http://", B::Transport::web_socket},
                                     {"wss://", "https://", B::Transport::web_socket},
                                     {"rs://", "tcp://", B::Transport::raw_socket},
                                     {"rss://", "tls://", B::Transport::raw_socket}};

Fit read_serializers(SerializerSet& target, const Value& value) {
  if (value.node.kind != Node::Kind::list || value.node.children.empty()) return Fit::no;
  SerializerSet set;
  for (const Node& child : value.node.children) {
    const auto one = child.kind == Node::Kind::text ? serializer_named(child.text) : std::nullopt;
    if (!one) return Fit::no;
    set.add(*one);
  }
  target = set;
  return Fit::yes;
}

Fit wrong_url(const Value& value, const std::string& what) {
  value.reading.error(value.node.place, value.where + " = " + value.node.show() + ": " + what + "; wants " + kUrlForms);
  return Fit::said;
}

Fit read_url(B& backend, const Value& value) {
  const auto text = take_text(value);
  if (!text.value) return text.fit;
  for (const UrlScheme& scheme : kUrlSchemes) {
    if (!text.value->starts_with(scheme.prefix)) continue;
    const std::string rest = text.value->substr(scheme.prefix.size());
    // With a socket a RawSocket needs no port: check_wamp() knows.
    const bool has_port = scheme.transport == B::Transport::web_socket || rest.find(':') != std::string::npos;
    auto target = read_member_url(std::string(scheme.member) + rest + (has_port ? "" : ":1"));
    if (!target) return wrong_url(value, target.error().detail);
    if (!has_port) target->port = 0;
    backend.transport = scheme.transport;
    backend.host = rest.substr(0, rest.find('/'));
    backend.path = std::exchange(target->base, "");
    if (backend.path.empty()) backend.path = "/";
    if (backend.target.socket_path.empty()) backend.target = std::move(*target);
    return Fit::yes;
  }
  return wrong_url(value, "its scheme is none of these");
}

Fit read_socket(B& backend, const Value& value) {
  auto text = take_text(value);
  if (!text.value) return text.fit;
  if (text.value->empty()) return Fit::no;
  backend.target = {};
  backend.target.scheme = MemberScheme::unix_socket;
  backend.target.socket_path = value.reading.resolve(*text.value);
  return Fit::yes;
}

void describe_backend(Keys<B>& keys) {
  keys.located()
      .text("realm", &B::realm, is_some, "the name of a realm", "realm1",
            "Whose sessions it gets; without a realm it gets those of all realms that nobody else has")
      .other("url", "URL", kUrlForms, "", "\"ws://127.0.0.1:8080/ws\"",
             "Where it is, over WebSocket (ws, wss) or RawSocket (rs, rss)", read_url)
      .required()
      .other("socket", "PATH", "a path", "", "\"/run/crossbar.sock\"",
             "A unix socket, in the place of the host and port of url", read_socket)
      .other("serializers", "[WORD, …]", kSerializerForms, "", "[\"cbor\"]",
             "What it speaks; a RawSocket speaks one of them. By default all",
             [](B& backend, const Value& value) { return read_serializers(backend.serializers, value); })
      .time("connect_timeout", &B::connect_timeout, kShortest, Zero::refused,
            "Until it has taken the connection; else the session is refused")
      .size("max_message_size", &B::max_message_size, 0, std::uint64_t{1} << 30,
            "Its longest message, both ways; 0 = websocket_settings.max_message_size of the route")
      .path("ca_file", &B::ca_file, "backend-ca.crt", "PEM: authorities for wss; by default the system's")
      .text("server_name", &B::server_name, is_site_host, "a host", "backend.example.com",
            "Name that the certificate must have, and that the server is told; by default the URL's host")
      .flag("verify", &B::verify, "Whether the certificate is verified")
      .path("client_cert", &B::client_cert, "router.crt", "PEM: the router's own certificate")
      .path("client_key", &B::client_key, "router.key", "PEM: its key");
}

}  // namespace

void describe_wamp(Keys<W>& keys) {
  keys.located()
      .other("serializers", "[WORD, …]", kSerializerForms, "[\"json\", \"msgpack\", \"cbor\"]", "",
             "What clients may choose from, in their own order",
             [](W& wamp, const Value& value) { return read_serializers(wamp.serializers, value); })
      .flag("require_subprotocol", &W::require_subprotocol,
            "Refuse clients that offer no subprotocol of WAMP; else they are taken to speak JSON")
      .flag("workers", &W::workers, "Whether the realms that workers announce are served")
      .flag("status_page", &W::status_page, "Answer browsers with a page that says what this is; else with 426")
      .tables(
          "backends", &W::backends, [](const W&) { return B{}; }, "Routers of WAMP that sessions go to",
          describe_backend)
      .optional_table("auth", &W::auth,
                      "Clients show to the router who they are, and backends are told (anonymous-proxy); by default "
                      "backends ask them",
                      describe_wamp_auth);
}

Fit read_wamp_flag(RouteSettings& route, const Value& value) {
  const auto flag = take_flag(value);
  if (flag.value) route.wamp.enabled = *flag.value;
  return flag.fit;
}

void check_wamp(const RouteSettings& route, Reading& reading) {
  const W& wamp = route.wamp;
  std::map<std::string, FilePlace> known;
  for (const B& backend : wamp.backends) {
    const auto [first, is_new] = known.emplace(backend.realm, backend.located.place);
    const std::string what = backend.realm.empty() ? "without a realm" : "of realm \"" + backend.realm + "\"";
    if (!is_new)
      reading.error(backend.located.place, backend.located.where + ": the backend of " +
                                               Reading::line_of(first->second) + " is one " + what + ", too");
    if (backend.target.port == 0 && backend.target.socket_path.empty())
      reading.error(backend.located.place_of("url"),
                    backend.located.name_of("url") + ": it has no port; wants " + kUrlForms + ", or a socket");
    if (backend.client_cert.empty() != backend.client_key.empty())
      reading.error(backend.located.place, backend.located.where + ": " +
                                               std::string(backend.located.called("client_cert")) + " and " +
                                               std::string(backend.located.called("client_key")) + " go together");
  }
  if (wamp.auth) check_wamp_auth(*wamp.auth, reading);
  if (!wamp.workers && wamp.backends.empty())
    reading.error(wamp.located.place, wamp.located.where +
                                          ": workers is false, and there is no [[backends]]: nobody "
                                          "would have a session");
}

}  // namespace zeroway
