// A stream as its handler holds it: what Request and Reply call. Keeps the reply's head while it is built, and the
// order of the reply's calls.
//
// Owner: WorkerStream, which uses it again for later requests.   Thread: the handler's, except what says "loop".
// Not here: windows and frames (worker_stream.h); how a call reaches the loop (loop_side.h, pool_side.h).
#pragma once
#include <atomic>
#include <chrono>
#include <coroutine>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "handlers.h"
#include "proto/head.h"
#include "proto/stream_sink.h"
#include "route_matcher.h"
#include "zeroway/fields.h"

namespace zeroway {

inline constexpr std::chrono::hours kLongestSleep{24 * 365 * 10};  // more could run over the clock

class HandlerSide {
 public:
  virtual ~HandlerSide() = default;

  // Loop: a new request begins. `request` stays until the handler is done.
  void begin(const Head& request, std::size_t max_body);
  RouteMatch& match() { return match_; }
  // Loop: what runs around the handler.
  Handlers::Layers& layers() { return layers_; }
  // Loop: fields that every reply to this request has, whoever makes it.
  Head& constant_fields() { return constant_fields_; }

  // The request.
  [[nodiscard]] const Head& request() const { return *request_; }
  [[nodiscard]] const RouteMatch& match() const { return match_; }
  [[nodiscard]] const Head& trailers() const { return trailers_; }
  [[nodiscard]] std::size_t max_body() const { return max_body_; }
  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] bool is_cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  [[nodiscard]] std::stop_token stop_token();
  // body() as far as it has come: collected by whoever reads.
  std::string& whole() { return whole_; }
  // Throws StatusError(413) when the request says, or `whole` shows, more than `limit` bytes (0 = max_body).
  void check_body_size(std::size_t limit) const;

  // Loop: the request is over, and large buffers are given back.
  virtual void let_go();
  [[nodiscard]] virtual std::size_t kept_bytes() const { return whole_.capacity(); }

  // The reply. They throw as reply.h says.
  void status(int code);
  void field(std::string_view name, std::string_view value);
  void set_field(std::string_view name, std::string_view value);
  [[nodiscard]] bool has_field(std::string_view name) const { return reply_.has(name); }
  [[nodiscard]] int status_code() const { return status_; }
  void inform(int code, FieldInit fields);
  void start();
  void send(std::string_view body);
  void end(FieldInit trailers);
  void abort();
  [[nodiscard]] bool has_started() const { return phase_ != Phase::building; }
  [[nodiscard]] bool has_ended() const { return phase_ == Phase::ended || is_cancelled(); }
  // For write(): sends the head if it is not out; false when the piece goes nowhere (HEAD, 204, 304, ended).
  [[nodiscard]] bool prepare_write();

  // The handler returned: whatever is missing is sent.
  void finish();
  // The handler failed: an answer with this status, 400 … 599, if nothing is out yet, else a reset.
  void fail(int code, std::string_view text);
  // The handler failed and nothing is out yet: a reply of this status begins anew.
  void restart(int code);

  // Blocking, or at once in an inline handler. See request.h and reply.h.
  virtual std::optional<std::string_view> read() = 0;
  virtual void write(std::string_view piece) = 0;
  virtual void sleep(std::chrono::milliseconds duration) = 0;
  // False when the worker drains.
  virtual bool sleep_unless_draining(std::chrono::milliseconds duration) = 0;

  // Throws std::logic_error, naming the function, on the loop.
  virtual void check_may_block(const char*) const {}

  // For coroutines that wait for something outside (zeroway/sync.h); others have none of these. Loop: `awaiter` goes on
  // by wake() with the ticket that this returns, after `longest`, or when the request is over.
  [[nodiscard]] virtual std::uint64_t wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest);
  [[nodiscard]] virtual bool is_over() const { return is_cancelled(); }
  void throw_if_over() const;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const;
  // Any thread: the loop calls `action`, soon.
  virtual void call_soon(std::function<void()> action);
  // Any thread: the loop calls wake(ticket), soon.
  void wake_soon(std::uint64_t ticket);

  // Loop: what the router says.
  virtual void arrived(Bytes bytes) = 0;
  virtual void body_ended(Head* trailers) = 0;     // nullptr when there are none
  virtual void piece(Bytes, MessageKind, Last) {}  // WebSockets only
  virtual void credited(std::uint32_t bytes) = 0;
  virtual void cancel();
  // Loop: the worker drains, from now on or since before this request.
  virtual void drain() {}
  // Loop: its timer rang. A stale `ticket` is ignored.
  virtual void wake(std::uint64_t) {}
  // Loop: whether the timer with this ticket is still waited for.
  [[nodiscard]] virtual bool waits_for(std::uint64_t) const { return false; }

 protected:
  // What goes to the stream.
  virtual void put_head(Head& head, Last last) = 0;
  virtual void put_data(std::string_view bytes, Last last) = 0;
  virtual void put_end(Head& trailers) = 0;
  // Head, body and end at once; `body` is not empty.
  virtual void put_whole(Head& head, std::string_view body) {
    put_head(head, Last::no);
    put_data(body, Last::yes);
  }
  virtual void put_reset(ResetCode code) = 0;
  virtual void reset_for_next() = 0;

  Head trailers_;

 private:
  enum class Phase : std::uint8_t { building, open, ended };

  [[nodiscard]] bool is_bodiless() const;
  void require_building(const char* what) const;
  void send_head(Last last);
  void complete_head();

  const Head* request_ = nullptr;
  RouteMatch match_;
  Handlers::Layers layers_;
  Head constant_fields_;
  std::size_t max_body_ = 0;
  Phase phase_ = Phase::building;
  int status_ = 200;
  bool is_head_request_ = false;
  Head reply_;
  Head scratch_;  // interim heads and trailers
  std::string whole_;
  std::atomic<bool> cancelled_{false};
  std::mutex stop_mutex_;
  std::stop_source stop_{std::nostopstate};
};

}  // namespace zeroway
