// A stream as an inline handler or a coroutine uses it: all calls are on the loop, so there is no lock.
//
// Owner: StreamSides.   Thread: the loop.
// Not here: running the handler (handler_runner.h).
#pragma once
#include <coroutine>

#include "body_side.h"
#include "handler_turns.h"
#include "worker-sdk/src/session/worker_stream.h"

namespace zeroway {

class LoopSide;

// Runs the handler of a side that collects its request's body.
class InlineRunner {
 public:
  virtual ~InlineRunner() = default;

  virtual void body_is_complete(LoopSide& side) = 0;
  // The body is larger than LoopSide::max_body(), and may come further.
  virtual void body_is_too_large(LoopSide& side) = 0;
};

class LoopSide final : public BodySide {
 public:
  LoopSide(WorkerStream& stream, HandlerTurns& turns, InlineRunner& runner)
      : stream_(stream), turns_(turns), runner_(runner) {}
  ~LoopSide() override;

  // For coroutines. Each `wait_…` is called when the `can_…` before it said no; the awaiter is resumed in the turn of
  // the event that it waits for.
  [[nodiscard]] bool can_read() const { return !in_.empty() || body_is_over_ || is_cancelled(); }
  void wait_to_read(std::coroutine_handle<> awaiter);
  // Sends as much as the window permits; true when the whole piece was sent.
  [[nodiscard]] bool try_write(std::string_view piece);
  void wait_to_write(std::coroutine_handle<> awaiter) { awaiter_ = awaiter; }
  void wait_to_wake(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration);
  [[nodiscard]] std::uint64_t wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest) override;
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override;
  void call_soon(std::function<void()> action) override;
  void wait_to_wake_or_drain(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration);
  [[nodiscard]] bool is_draining() const;
  void wake(std::uint64_t ticket) override;
  [[nodiscard]] bool waits_for(std::uint64_t ticket) const override { return ticket == ticket_; }

  // For a tunnel: sends bytes without waiting.
  void post(std::string_view bytes);
  [[nodiscard]] std::size_t backlog() const { return stream_.waiting(); }
  // The handler of a tunnel is done: what its client still sends is dropped.
  void discard_rest();

  // The coroutine that runs the handler. It is destroyed with this object if it still waits then.
  std::coroutine_handle<> running;
  // An inline handler is called when its body is complete. Until then the body is collected here. The runner is told
  // when the body is complete or too large.
  void start_collecting();
  [[nodiscard]] WorkerStream& stream() { return stream_; }
  [[nodiscard]] bool is_too_large() const { return in_.size() > max_body(); }

  std::optional<std::string_view> read() override;
  void write(std::string_view piece) override;
  void sleep(std::chrono::milliseconds duration) override;
  bool sleep_unless_draining(std::chrono::milliseconds duration) override;
  void check_may_block(const char* what) const override;

  void data(Bytes bytes) override;
  void end(Head* trailers) override;
  void credit(std::uint32_t bytes) override;
  void reset() override;
  void drain() override;

 protected:
  void put_head(Head& head, Last last) override;
  void put_data(std::string_view bytes, Last last) override;
  void put_end(Head& trailers) override;
  void put_reset(ResetCode code) override;
  void reset_for_next() override;

 private:
  void resume();

  WorkerStream& stream_;
  HandlerTurns& turns_;
  InlineRunner& runner_;
  bool collects_ = false;
  bool waits_to_read_ = false;
  bool waits_for_drain_ = false;  // the coroutine also waits for the drain
  std::string_view rest_;         // the unsent rest of the piece that is being written
  std::uint64_t ticket_ = 0;
  std::coroutine_handle<> awaiter_;
};

}  // namespace zeroway
