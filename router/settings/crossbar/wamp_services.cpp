// The services that are WAMP.
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/realm_backends.h"
#include "router/settings/crossbar/services.h"
#include "router/settings/crossbar/web_socket_options.h"

namespace zeroway::crossbar {

namespace {

using S = RouteSettings;

Fit read_list(S& route, const Value& value) {
  if (value.node.kind != Node::Kind::list) return Fit::no;
  route.wamp.serializers = read_serializers(value.node, value.where, value.reading);
  return Fit::yes;
}

Fit not_yet(S&, const Value& value) {
  value.reading.error(value.node.place, value.where + ": the router does not do that yet");
  return Fit::said;
}

void describe_wamp(Keys<S>& keys) {
  describe_item(keys.located())
      .other("serializers", "[WORD, …]", "a list of serializers: cbor, msgpack or json", "", "",
             "What clients may speak", read_list)
      .other("backends", "[{…}, …]", "a list of tables", "", "", "Routers of WAMP", leave<S>)
      .other("url", "URL", "a URL", "", "", "What clients call the path", take_any_text<S>)
      .other("debug", "true|false", "true or false", "", "", "Changes nothing",
             [](S&, const Value& value) { return take_flag(value).fit; })
      .other("auth", "{…}", "a table", "", "", "Who clients are", not_yet)
      .other("cookie", "{…}", "a table", "", "", "How clients are known again", not_yet)
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_web_socket_options);
}

}  // namespace

void read_wamp(const ServicePlace& place) {
  RouteSettings route = begin_route(place);
  read_into(route, place.node, place.where, place.reading, describe_wamp);
  route.websocket = true;
  route.wamp.enabled = true;
  route.wamp.located = route.located;
  route.wamp.backends = read_backends(place.node, place.where, place.reading);
  if (place.node.find("backends") == nullptr) route.wamp.backends = place.backends;
  add_route(place, std::move(route));
}

}  // namespace zeroway::crossbar
