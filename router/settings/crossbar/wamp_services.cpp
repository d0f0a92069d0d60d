// The services that are WAMP.
#include <bit>
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/realm_backends.h"
#include "router/settings/crossbar/services.h"
#include "router/settings/crossbar/wamp_auth.h"
#include "router/settings/crossbar/web_socket_options.h"
#include "router/settings/limits.h"

namespace zeroway::crossbar {

namespace {

using S = RouteSettings;

Fit read_list(S& route, const Value& value) {
  if (value.node.kind != Node::Kind::list) return Fit::no;
  route.wamp.serializers = read_serializers(value.node, value.where, value.reading);
  return Fit::yes;
}

void describe_wamp(Keys<S>& keys) {
  describe_item(keys.located())
      .other("serializers", "[WORD, …]", "a list of serializers: cbor, msgpack or json", "", "",
             "What clients may speak", read_list)
      .other("backends", "[{…}, …]", "a list of tables", "", "", "Routers of WAMP", leave<S>)
      .other("url", "URL", "a URL", "", "", "What clients call the path", take_any_text<S>)
      .other("debug", "true|false", "true or false", "", "", "Changes nothing",
             [](S&, const Value& value) { return take_flag(value).fit; })
      .other("auth", "{…}", "a table", "", "", "Who clients are", leave<S>)
      .other("cookie", "{…}", "a table", "", "", "How clients are known again", leave<S>)
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_web_socket_options);
}

// --- clients that speak RawSocket

struct RawSocket {
  Located located;
  RawSocketSettings said;
};

// The handshake says a power of two: not less than the file says, as Crossbar.io has it.
Fit read_most(RawSocket& raw, const Value& value) {
  const auto most = take_number(value);
  if (!most.value) return most.fit;
  if (*most.value < kLeastRawSocketMessage || *most.value > kMostRawSocketMessage) return Fit::no;
  raw.said.max_message_size = std::bit_ceil(*most.value);
  if (raw.said.max_message_size != *most.value)
    value.reading.warn(value.node.place, value.where + " = " + value.node.show() + ": is no power of two; " +
                                             std::to_string(raw.said.max_message_size) +
                                             " is announced to clients and enforced");
  return Fit::yes;
}

void describe_most(Keys<RawSocket>& keys) {
  const std::string wants =
      "a number from " + std::to_string(kLeastRawSocketMessage) + " to " + std::to_string(kMostRawSocketMessage);
  keys.other("max_message_size", "N", wants, "", "", "Largest message of a client", read_most);
}

void describe_raw_socket(Keys<RawSocket>& keys) {
  using R = RawSocket;
  describe_item(keys.located())
      .other("serializers", "[WORD, …]", "a list of serializers: cbor, msgpack or json", "", "",
             "What clients may speak",
             [](R& raw, const Value& value) {
               if (value.node.kind != Node::Kind::list) return Fit::no;
               raw.said.serializers = read_serializers(value.node, value.where, value.reading);
               return Fit::yes;
             })
      .other("backends", "[{…}, …]", "a list of tables", "", "", "Routers of WAMP", leave<R>)
      .other("url", "URL", "a URL", "", "", "What clients call it", take_any_text<R>)
      .other("debug", "true|false", "true or false", "", "", "Changes nothing",
             [](R&, const Value& value) { return take_flag(value).fit; })
      .other("auth", "{…}", "a table", "", "", "Who clients are", leave<R>);
  describe_most(keys);
  keys.table(
      "options", [](R& raw) -> R& { return raw; }, "Options", describe_most);
}

void check_most(const ServicePlace& place, const Located& located) {
  const Node* options = place.node.find("options");
  if (options == nullptr || options->find("max_message_size") == nullptr || !located.has("max_message_size")) return;
  place.reading.error(located.place_of("max_message_size"),
                      located.name_of("max_message_size") + ": options has it, too: one of them");
}

// Sessions of the place's route.
void add_sessions(const ServicePlace& place, RouteSettings route) {
  route.websocket = true;
  route.wamp.enabled = true;
  route.wamp.located = route.located;
  route.wamp.backends = read_backends(place.node, place.where, place.reading);
  if (place.node.find("backends") == nullptr) route.wamp.backends = place.backends;
  add_route(place, std::move(route));
}

std::optional<WampAuthSettings> read_raw_socket_auth(const ServicePlace& place) {
  const Node* auth = place.node.find("auth");
  const Node* cookie = auth == nullptr ? nullptr : auth->find("cookie");
  if (cookie == nullptr) return read_wamp_auth(place.node, place.where, place.reading);
  const std::string name = place.reading.join(place.reading.join(place.where, "auth"), "cookie");
  place.reading.error(cookie->key_place, name + ": clients of RawSocket have no cookies");
  return std::nullopt;
}

}  // namespace

void read_wamp(const ServicePlace& place) {
  RouteSettings route = begin_route(place);
  read_into(route, place.node, place.where, place.reading, describe_wamp);
  route.wamp.auth = read_wamp_auth(place.node, place.where, place.reading);
  add_sessions(place, std::move(route));
}

// A browser can open WebSockets to any machine, but it cannot speak RawSocket: no page is to get there.
void read_raw_socket(const ServicePlace& place) {
  RawSocket raw;
  read_into(raw, place.node, place.where, place.reading, describe_raw_socket);
  check_most(place, raw.located);
  raw.said.located = raw.located;
  raw.said.path = place.path;
  RouteSettings route = begin_route(place);
  route.located = raw.located;
  route.terms.web_sockets.allowed_origins.clear();
  route.terms.web_sockets.allow_null_origin = false;
  route.wamp.serializers = raw.said.serializers;
  route.wamp.status_page = false;
  route.wamp.auth = read_raw_socket_auth(place);
  place.site.raw_socket = std::move(raw.said);
  add_sessions(place, std::move(route));
}

}  // namespace zeroway::crossbar
