// One WebSocket, as its handler sees it: a coroutine on the worker's own thread.
//
//     worker.websocket("/echo", [](zeroway::WebSocket& socket) -> zeroway::Task<void> {
//       socket.accept();
//       while (auto message = co_await socket.receive()) co_await socket.send(*message);
//     });
//
// A WebSocket begins undecided: the handler calls accept() or refuse(). Then messages go both ways at once, until
// either side closes. The router does RFC 6455's frames, masking, ping and pong, compression and the close handshake;
// it has also checked that the client's text is UTF-8.
//
// When the handler returns, the WebSocket is closed with 1000 (refused with 403 if it was not accepted). When the
// handler throws, the WebSocket is closed with 1011 (refused with 500, or with the status of a StatusError). When the
// worker drains, the WebSocket is closed with 1012, at some moment of the drain time (or as on_drain() says); receive()
// then gives nothing, and the handler should return soon.
//
// The object belongs to the SDK and is good until the handler has ended. Use it only on the worker's thread. All other
// coroutines of the worker run on that thread too, so handlers may post() to each other's sockets. One co_await at a
// time.
#pragma once
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "zeroway/errors.h"
#include "zeroway/fields.h"
#include "zeroway/request.h"

namespace zeroway {

class SocketSide;  // the SDK's own

// A whole message (RFC 6455 §5.6): text (UTF-8) or binary.
struct WebSocketMessage {
  std::string_view bytes;
  bool is_text = true;
};

// A part of a message. All pieces of one message are of one kind, text or binary; the piece with `is_last` is the last.
// Text may be cut inside a character.
struct WebSocketPiece {
  std::string_view bytes;
  bool is_text = true;
  bool is_last = true;
};

// A WebSocket is a request too: path(), param(), query(), field("origin"), stop_token(), …; its method is CONNECT
// (RFC 8441 §4).
class WebSocket : public RequestBase {
 public:
  static constexpr std::size_t kMaxMessage = 16 << 20;  // bytes: what receive() takes unless told otherwise

  // Whether the client offered this subprotocol in Sec-WebSocket-Protocol (RFC 6455 §1.9; case matters).
  [[nodiscard]] bool offers(std::string_view subprotocol) const;
  // Accepts the WebSocket: the client sees 101 (HTTP/2: 200). `subprotocol` is one that the client offered, or empty
  // for none. The rules of ReplyBase::field apply to the fields; bad fields throw std::invalid_argument. May be called
  // once, before the first send or receive; a send or a receive without it accepts the WebSocket. Ignored when the
  // client has gone already.
  void accept(std::string_view subprotocol = {}, FieldInit fields = {});
  // Refuses the WebSocket: the client sees this reply instead. `status` is 300 … 999; others throw
  // std::invalid_argument. Throws std::logic_error after accept().
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

  // The next message. Nothing once the WebSocket is over: closed by the client (after all messages that the client sent
  // before), closed by this worker, or lost; close_code() says which. The view is good until the next receive. A
  // message of more than `limit` bytes closes the WebSocket with 1009. The client may send at most 256 KiB ahead of the
  // handler's receiving, so a handler that receives slowly slows the client down.
  //
  // When a client breaks a rule (RFC 6455 §7.1.7), the messages that it sent before are still received, and can still
  // be answered, for at most 5 s. The WebSocket is over when receive() gives nothing.
  Receive receive(std::size_t limit = kMaxMessage) { return {*side(), limit}; }
  // The next piece of a message, as it comes, at most 256 KiB: so a message of any length needs no more memory than
  // that. A piece is empty only if it ends its message. Nothing when the WebSocket is over, as for receive(). Not to be
  // called inside of a message that receive() began.
  ReceivePiece receive_piece() { return ReceivePiece(*side()); }

  // Sends a message, then waits while more than 64 KiB (256 KiB when the client reads fast) of the sent bytes are not
  // read by the client. The message's bytes must stay until the await is over. Throws Cancelled when the WebSocket is
  // over.
  Send send(WebSocketMessage message) { return {*side(), {message.bytes, message.is_text, true}}; }
  Send send_text(std::string_view text) { return {*side(), {text, true, true}}; }
  Send send_binary(std::string_view bytes) { return {*side(), {bytes, false, true}}; }
  // The same for a part of a message. Messages that are posted between two pieces go out after the last piece.
  Send send_piece(WebSocketPiece piece) { return {*side(), piece}; }

  // Sends a message without waiting: bytes that the client does not take yet are kept in memory. For other handlers,
  // which send to many clients: such a handler checks backlog(), and calls abort() for clients that are too far behind.
  // Ignored when the WebSocket is over.
  void post_text(std::string_view text);
  void post_binary(std::string_view bytes);
  // How many bytes wait in this worker for the client.
  [[nodiscard]] std::size_t backlog() const;

  // Closes the WebSocket behind all messages that were sent (RFC 6455 §7.4). `code` is 1000 … 1014 without 1004, 1005,
  // 1006, or 3000 … 4999; `reason` is UTF-8 (not checked) of at most 123 bytes without control characters; else
  // std::invalid_argument. Never waits. A coroutine that waits in receive() gets nothing. Ignored when the WebSocket is
  // over already. A WebSocket that was not accepted is refused with 403.
  void close(int code = 1000, std::string_view reason = {});
  // Closes at once: drops the bytes that wait here for the client, backlog(), those of an earlier close() included. The
  // client sees the Close behind the bytes that have left already, perhaps in the middle of a message. For clients that
  // do not keep up: the Close of close() would wait behind those bytes. Otherwise as close(). After a close(), the code
  // of that close() stays.
  void abort(int code = 1011, std::string_view reason = {});
  // What is done when the worker drains, instead of the Close with 1012: `leave` is called at some moment of the drain
  // time. It may post messages and close(); a WebSocket that it leaves open is closed with 1012 then. It must not
  // throw. It is not called for a WebSocket that is over, or was not accepted yet. A later call replaces the function.
  void on_drain(std::function<void()> leave);
  // Whether the WebSocket is over: closed by either side, or lost. Messages that the client sent before it closed can
  // still be received.
  [[nodiscard]] bool is_closed() const;
  // 0 until the WebSocket is over; then the first close code, from the client or from this worker. 1005 if the client
  // closed without a code. 1006 if the WebSocket was lost or refused, or if the client broke a rule.
  [[nodiscard]] int close_code() const;
  // The reason that came with the code, or empty. Control characters in a client's reason are replaced by spaces. When
  // the client broke a rule, the reason names the rule. Good as long as the socket.
  [[nodiscard]] std::string_view close_reason() const;

  // `co_await socket.sleep(1s);` Throws Cancelled as soon as the WebSocket is over. A draining worker closes its
  // WebSockets, and so cuts a long sleep short.
  Sleep sleep(std::chrono::milliseconds duration) { return {*side(), duration}; }

  explicit WebSocket(SocketSide& side);  // for the SDK

 private:
  [[nodiscard]] SocketSide* side() const;
};

}  // namespace zeroway
