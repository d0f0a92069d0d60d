#include "wamp_handler.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace zeroway {

namespace {

constexpr int kBadRequest = 400, kGoingAway = 1001;
constexpr std::string_view kShutdown = "wamp.close.system_shutdown";

Serializer as_proto(WampSerializer serializer) { return static_cast<Serializer>(serializer); }
static_assert(static_cast<int>(WampSerializer::json) == static_cast<int>(Serializer::json) &&
              static_cast<int>(WampSerializer::msgpack) == static_cast<int>(Serializer::msgpack) &&
              static_cast<int>(WampSerializer::cbor) == static_cast<int>(Serializer::cbor));

std::string subprotocol(Serializer serializer) { return "wamp.2." + std::string(name_of(serializer)); }

std::optional<Serializer> chosen(const WebSocket& socket, SerializerSet serializers) {
  for (const Serializer serializer : kSerializers)
    if (serializers.contains(serializer) && socket.offers(subprotocol(serializer))) return serializer;
  return std::nullopt;
}

Task<void> run_session(WebSocket& socket, SerializerSet serializers, const WampHandler& handler) {
  const auto serializer = chosen(socket, serializers);
  if (!serializer) {
    socket.refuse(kBadRequest, "This worker speaks none of the serializers in Sec-WebSocket-Protocol.\n");
    co_return;
  }
  socket.accept(subprotocol(*serializer));
  socket.on_drain([&socket] { socket.close(kGoingAway, kShutdown); });
  WampSession session(socket, static_cast<WampSerializer>(*serializer));
  co_await handler(session);
}

// [6, {}, "wamp.close.system_shutdown"]
std::string goodbye(WampSerializer serializer) {
  const char length = static_cast<char>(kShutdown.size());  // 26: one head byte and, from 24 on in CBOR, one more
  switch (serializer) {
    case WampSerializer::msgpack:
      return std::string("\x93\x06\x80").append(1, static_cast<char>(0xa0 | length)).append(kShutdown);
    case WampSerializer::cbor:
      return std::string("\x83\x06\xa0\x78").append(1, length).append(kShutdown);
    case WampSerializer::json:
      break;
  }
  return std::string("[6,{},\"").append(kShutdown).append("\"]");
}
static_assert(kShutdown.size() >= 24 && kShutdown.size() < 32);

}  // namespace

WampRealm checked_realm(const ServedRealm& realm) {
  if (!realm.name.empty() && !is_realm_name(realm.name))
    throw std::invalid_argument("realm \"" + realm.name +
                                "\": must be at most 255 visible ASCII characters without '#', with no empty part "
                                "between dots");
  WampRealm checked{realm.name};
  checked.is_shared = realm.shared;
  if (!realm.serializers.empty()) checked.serializers = {};
  for (const WampSerializer serializer : realm.serializers) checked.serializers.add(as_proto(serializer));
  return checked;
}

WebSocketHandler wamp_handler(SerializerSet serializers, WampHandler handler) {
  return [serializers, handler = std::move(handler)](WebSocket& socket) {
    return run_session(socket, serializers, handler);
  };
}

void WampSession::post(std::string_view bytes) { is_text() ? socket_.post_text(bytes) : socket_.post_binary(bytes); }

void WampSession::say_goodbye() {
  post(goodbye(serializer_));
  socket_.close(kGoingAway, kShutdown);
}

}  // namespace zeroway
