#include "router/exchange/exchange_record.h"

#include <utility>

#include "router/exchange/error_reply.h"
#include "router/exchange/limits.h"
#include "router/trace/limits.h"
#include "router/trace/tracer.h"

namespace zeroway {

namespace {

std::chrono::microseconds in_us(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time);
}

std::string_view or_dash(std::string_view text) { return text.empty() ? "-" : text; }

}  // namespace

void ExchangeRecord::begin(Time now) {
  began_ = opened_ = now;
  accepted_ = Time{};
  queue_time_ = backend_time_ = {};
  attempts_ = 0;
  bytes_out_ = 0;
  status_ = 0;
  member_.clear();
  reason_ = {};
  failure_.reset();
  stream_failure_ = {};
  lost_.clear();
  trace_ = {};
  spans_.clear();
}

SpanId ExchangeRecord::opened(Time now, SpanIds* ids) {
  if (attempts_ > 0 && lost_.size() < kMostLostAttempts)
    lost_.push_back({std::move(member_), in_us(queue_time_), in_us(backend_time_), stream_failure_});
  stream_failure_ = {};
  opened_ = now;
  accepted_ = Time{};
  queue_time_ = backend_time_ = {};
  ++attempts_;
  member_.clear();
  if (!trace_.is_sampled || ids == nullptr) return 0;
  if (spans_.size() >= kMostAttemptSpans) spans_.pop_back();
  AttemptSpan& span = spans_.emplace_back();
  span.id = attempts_ == 1 ? trace_.first_attempt : ids->new_span();
  span.opened = now;
  return span.id;
}

AttemptSpan* ExchangeRecord::open_span() {
  return spans_.empty() || spans_.back().over != Time{} ? nullptr : &spans_.back();
}

void ExchangeRecord::accepted(std::string_view member, Time now) {
  member_ = member;
  accepted_ = now;
  queue_time_ = now - opened_;
  if (AttemptSpan* span = open_span()) {
    span->accepted = now;
    span->member = member;
  }
}

void ExchangeRecord::stream_over(Time now, std::string_view failure) {
  if (accepted_ != Time{}) backend_time_ = now - std::exchange(accepted_, Time{});
  stream_failure_ = failure;
  if (AttemptSpan* span = open_span()) {
    span->over = now;
    span->failure = failure;
  }
}

void ExchangeRecord::replied(int status) {
  status_ = status;
  if (AttemptSpan* span = open_span()) span->status = status;
}

void ExchangeRecord::taken_back() {
  status_ = 0;
  bytes_out_ = 0;
  if (!spans_.empty()) spans_.back().status = 0;
}

void ExchangeRecord::failed(Code code) {
  failure_ = code;
  reason_ = error_name(code);
}

std::string_view ExchangeRecord::ended_by() const {
  constexpr std::string_view kSides[] = {"client", "backend", "router"};
  if (failure_) return kSides[static_cast<std::size_t>(fault_of(*failure_))];
  return kSides[static_cast<std::size_t>(attempts_ > 0 ? Fault::backend : Fault::router)];
}

// A WebSocket lasts as long as its ends wish: that is no time that anybody waited for.
void ExchangeRecord::count(const ExchangeCount& what, Time now, RequestTally& tally) const {
  const auto method = static_cast<std::size_t>(counted_method(what.method));
  ++tally.requests[method][static_cast<std::size_t>(status_for(what.is_upgrade) / 100) % kStatusClasses];
  if (failure_) ++tally.failures[static_cast<std::size_t>(*failure_)];
  tally.bytes_in += what.bytes_in;
  tally.bytes_out += bytes_out_;
  tally.openings += attempts_;
  if (attempts_ > 1) tally.retries += attempts_ - 1;
  if (attempts_ > 0) tally.wait.add(in_us(queue_time_));
  if (what.kind == Kind::request) tally.duration.add(in_us(now - began_));
}

// In heads, every WebSocket's opening is CONNECT and its acceptance is 200 (RFC 8441). An HTTP/1.1 client sent GET and
// gets 101 (RFC 6455).
RequestRecord ExchangeRecord::tell(const ExchangeFacts& facts, Time now, WallTime wall_now) {
  const auto field = [&](std::string_view name) { return facts.request.find(name).value_or(std::string_view{}); };
  const Site* const site = facts.routing.site();
  const Route* const route = facts.routing.has_route() ? &facts.routing.route() : nullptr;
  // Without traces of our own, the trace that the client tells the backend of.
  const auto passed_on = trace_.is_on() ? std::nullopt : trace_of(facts.request);
  const bool has_trace = trace_.is_on() || passed_on;
  if (has_trace) trace_text_ = to_hex(passed_on ? passed_on->trace : trace_.trace);
  if (trace_.is_on()) span_text_ = to_hex(trace_.span);
  return {.ended = wall_now,
          .address = facts.address,
          .peer = facts.client.address,
          .user = facts.user,
          .site = site != nullptr ? std::string_view(site->name) : std::string_view(),
          .scheme = facts.client.is_tls ? "https" : "http",
          .method = facts.is_upgrade ? "GET" : or_dash(facts.request.method()),
          .host = facts.request.authority(),
          .path = or_dash(facts.routing.shown(facts.routing.target_of(facts.request), target_text_)),
          .protocol = facts.client.protocol,
          .status = status_for(facts.is_upgrade),
          .bytes_out = bytes_out_,
          .bytes_in = facts.bytes_in,
          .referer = facts.routing.shown(field("referer"), referer_text_),
          .user_agent = field("user-agent"),
          .route = route != nullptr ? std::string_view(route->path) : std::string_view(),
          .pool = route != nullptr ? std::string_view(route->backend_name) : std::string_view(),
          .worker = member_,
          .attempts = attempts_,
          .queue_time = in_us(queue_time_),
          .backend_time = in_us(backend_time_),
          .total_time = in_us(now - began_),
          .reason = reason_,
          .request_id = facts.routing.request_id(),
          .trace_id = has_trace ? std::string_view(trace_text_.data(), trace_text_.size()) : std::string_view(),
          .span_id = trace_.is_on() ? std::string_view(span_text_.data(), span_text_.size()) : std::string_view(),
          .tls_version = facts.client.tls_version,
          .tls_cipher = facts.client.tls_cipher};
}

void ExchangeRecord::write_spans(Tracer& tracer, const RequestRecord& told, Time now) const {
  tracer.write({.trace = trace_,
                .record = told,
                .attempts = spans_,
                .began = began_,
                .ended = now,
                .tells_query = tracer.tells_query()});
}

}  // namespace zeroway
