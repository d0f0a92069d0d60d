// Realms of WAMP (Web Application Messaging Protocol): which one a worker serves, and a session as its handler sees it.
//
//     worker.realm({.name = "realm1"}, [](zeroway::WampSession& session) -> zeroway::Task<void> {
//       session.on_drain([&] { session.say_goodbye(); });
//       while (const auto message = co_await session.receive())
//         session.post(answer_to(session.serializer(), message->bytes));
//     });
//
// A router that serves WAMP reads the realm in the client's HELLO and opens the session at a worker of that realm. The
// handler is then the WAMP router of the session: HELLO is the first message that it receives, WELCOME or ABORT the
// first that it sends. The SDK does not read messages: it hands them over as bytes in one of the serializers that the
// worker speaks. The router translates for clients that speak another one, and tells a client whose worker is lost.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "zeroway/task.h"
#include "zeroway/websocket.h"

namespace zeroway {

// What messages are written in.
enum class WampSerializer : std::uint8_t { json, msgpack, cbor };

// What a worker serves of WAMP; see Worker::realm().
struct ServedRealm {
  // At most 255 visible ASCII characters without '#', with no empty part between dots: "realm1", "com.example.shop". ""
  // = the sessions of all realms that no worker announces by name.
  std::string name{};
  // What the handler reads and writes. Empty = all. Workers of one realm must have one in common.
  std::vector<WampSerializer> serializers{};
  // False: the realm lives in one worker. All its sessions go to the worker that has served it for longest; others
  // stand by until that one leaves or is lost. True: its workers share the sessions, and must know of each other's. All
  // workers of a realm must say the same.
  bool shared = false;
};

// One client's session, from its HELLO on. Good until the handler has ended; use it only on the worker's thread.
class WampSession {
 public:
  // Of all messages. JSON is sent as text, the others as binary.
  [[nodiscard]] WampSerializer serializer() const { return serializer_; }
  // The session's WebSocket, which is accepted: its path and fields are those of the client; backlog(), abort(),
  // close_code() and sleep() are as for any other.
  [[nodiscard]] WebSocket& socket() { return socket_; }

  // As WebSocket's: the next message, or nothing when the session's WebSocket is over.
  WebSocket::Receive receive(std::size_t limit = WebSocket::kMaxMessage) { return socket_.receive(limit); }
  // As WebSocket's, of the kind that the serializer has.
  WebSocket::Send send(std::string_view bytes) { return socket_.send({bytes, is_text()}); }
  void post(std::string_view bytes);

  // When the worker drains, `leave` is called instead of a Close with 1001: see WebSocket::on_drain().
  void on_drain(std::function<void()> leave) { socket_.on_drain(std::move(leave)); }
  // Posts GOODBYE with the reason wamp.close.system_shutdown, then closes with 1001. For clients that have got WELCOME.
  void say_goodbye();

  WampSession(WebSocket& socket, WampSerializer serializer)
      : socket_(socket), serializer_(serializer) {}  // for the SDK

 private:
  [[nodiscard]] bool is_text() const { return serializer_ == WampSerializer::json; }

  WebSocket& socket_;
  const WampSerializer serializer_;
};

using WampHandler = std::function<Task<void>(WampSession& session)>;

}  // namespace zeroway
