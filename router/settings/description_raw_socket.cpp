#include <string>

#include "router/settings/description.h"
#include "router/settings/limits.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

bool is_serializer(const std::string& text) { return serializer_named(text).has_value(); }

Fit read_serializers(RawSocketSettings& said, const Value& value) {
  std::vector<std::string> names;
  const Fit fit = read_texts(value, is_serializer, "one of json, msgpack, cbor", names);
  if (fit != Fit::yes) return fit;
  if (names.empty()) return Fit::no;
  said.serializers = {};
  for (const std::string& name : names) said.serializers.add(*serializer_named(name));
  return fit;
}

}  // namespace

void describe_raw_socket(Keys<RawSocketSettings>& keys) {
  using S = RawSocketSettings;
  keys.located()
      .text("path", &S::path, is_path, "a path that begins with /", "/ws",
            "Path of the site whose route answers: a WebSocket with the subprotocol wamp.2.json, wamp.2.msgpack or "
            "wamp.2.cbor, whose messages are those of the client")
      .required()
      .flag("only", &S::only,
            "The listener speaks nothing but RawSocket; else the first byte of a connection tells RawSocket from HTTP")
      .other("serializers", "[WORD, …]", "a list of at least one of json, msgpack, cbor",
             "[\"json\", \"msgpack\", \"cbor\"]", "", "What clients may speak", read_serializers)
      .words({"json", "msgpack", "cbor"})
      .size("max_message_size", &S::max_message_size, kLeastRawSocketMessage, kMostRawSocketMessage,
            "Longest message of a client, where websocket.max_message_size of the route is not less; the next smaller "
            "power of two is announced and enforced")
      .number("max_connections", &S::max_connections, 0, kMostOpen,
              "Most open connections of RawSocket per thread; further ones are refused; 0 = any number");
}

}  // namespace zeroway
