// What happened in one exchange: its times, its attempts, who answered, the result, and its place in a trace.
//
// Owner: the exchange, which says what happens when it happens.   Thread: its loop.
// An attempt is one opening of a stream at a backend. It waits until a worker or a server accepts it, and then takes
// the backend's time until its stream is over.
// Not here: lines (observe/request_log.h), spans (trace/request_spans.h), what an exchange decides
// (exchange/exchange.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "proto/head.h"
#include "proto/kind.h"
#include "router/exchange/client_info.h"
#include "router/exchange/routing.h"
#include "router/observe/request_book.h"
#include "router/observe/request_log.h"
#include "router/observe/request_tally.h"
#include "router/observe/time.h"
#include "router/trace/request_spans.h"

namespace zeroway {

class Tracer;  // router/trace/tracer.h

// What others know of the exchange when it is over.
struct ExchangeFacts {
  const Head& request;  // as the backend got it
  const Routing& routing;
  const ClientInfo& client;
  std::string_view address;  // the client's; behind trusted proxies, the address that they report
  std::string_view user;     // that the login has found; "" = none
  std::uint64_t bytes_in;    // of the request's body
  bool is_upgrade;           // a WebSocket over HTTP/1.1: its client sent GET, and gets 101
};

// What is counted of the exchange besides its record.
struct ExchangeCount {
  std::string_view method;  // the client's
  std::uint64_t bytes_in;   // of the request's body
  Kind kind;
  bool is_upgrade;  // see ExchangeFacts
};

class ExchangeRecord {
 public:
  void begin(Time now);
  void join(const RequestTrace& trace) { trace_ = trace; }

  // An attempt begins. Returns its span; 0 when the request is not sampled.
  SpanId opened(Time now, SpanIds* ids);
  // `member`: the display name of the worker or the server.
  void accepted(std::string_view member, Time now);
  // The stream of the attempt is over. `failure`: why, or "".
  void stream_over(Time now, std::string_view failure = {});

  void replied(int status);
  // The reply's head and what followed it never left.
  void taken_back();
  void sent(std::uint64_t bytes) { bytes_out_ += bytes; }
  // The last reason counts.
  void failed(Code code);

  // Of the reply; 0 = none yet.
  [[nodiscard]] int status() const { return status_; }
  // Who has the stream of the last attempt, or had it; "" = nobody.
  [[nodiscard]] const std::string& member() const { return member_; }
  // An error's name; "" = nothing failed.
  [[nodiscard]] std::string_view reason() const { return reason_; }
  // Whether somebody may want to know why: it has a reason, or the backend said 5xx.
  [[nodiscard]] bool has_failed() const { return !reason_.empty() || status_ >= 500; }
  // "client", "router" or "backend": who said how the request ended.
  [[nodiscard]] std::string_view ended_by() const;
  // The attempts before the last one, at most kMostLostAttempts of them.
  [[nodiscard]] const std::vector<LostAttempt>& lost() const { return lost_; }
  [[nodiscard]] Time began() const { return began_; }
  [[nodiscard]] Clock::duration total(Time now) const { return now - began_; }

  [[nodiscard]] const RequestTrace& trace() const { return trace_; }

  // Counts the request that is over now.
  void count(const ExchangeCount& what, Time now, RequestTally& tally) const;

  // Views are good as long as the facts are, and the record.
  [[nodiscard]] RequestRecord tell(const ExchangeFacts& facts, Time now, WallTime wall_now);
  // Only of a request that is sampled; `told` is what tell() has returned for `now`.
  void write_spans(Tracer& tracer, const RequestRecord& told, Time now) const;

 private:
  // As the client sees it.
  [[nodiscard]] int status_for(bool is_upgrade) const { return is_upgrade && status_ == 200 ? 101 : status_; }
  // The span of the attempt whose stream is not over; null = there is none.
  [[nodiscard]] AttemptSpan* open_span();

  Time began_{}, opened_{};
  Time accepted_{};                 // of the last attempt; Time{} = not yet, or its stream is over
  Clock::duration queue_time_{};    // of the last attempt
  Clock::duration backend_time_{};  // of the last attempt
  std::uint32_t attempts_ = 0;
  std::uint64_t bytes_out_ = 0;
  int status_ = 0;
  std::string member_;
  std::string_view reason_;
  std::optional<Code> failure_;      // whose name `reason_` is
  std::string_view stream_failure_;  // of the last attempt; "" = none, or its stream is open
  std::vector<LostAttempt> lost_;
  RequestTrace trace_;
  std::vector<AttemptSpan> spans_;          // of a request that is sampled
  std::string target_text_, referer_text_;  // where they are not shown as they are
  std::array<char, 32> trace_text_{};
  std::array<char, 16> span_text_{};
};

}  // namespace zeroway
