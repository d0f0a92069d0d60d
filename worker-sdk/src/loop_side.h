// A stream as an inline handler or a coroutine holds it: everything happens on the loop, nothing is locked.
//
// Owner: WorkerStream.   Thread: the loop.
// Not here: running the handler (worker_core.h).
#pragma once
#include <coroutine>

#include "body_side.h"

namespace zeroway {

class WorkerCore;
class WorkerStream;

class LoopSide final : public BodySide {
 public:
  LoopSide(WorkerStream& stream, WorkerCore& core) : stream_(stream), core_(core) {}
  ~LoopSide() override;

  // For coroutines. Each `wait_…` is called when the `can_…` before it said no; the awaiter is resumed in the same turn
  // as its cause.
  [[nodiscard]] bool can_read() const { return !in_.empty() || body_is_over_ || is_cancelled(); }
  void wait_to_read(std::coroutine_handle<> awaiter);
  // Sends what the window permits; true when that was all of it.
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

  // The coroutine that runs the handler, destroyed with this object if it is still waiting then.
  std::coroutine_handle<> running;
  // An inline handler is called when its body is complete; until then it is collected here, and the core is told when
  // it is complete or too large.
  void start_collecting();
  [[nodiscard]] bool is_too_large() const { return in_.size() > max_body(); }

  std::optional<std::string_view> read() override;
  void write(std::string_view piece) override;
  void sleep(std::chrono::milliseconds duration) override;
  bool sleep_unless_draining(std::chrono::milliseconds duration) override;
  void check_may_block(const char* what) const override;

  void arrived(Bytes bytes) override;
  void body_ended(Head* trailers) override;
  void credited(std::uint32_t bytes) override;
  void cancel() override;
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
  WorkerCore& core_;
  bool collects_ = false;
  bool waits_to_read_ = false;
  bool waits_for_drain_ = false;  // too
  std::string_view rest_;         // of the piece that waits to be written
  std::uint64_t ticket_ = 0;
  std::coroutine_handle<> awaiter_;
};

}  // namespace zeroway
