// A stream as a WebSocket's handler uses it: messages both ways, the close, and the coroutine that waits for them.
//
//     undecided ──accept()──▶ open ──close(), or the client's end──▶ over
//         └──refuse()──▶ over ◀──client or router lost──┤
//                          ▲                            └──the client broke a rule──▶ answering
//                          └──receive() finds nothing more, close(), client or router lost──┘
//
// Owner: StreamSides.   Thread: the loop.
// Not here: running the handler (handler_runner.h), frames (worker_stream.h).
#pragma once
#include <coroutine>
#include <functional>
#include <string>
#include <utility>

#include "handler_side.h"
#include "handler_turns.h"
#include "piece_queue.h"
#include "worker-sdk/src/session/worker_stream.h"
#include "zeroway/websocket.h"

namespace zeroway {

class SocketSide final : public HandlerSide {
 public:
  SocketSide(WorkerStream& stream, HandlerTurns& turns) : stream_(stream), turns_(turns) {}
  ~SocketSide() override;

  void accept(std::string_view subprotocol, FieldInit fields);
  void refuse(int code, std::string_view body, FieldInit fields);
  void close_with(int code, std::string_view reason);
  void abort_with(int code, std::string_view reason);
  [[nodiscard]] bool is_over() const override { return close_code_ != 0; }
  [[nodiscard]] int close_code() const { return close_code_; }
  [[nodiscard]] std::string_view close_reason() const { return close_reason_; }
  // The handler returned.
  void conclude();
  // The worker leaves: closes the WebSocket with 1012 after this time, if it is still open then.
  void close_after(std::chrono::milliseconds duration);
  // At that time `leave` is called first.
  void leave_by(std::function<void()> leave) { leave_ = std::move(leave); }

  // Each `wait` is called when the function before it said no; the awaiter is resumed in the turn of the event that it
  // waits for.
  [[nodiscard]] bool has_message(std::size_t limit);
  std::optional<WebSocketMessage> take_message();
  [[nodiscard]] bool has_piece();
  std::optional<WebSocketPiece> take_piece();
  // Sends as much as the window permits and keeps the rest; true when nothing is kept.
  [[nodiscard]] bool put(const WebSocketPiece& piece);
  [[nodiscard]] std::size_t backlog() const { return out_.bytes() + later_.bytes(); }
  void wait_for_message(std::coroutine_handle<> awaiter, std::size_t limit);
  void wait_for_piece(std::coroutine_handle<> awaiter) { wait(Wants::piece, awaiter); }
  void wait_for_credit(std::coroutine_handle<> awaiter) { wait(Wants::credit, awaiter); }
  void wait_to_wake(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration);
  [[nodiscard]] std::uint64_t wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest) override;
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override;
  void call_soon(std::function<void()> action) override;
  // Sends a whole message without waiting.
  void post(const WebSocketMessage& message);

  std::coroutine_handle<> running;  // as LoopSide's

  // Never called: a WebSocket has messages, not a body.
  std::optional<std::string_view> read() override { return std::nullopt; }
  void write(std::string_view) override {}
  void sleep(std::chrono::milliseconds) override {}
  bool sleep_unless_draining(std::chrono::milliseconds) override { return false; }

  void data(Bytes bytes) override;
  void piece(Bytes bytes, MessageKind kind, Last last) override;
  [[nodiscard]] bool takes_pieces() const override { return true; }
  void end(Head* trailers) override;
  void credit(std::uint32_t bytes) override;
  void reset() override;
  void wake(std::uint64_t ticket) override;
  [[nodiscard]] bool waits_for(std::uint64_t ticket) const override;
  void let_go() override;
  [[nodiscard]] std::size_t kept_bytes() const override;

 protected:
  void put_head(Head& head, Last last) override;
  void put_data(std::string_view bytes, Last last) override;
  void put_end(Head& trailers) override;
  void put_reset(ResetCode code) override;
  void reset_for_next() override;

 private:
  enum class Wants : std::uint8_t { nothing, message, piece, credit, time };

  void wait(Wants wants, std::coroutine_handle<> awaiter);
  void resume_if(Wants wants);
  void resume();
  void over(int code, std::string_view reason);
  void client_failed(std::string_view reason);
  void hear_failure();
  void say_close(int code, std::string_view reason);
  void enqueue(const PieceQueue::Piece& piece);
  void flush();
  void took(std::size_t bytes);

  WorkerStream& stream_;
  HandlerTurns& turns_;
  PieceQueue in_, out_;
  PieceQueue later_;           // messages that were posted between the pieces of another message
  bool sends_pieces_ = false;  // a message in pieces has begun and not ended
  bool ends_when_drained_ = false;
  bool is_answering_ = false;  // the client broke a rule: nothing comes behind in_, which may still be answered
  std::string failure_;        // the broken rule
  Head end_;                   // the end, sent behind the waiting messages
  std::string whole_message_;  // the message so far, then the message that receive() gave out
  bool is_text_ = false, is_whole_ = false;
  std::string current_;  // the piece that receive_piece() gave out
  int close_code_ = 0;
  std::string close_reason_;
  Wants wants_ = Wants::nothing;
  std::size_t limit_ = 0;
  std::uint64_t sleep_ticket_ = 0, drain_ticket_ = 0;
  std::function<void()> leave_;
  std::coroutine_handle<> awaiter_;
};

}  // namespace zeroway
