// A stream as its handler uses it: the calls of Request and Reply end here. It keeps the reply's head while the handler
// builds it, and checks the order of the reply's calls.
//
// Owner: StreamSides, which uses it again for later requests.   Thread: the handler's, but "loop" where a comment says
// so.
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
#include <vector>

#include "proto/head.h"
#include "route_matcher.h"
#include "worker-sdk/src/session/stream_receiver.h"
#include "zeroway/fields.h"

namespace zeroway {

inline constexpr std::chrono::hours kLongestSleep{24 * 365 * 10};  // a longer time could overflow the clock

struct HandlerLayer;                                     // handlers.h
using HandlerLayers = std::vector<const HandlerLayer*>;  // outermost first

class HandlerSide : public StreamReceiver {
 public:
  // Loop: a new request begins. `request` stays until the handler is done.
  void begin(const Head& request, std::size_t max_body);
  RouteMatch& match() { return match_; }
  // Loop: the functions that run around the handler.
  HandlerLayers& layers() { return layers_; }
  // Loop: the fields that every reply to this request has, replies of the SDK included.
  Head& constant_fields() { return constant_fields_; }

  // The request.
  [[nodiscard]] const Head& request() const { return *request_; }
  [[nodiscard]] const RouteMatch& match() const { return match_; }
  [[nodiscard]] const Head& trailers() const { return trailers_; }
  [[nodiscard]] std::size_t max_body() const { return max_body_; }
  [[nodiscard]] std::string_view path() const;
  [[nodiscard]] bool is_cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  [[nodiscard]] std::stop_token stop_token();
  // body() as far as it has come; the caller of read() collects it here.
  std::string& whole() { return whole_; }
  // Throws StatusError(413) when the request announces, or `whole` contains, more than `limit` bytes (0 = max_body).
  void check_body_size(std::size_t limit) const;

  void let_go() override;
  [[nodiscard]] std::size_t kept_bytes() const override { return whole_.capacity(); }

  // The reply. These functions throw as reply.h says.
  void status(int code);
  void field(std::string_view name, std::string_view value);
  void set_field(std::string_view name, std::string_view value);
  [[nodiscard]] bool has_field(std::string_view name) const { return reply_.has(name); }
  [[nodiscard]] int status_code() const { return status_; }
  void inform(int code, FieldInit fields);
  void start();
  void send(std::string_view body);
  void end_reply(FieldInit trailers);
  void abort();
  [[nodiscard]] bool has_started() const { return phase_ != Phase::building; }
  [[nodiscard]] bool has_ended() const { return phase_ == Phase::ended || is_cancelled(); }
  // For write(): sends the head if it is not out; false when the reply takes no body (HEAD, 204, 304, ended).
  [[nodiscard]] bool prepare_write();

  // The handler returned: sends the missing parts of the reply.
  void finish();
  // The handler failed: answers with this status, 400 … 599, if the head is not out yet; else resets the stream.
  void fail(int code, std::string_view text);
  // The handler failed and the head is not out yet: begins a new reply with this status.
  void restart(int code);

  // These functions block, but return at once in an inline handler. See request.h and reply.h.
  virtual std::optional<std::string_view> read() = 0;
  virtual void write(std::string_view piece) = 0;
  virtual void sleep(std::chrono::milliseconds duration) = 0;
  // False when the worker drains.
  virtual bool sleep_unless_draining(std::chrono::milliseconds duration) = 0;

  // Throws std::logic_error that names the function, when called on the loop.
  virtual void check_may_block(const char*) const {}

  // For coroutines that wait for an Event, Channel or Broadcast (zeroway/sync.h); other sides throw. Loop: `awaiter` is
  // resumed by wake() with the ticket that this function returns, after `longest`, or when the request is over.
  [[nodiscard]] virtual std::uint64_t wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest);
  [[nodiscard]] virtual bool is_over() const { return is_cancelled(); }
  void throw_if_over() const;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const;
  // Any thread: the loop calls `action`, soon.
  virtual void call_soon(std::function<void()> action);
  // Any thread: the loop calls wake(ticket), soon.
  void wake_soon(std::uint64_t ticket);

  // Loop: cancels the request.
  void reset() override;
  // Loop: the timer of this side rang. A stale `ticket` is ignored.
  virtual void wake(std::uint64_t) {}
  // Loop: whether the timer with this ticket is still waited for.
  [[nodiscard]] virtual bool waits_for(std::uint64_t) const { return false; }

 protected:
  // The part of the reply that is given to the stream.
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
  HandlerLayers layers_;
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
