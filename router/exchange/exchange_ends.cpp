// The entry points of an exchange: its two ends, and the clock. Once the exchange is over, each of them does nothing.
#include "router/exchange/exchange.h"
#include "router/observe/counters.h"

namespace zeroway {

namespace {

// Lives as long as a verb runs.
class Verb {
 public:
  explicit Verb(ExchangeContext& context) : context_(context) { ++context_.depth; }
  ~Verb() {
    if (--context_.depth == 0 && context_.waiting > 0) context_.serve_waiting();
  }
  Verb(const Verb&) = delete;
  Verb& operator=(const Verb&) = delete;

 private:
  ExchangeContext& context_;
};

}  // namespace

ExchangeContext::ExchangeContext(const ExchangeSettings& settings, Counters& with_counters, const WallClock& with_clock,
                                 AccessJudge* with_judge, Tracer* with_tracer)
    : counters(with_counters),
      clock(with_clock),
      judge(with_judge),
      tracer(with_tracer),
      rules(settings),
      budget(settings.retry_budget_percent, settings.retry_budget_floor),
      deadlines(with_clock.now()),
      began(with_clock.now()) {}

void Exchange::deadline_came() {
  const Verb running(context_);
  if (is_over_) return;
  const Time now = context_.clock.now();
  if (is_waiting_ && resume_at_ != Time{} && now >= resume_at_) {
    resume_at_ = Time{};
    if (!retry_now()) context_.wait_for_budget(key_);
  } else if (stage_ == Stage::judging && now >= verdict_due_) {
    fail({Fault::router, Code::login_timeout, false, "no verdict on the request within its time"});
  } else if (is_waiting_ && now >= retry_due_) {
    ++context_.counters.retries_denied;
    fail({Fault::backend, Code::backend_lost, false, "the worker went away, and too many are being tried again"});
  } else if (reply_due_ != Time{} && now >= reply_due_) {
    fail({Fault::backend, Code::backend_timeout, false,
          "neither a reply nor room for more of the body within the reply timeout"});
  } else if (is_tunnel_ && tunnel_due() != Time{} && now >= tunnel_due()) {
    const bool is_half_closed = request_.has_ended() || reply_.has_ended();
    fail({Fault::client, Code::tunnel_silent, false,
          is_half_closed ? "half-closed, and silent for too long" : "silent for too long"});
  }
  if (!is_over_) set_deadline();
}

void Exchange::refuse(Head& head, Code code) {
  const Verb running(context_);
  refused_head(head, code);
}

void Exchange::decided(Verdict verdict) {
  const Verb running(context_);
  if (!is_over_ && stage_ == Stage::judging) verdict_came(std::move(verdict));
}

void Exchange::close() {
  const Verb running(context_);
  if (!is_over_) fail({Fault::router, Code::closed, false, "an operator closed it"});
}

void Exchange::ClientEnd::head(Head& head, Last last) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_head(head, last);
}
void Exchange::ClientEnd::data(Bytes bytes) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_data(bytes);
}
void Exchange::ClientEnd::piece(Bytes bytes, MessageKind kind, Last last) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_piece(bytes, kind, last);
}
void Exchange::ClientEnd::end(Head& trailers) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_end(trailers);
}
void Exchange::ClientEnd::reset(const Error& error) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_reset(error);
}
void Exchange::ClientEnd::credit(std::uint32_t bytes) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_credit(bytes);
}

void Exchange::BackendEnd::accepted(const Holder& holder) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_accepted(holder);
}
void Exchange::BackendEnd::hand_over() {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_hand_over();
}
void Exchange::BackendEnd::routes_changed() {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_routes_changed();
}
void Exchange::BackendEnd::head(Head& head, Last last) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_head(head, last);
}
void Exchange::BackendEnd::data(Bytes bytes) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_data(bytes);
}
void Exchange::BackendEnd::piece(Bytes bytes, MessageKind kind, Last last) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_piece(bytes, kind, last);
}
void Exchange::BackendEnd::end(Head& trailers) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_end(trailers);
}
void Exchange::BackendEnd::reset(const Error& error) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_reset(error);
}
void Exchange::BackendEnd::credit(std::uint32_t bytes) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_.is_open()) exchange_.reply_credit(bytes);
}

}  // namespace zeroway
