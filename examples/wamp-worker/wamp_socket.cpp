#include "wamp_socket.h"

#include <utility>

#include "conversation.h"
#include "limits.h"
#include "utf8.h"

using zeroway::Task;
using zeroway::WebSocket;

namespace wamp {

namespace {

constexpr int kBadRequest = 400;
constexpr int kTryAgainLater = 1013;     // in RFC 6455's registry of close codes
constexpr std::size_t kMaxReason = 123;  // bytes (RFC 6455 §5.5)

class SocketTransport final : public Transport {
 public:
  SocketTransport(WebSocket& socket, Serializer serializer) : socket_(socket), serializer_(serializer) {}

  void send(const Letter& letter) override {
    if (socket_.is_closed()) return;
    if (socket_.backlog() > kMaxBacklog) return drop();
    const std::string& bytes = letter.as(serializer_);
    if (is_text(serializer_)) return socket_.post_text(bytes);
    socket_.post_binary(bytes);
  }
  [[nodiscard]] std::size_t backlog() const override { return socket_.is_closed() ? 0 : socket_.backlog(); }
  void drop() override { socket_.abort(kTryAgainLater, "this client does not keep up"); }
  void close(int code, std::string_view reason) override { socket_.close(code, beginning(reason, kMaxReason)); }

 private:
  WebSocket& socket_;
  const Serializer serializer_;
};

// Several fields are one list (RFC 9110 §5.3).
std::string offers_of(const WebSocket& socket) {
  std::string all;
  for (const zeroway::FieldView field : socket.fields())
    if (field.name == "sec-websocket-protocol") all += std::string(field.value) + ",";
  return all;
}

void take(Conversation& conversation, Serializer serializer, const zeroway::WebSocketMessage& message) {
  if (message.is_text != is_text(serializer))
    return conversation.break_off(std::string(subprotocol(serializer)) + " has no " +
                                  (message.is_text ? "text" : "binary") + " messages");
  try {
    conversation.hear(decode(serializer, message.bytes), std::chrono::steady_clock::now());
  } catch (const ProtocolViolation& violation) {
    conversation.break_off(violation.what());
  }
}

// A client that calls, or answers, faster than the other side reads waits here, and so do the messages behind.
// Publishers do not wait: a slow subscriber is dropped instead.
Task<void> keep_pace(WebSocket& socket, Realms& realms) {
  const Id partner = realms.take_paced();
  std::size_t before = 0;
  std::chrono::milliseconds waited{0};
  while (Transport* const transport = partner == 0 ? nullptr : realms.transport_of(partner)) {
    const std::size_t backlog = transport->backlog();
    if (backlog <= kPauseAt) co_return;
    waited = backlog < before ? std::chrono::milliseconds{0} : waited + kPauseStep;
    if (waited > kMaxPause) co_return transport->drop();
    before = backlog;
    co_await socket.sleep(kPauseStep);
  }
}

Task<void> converse(WebSocket& socket, Serializer serializer, Realms& realms, const std::function<void()>& told,
                    Conversation::Names names) {
  SocketTransport transport(socket, serializer);
  Conversation conversation(realms, transport, std::chrono::steady_clock::now(), names);
  socket.on_drain([&] { conversation.shut_down(); });
  told();
  while (const auto message = co_await socket.receive(kMaxMessage)) {
    take(conversation, serializer, *message);
    told();
    co_await keep_pace(socket, realms);
  }
}

Task<void> talk(WebSocket& socket, Realms& realms, const std::function<void()>& told) {
  const auto serializer = choose_serializer(offers_of(socket));
  if (!serializer) {
    socket.refuse(kBadRequest, "The subprotocols here are wamp.2.json, wamp.2.msgpack and wamp.2.cbor.\n",
                  {{"content-type", "text/plain; charset=utf-8"}});
    co_return;
  }
  socket.accept(subprotocol(*serializer));
  co_await converse(socket, *serializer, realms, told, Conversation::Names::are_ours);
}

Serializer of(zeroway::WampSerializer serializer) { return static_cast<Serializer>(serializer); }
static_assert(static_cast<int>(Serializer::json) == static_cast<int>(zeroway::WampSerializer::json) &&
              static_cast<int>(Serializer::msgpack) == static_cast<int>(zeroway::WampSerializer::msgpack) &&
              static_cast<int>(Serializer::cbor) == static_cast<int>(zeroway::WampSerializer::cbor));

}  // namespace

void register_realm(zeroway::Worker& worker, const std::string& realm, Realms& realms, std::function<void()> told) {
  worker.realm({.name = realm}, [&realms, told = std::move(told)](zeroway::WampSession& session) {
    return converse(session.socket(), of(session.serializer()), realms, told, Conversation::Names::are_of_the_router);
  });
}

void register_wamp(zeroway::Worker& worker, const std::string& path, Realms& realms, std::function<void()> told) {
  worker.websocket(path, [&realms, told = std::move(told)](WebSocket& socket) { return talk(socket, realms, told); });
}

}  // namespace wamp
