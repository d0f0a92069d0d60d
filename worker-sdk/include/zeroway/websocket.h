// One WebSocket, as its handler sees it: a coroutine on the worker's own thread.
//
//     worker.websocket("/echo", [](zeroway::WebSocket& socket) -> zeroway::Task<void> {
//       socket.accept();
//       while (auto message = co_await socket.receive()) co_await socket.send(*message);
//     });
//
// It begins undecided: accept() or refuse(). Messages follow, both ways at once, until either side closes. The router
// does RFC 6455's frames, masking, ping and pong, compression and the close handshake; UTF-8 of the client's text has
// been checked. When the handler returns, the WebSocket is closed with 1000 (refused with 403 if it was not accepted);
// when it throws, with 1011 (refused with 500, or with a StatusError's status). When the worker drains it is closed
// with 1012, at some moment of the drain time; receive() tells the handler, which should return soon.
//
// The object belongs to the SDK and is good until the handler has ended. Use it only on the worker's thread; that is
// where other coroutines run, so handlers may post() to each other's sockets. One co_await at a time.
#pragma once
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <string_view>

#include "zeroway/errors.h"
#include "zeroway/fields.h"
#include "zeroway/request.h"

namespace zeroway {

class SocketSide;  // the SDK's own

// A whole message, RFC 6455 §5.6: text (UTF-8) or binary.
struct WebSocketMessage {
  std::string_view bytes;
  bool is_text = true;
};

// A part of a message. All pieces of one message have its kind; `is_last` ends it. Text may be cut inside a character.
struct WebSocketPiece {
  std::string_view bytes;
  bool is_text = true;
  bool is_last = true;
};

// It is a request too: path(), param(), query(), field("origin"), stop_token(), …; its method is CONNECT (RFC 8441 §4).
class WebSocket : public RequestBase {
 public:
  static constexpr std::size_t kMaxMessage = 16 << 20;  // bytes: what receive() takes unless told otherwise

  // Whether the client offered this subprotocol in Sec-WebSocket-Protocol (RFC 6455 §1.9; case matters).
  [[nodiscard]] bool offers(std::string_view subprotocol) const;
  // The client sees 101 (HTTP/2: 200), with `subprotocol` unless it is empty; give one that the client offered. Fields
  // as in ReplyBase::field; they throw std::invalid_argument. Once, before anything is sent or received: those call it
  // when it has not been. Ignored when the client has gone meanwhile.
  void accept(std::string_view subprotocol = {}, FieldInit fields = {});
  // The client sees this reply instead of a WebSocket. `status` is 300 … 999; others throw std::invalid_argument.
  // Throws std::logic_error after accept().
  void refuse(int status, std::string_view body = {}, FieldInit fields = {});

  class [[nodiscard]] Receive {
   public:
    Receive(SocketSide& side, std::size_t limit) : side_(&side), limit_(limit) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    std::optional<WebSocketMessage> await_resume();

   private:
    SocketSide* side_;
    std::size_t limit_;
  };
  class [[nodiscard]] ReceivePiece {
   public:
    explicit ReceivePiece(SocketSide& side) : side_(&side) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    std::optional<WebSocketPiece> await_resume();

   private:
    SocketSide* side_;
  };
  class [[nodiscard]] Send {
   public:
    Send(SocketSide& side, const WebSocketPiece& piece) : side_(&side), piece_(piece) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    void await_resume();

   private:
    SocketSide* side_;
    WebSocketPiece piece_;
  };
  class [[nodiscard]] Sleep {
   public:
    Sleep(SocketSide& side, std::chrono::milliseconds duration) : side_(&side), duration_(duration) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    void await_resume();

   private:
    SocketSide* side_;
    std::chrono::milliseconds duration_;
  };

  // The next message, or nothing once the WebSocket is over: closed by the client (after all that it sent before),
  // closed here, or lost; close_code() says which. The view is good until the next receive. A message of more than
  // `limit` bytes closes the WebSocket with 1009. The client is 256 KiB ahead at most, so receiving slowly slows it
  // down. Of a client that broke a rule (RFC 6455 §7.1.7) what it sent before comes as ever, and can be answered as
  // ever, for at most 5 s: it is over when receiving gives nothing.
  Receive receive(std::size_t limit = kMaxMessage) { return {*side(), limit}; }
  // The next piece of a message, as it comes, at most 256 KiB; a message of any length needs no more memory than that.
  // A piece is empty only if it ends its message. Nothing as in receive(). Not inside of a message that receive()
  // began.
  ReceivePiece receive_piece() { return ReceivePiece(*side()); }

  // Sends a message, and waits until no more than 64 KiB (256 when the client reads fast) of what was sent is ahead of
  // the client's reading. The bytes must stay until the await is over. Throws Cancelled when the WebSocket is over.
  Send send(WebSocketMessage message) { return {*side(), {message.bytes, message.is_text, true}}; }
  Send send_text(std::string_view text) { return {*side(), {text, true, true}}; }
  Send send_binary(std::string_view bytes) { return {*side(), {bytes, false, true}}; }
  // The same for a part of a message. What is posted between the pieces goes out after the last.
  Send send_piece(WebSocketPiece piece) { return {*side(), piece}; }

  // Sends a message without waiting: what the client is not ready for is kept in memory. For other handlers, which tell
  // many clients; they ask backlog() and abort() those that are too far behind. Ignored when the WebSocket is over.
  void post_text(std::string_view text);
  void post_binary(std::string_view bytes);
  // How many bytes wait here for the client.
  [[nodiscard]] std::size_t backlog() const;

  // Closes, behind all that was sent (RFC 6455 §7.4). `code` is 1000 … 1014 without 1004, 1005, 1006, or 3000 … 4999;
  // `reason` is UTF-8 (not checked) of at most 123 bytes without control characters; else std::invalid_argument.
  // Whoever receives here then gets nothing. Never waits. Ignored when the WebSocket is over already; refuses with 403
  // what was not accepted.
  void close(int code = 1000, std::string_view reason = {});
  // Closes at once: what waits here for the client, backlog(), is given up, with what a close() has left behind. The
  // client sees the Close behind what left before, perhaps in the middle of a message. For clients that do not keep up,
  // and would make close() wait. Otherwise as close(); after a close() the code stays that one's.
  void abort(int code = 1011, std::string_view reason = {});
  // Whether it is over: closed by either side, or lost. What the client sent before it closed can still be received.
  [[nodiscard]] bool is_closed() const;
  // Once it is over, the first code said: by the client, 1005 if it closed without one, 1006 if it was lost or broke a
  // rule (or is a refused one); or by us. 0 before.
  [[nodiscard]] int close_code() const;
  // What came with the code, or empty; control characters in a client's are spaces. Of a client that broke a rule,
  // which one. Good as long as the socket.
  [[nodiscard]] std::string_view close_reason() const;

  // `co_await socket.sleep(1s);` Throws Cancelled as soon as the WebSocket is over: a draining worker closes it, and so
  // cuts a long sleep short.
  Sleep sleep(std::chrono::milliseconds duration) { return {*side(), duration}; }

  explicit WebSocket(SocketSide& side);  // for the SDK

 private:
  [[nodiscard]] SocketSide* side() const;
};

}  // namespace zeroway
