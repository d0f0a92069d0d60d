#include "router/exchange/exchange.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "proto/head_rules.h"
#include "proto/limits.h"
#include "router/exchange/error_reply.h"
#include "router/exchange/limits.h"
#include "router/observe/counters.h"
#include "router/observe/escape.h"
#include "router/observe/request_log.h"

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

void count_reply(Counters& counters, int status) {
  switch (status / 100) {
    case 2:
      ++counters.replies_2xx;
      break;
    case 3:
      ++counters.replies_3xx;
      break;
    case 4:
      ++counters.replies_4xx;
      break;
    default:
      ++counters.replies_5xx;
      break;
  }
}

// RFC 9110 §9.2.2.
bool is_idempotent_method(std::string_view method) {
  constexpr std::array<std::string_view, 6> kMethods{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// Nobody was there to act on it: the fabric has waited already.
bool is_for_want_of_workers(Code code) {
  return code == Code::no_worker || code == Code::queue_full || code == Code::draining;
}

}  // namespace

ExchangeContext::ExchangeContext(const ExchangeSettings& with_settings, Backend& with_backend, RequestLog& with_log,
                                 Counters& with_counters, const WallClock& with_clock)
    : settings(with_settings),
      backend(with_backend),
      log(with_log),
      counters(with_counters),
      clock(with_clock),
      rules(with_settings),
      budget(with_settings.retry_budget_percent, with_settings.retry_budget_floor) {}

void Exchange::begin(ExchangeKey key, StreamSink& client, const ClientInfo& info, Time now) {
  key_ = key;
  stream_ = 0;
  client_ = &client;
  info_ = &info;
  request_ = reply_ = StreamState();
  request_head_.clear();
  request_trailers_.clear();
  body_.clear();
  is_over_ = awaits_continue_ = is_head_request_ = is_web_socket_ = is_sending_body_ = is_end_sent_ = has_budget_ =
      is_waiting_ = has_length_ = false;
  retries_ = reopenings_ = 0;
  length_left_ = bytes_out_ = 0;
  interim_size_ = 0;
  status_ = 0;
  began_ = opened_ = now;
  reply_due_ = retry_due_ = resume_at_ = Time{};
  queue_time_ = {};
  worker_.clear();
  reason_ = {};
  ++context_.counters.exchanges_open;
}

// --- The request --------------------------------------------------------------------------------------------------

void Exchange::request_head(Head& head, Last last) {
  if (!request_.head()) return;
  std::swap(request_head_, head);  // and the caller gets memory back
  head.clear();
  is_head_request_ = request_head_.method() == "HEAD";
  is_web_socket_ = request_head_.method() == "CONNECT";
  context_.rules.request(request_head_, *info_);
  // With what was added and 32 for each field; workers refuse to decode more, and would be blamed for it.
  if (request_head_.list_size() > kMaxHeadSize) return refuse_request(Code::header_too_large);
  if (last == Last::yes) static_cast<void>(request_.end());
  awaits_continue_ = last == Last::no && request_head_.has("expect");
  open_stream();
  time_worker();
}

void Exchange::refuse_request(Code code) {
  reason_ = error_name(code);
  answer(code);
}

void Exchange::open_stream() {
  const bool is_bare = request_.has_ended() && body_.received() == 0 && request_trailers_.is_empty();
  opened_ = context_.clock.now();
  worker_.clear();
  is_end_sent_ = false;
  const bool is_again = retries_ + reopenings_ > 0;
  stream_ = context_.backend.open(key_, request_head_, is_bare ? Last::yes : Last::no,
                                  is_again ? Attempt::again : Attempt::first);
  send_body();
}

void Exchange::request_data(Bytes bytes) {
  if (!request_.data() || reply_.has_ended() || bytes.empty()) return;
  awaits_continue_ = false;
  if (body_.arrived(bytes)) {
    context_.backend.data(stream_, bytes);
  } else {
    send_body();
  }
  time_worker();
}

// A WebSocket's: only once the worker has accepted it, so there is nothing to keep.
void Exchange::request_message(Bytes piece, MessageKind kind, Last last) {
  if (!request_.data() || !reply_.data() || stream_ == 0 || !is_web_socket_) return;
  body_.passed(piece.size());
  context_.backend.message(stream_, piece, kind, last);
}

// What is held back, or is to be sent again; and the end when it is due.
void Exchange::send_body() {
  if (is_sending_body_) return;
  if (!body_.is_all_sent()) {
    is_sending_body_ = true;
    std::string piece;
    // The backend may say anything from inside data(), a reset that leads to a new stream too.
    while (stream_ != 0 && body_.next(piece)) context_.backend.data(stream_, as_bytes(piece));
    is_sending_body_ = false;
  }
  send_end();
}

void Exchange::request_end(Head& trailers) {
  if (!request_.end()) return;
  std::swap(request_trailers_, trailers);
  HeaderRules::request_trailers(request_trailers_);
  if (request_trailers_.list_size() > kMaxHeadSize)  // as of a head
    return fail({Fault::client, Code::header_too_large, false, "trailers that no worker would decode"});
  send_end();
}

void Exchange::send_end() {
  if (stream_ == 0 || is_end_sent_ || !request_.has_ended() || !body_.is_all_sent()) return;
  is_end_sent_ = true;
  time_worker();
  context_.backend.end(stream_, request_trailers_);
}

// Whether everybody waits for the worker: to reply, to take more of the body, or to say that it wants one.
bool Exchange::is_worker_due() const { return request_.has_ended() || awaits_continue_ || body_.is_client_stopped(); }

void Exchange::time_worker() {
  const Millis limit = context_.settings.reply_timeout;
  if (limit.count() == 0 || is_over_ || reply_.has_started()) return;
  if (!is_worker_due()) {
    reply_due_ = Time{};
  } else if (reply_due_ == Time{}) {
    reply_due_ = context_.clock.now() + limit;
  }
}

void Exchange::request_reset(const Error& error) {
  drop_stream(ResetCode::cancel);
  reason_ = error_name(error.code);
  if (error.code == Code::cancelled) ++context_.counters.cancelled;
  if (status_ == 0) {  // the session answers
    status_ = error_status(error.code);
    bytes_out_ = is_head_request_ ? 0 : error_reply_size(error.code);
    if (error.code != Code::cancelled) count_reply(context_.counters, status_);
  }
  conclude();
}

void Exchange::blame_client(Code code) {
  if (!is_over_) reason_ = error_name(code);
}

void Exchange::request_credit(std::uint32_t bytes) {
  if (stream_ != 0) context_.backend.credit(stream_, bytes);
}

// --- The reply ----------------------------------------------------------------------------------------------------

void Exchange::reply_accepted(std::string_view worker) {
  worker_ = worker;
  queue_time_ = context_.clock.now() - opened_;
}

void Exchange::reply_head(Head& head, Last last) {
  if (auto checked = check_reply_head(head); !checked) return refuse_reply(checked.error().detail);
  if (head.status() < 200) {
    reply_interim(head, last);
  } else {
    reply_final(head, last);
  }
}

void Exchange::reply_interim(Head& head, Last last) {
  if (!reply_.interim()) return refuse_reply("an interim head after the final one");
  if (last == Last::yes) return refuse_reply("an interim head that ends the stream");
  interim_size_ += head.list_size();
  if (interim_size_ > kMaxInterim)
    return refuse_reply("interim heads of over " + std::to_string(kMaxInterim) + " bytes");
  head.remove("content-length");  // RFC 9110 §8.6
  body_.stop_keeping();           // the client has heard of this answer: no other worker can give it
  if (head.status() == 100) awaits_continue_ = false;
  time_worker();
  ++context_.counters.replies_1xx;
  client_->head(head, Last::no);
}

void Exchange::reply_final(Head& head, Last last) {
  if (reply_.has_started()) return refuse_reply("a second head");
  const auto length = read_content_length(head);
  if (!length) return refuse_reply(length.error().detail);
  const int status = head.status();
  is_web_socket_ = is_web_socket_ && status == 200;
  if (is_web_socket_) head.remove("content-length");  // an accepted one has messages, no content (RFC 9110 §9.3.6)
  // RFC 9110 §6.4.1: these have no content, whatever the worker sends.
  const bool is_bare = is_head_request_ || status == 204 || status == 304;
  has_length_ = !is_bare && !is_web_socket_ && length->has_value();
  length_left_ = length->value_or(0);
  if (last == Last::yes && has_length_ && length_left_ > 0) return refuse_reply("a content-length and no content");

  static_cast<void>(reply_.head());
  body_.stop_keeping();
  give_budget_back();
  reply_due_ = Time{};
  status_ = status;
  count_reply(context_.counters, status);
  context_.rules.reply(head, worker_, context_.date.text(context_.clock.wall_now()));
  const bool is_last = is_bare || last == Last::yes;
  client_->head(head, is_last ? Last::yes : Last::no);
  if (is_over_ || !is_last) return;
  if (last == Last::no) drop_stream(ResetCode::no_error);
  Head no_trailers;
  finish(no_trailers);
}

void Exchange::reply_data(Bytes bytes) {
  if (!reply_.data()) return refuse_reply("a body without a head");
  if (is_web_socket_) return refuse_reply("a body on a WebSocket");
  if (bytes.empty()) return;
  if (has_length_ && bytes.size() > length_left_) return refuse_reply("more content than its content-length");
  length_left_ -= has_length_ ? bytes.size() : 0;
  bytes_out_ += bytes.size();
  client_->data(bytes);
}

void Exchange::reply_message(Bytes piece, MessageKind kind, Last last) {
  if (!reply_.data()) return refuse_reply("a message without a head");
  if (!is_web_socket_) return refuse_reply("a message on no WebSocket");
  bytes_out_ += piece.size();
  client_->message(piece, kind, last);
}

void Exchange::reply_end(Head& trailers) {
  if (!reply_.data()) return refuse_reply("an end without a head");
  if (has_length_ && length_left_ > 0) return refuse_reply("less content than its content-length");
  if (auto checked = check_trailers(trailers); !checked) return refuse_reply(checked.error().detail);
  HeaderRules::reply_trailers(trailers);
  finish(trailers);
}

void Exchange::reply_credit(std::uint32_t bytes) {
  const std::uint32_t news = body_.credited(bytes);
  send_body();
  if (is_over_) return;
  if (bytes > 0) awaits_continue_ = false;
  time_worker();
  if (news > 0 && !request_.has_ended()) client_->credit(news);
}

// --- Trying again -------------------------------------------------------------------------------------------------

void Exchange::reply_reset(const Error& error) {
  stream_ = 0;
  if (may_open_again(error)) {
    ++reopenings_;
    ++context_.counters.reopened;
    body_.rewind();
    body_.restart();
    return open_stream();
  }
  if (may_retry(error)) {
    body_.rewind();
    is_waiting_ = true;
    retry_due_ = context_.clock.now() + kRetryWait;
    if (retries_ > 0) return pause();
    if (!retry_now()) context_.wait_for_budget(key_);
    return;
  }
  fail(error);
}

// Proven unseen. The body is not kept once the client was told anything.
bool Exchange::may_open_again(const Error& error) const {
  return error.retry_safe && !is_for_want_of_workers(error.code) && body_.is_replayable() &&
         reopenings_ < kMaxReopenings;
}

// Possibly seen.
bool Exchange::may_retry(const Error& error) const {
  return error.fault == Fault::backend && error.code == Code::worker_lost && body_.is_replayable() &&
         retries_ < context_.settings.retries && is_idempotent();
}

bool Exchange::is_idempotent() const {
  return is_idempotent_method(request_head_.method()) || request_head_.has("idempotency-key");
}

// Lost a second time: whatever kills the workers may not be over, and the next one picked may be dying already.
void Exchange::pause() { resume_at_ = context_.clock.now() + kRetryPause * retries_; }

bool Exchange::retry_now() {
  if (!has_budget_ && !context_.budget.take(context_.counters.exchanges_open)) return false;
  has_budget_ = true;
  is_waiting_ = false;
  ++retries_;
  ++context_.counters.retries;
  body_.restart();
  open_stream();
  return true;
}

void Exchange::give_budget_back() {
  if (has_budget_) context_.budget.give_back();
  has_budget_ = false;
}

void Exchange::check_deadlines(Time now) {
  const Verb running(context_);
  if (is_waiting_ && resume_at_ != Time{} && now >= resume_at_) {
    resume_at_ = Time{};
    if (!retry_now()) context_.wait_for_budget(key_);
  } else if (is_waiting_ && now >= retry_due_) {
    ++context_.counters.retries_denied;
    fail({Fault::backend, Code::worker_lost, false, "the worker went away, and too many are being tried again"});
  } else if (reply_due_ != Time{} && now >= reply_due_) {
    fail({Fault::backend, Code::worker_timeout, false,
          "neither a reply nor room for more of the body within the reply timeout"});
  }
}

// --- The end ------------------------------------------------------------------------------------------------------

void Exchange::refuse_reply(std::string detail) {
  fail({Fault::backend, Code::worker_protocol, false, std::move(detail)});
}

void Exchange::fail(const Error& error) {
  reason_ = error_name(error.code);
  complain(error);
  drop_stream(error.code == Code::worker_protocol ? ResetCode::protocol_error : ResetCode::cancel);
  is_waiting_ = false;
  if (!reply_.has_started()) return answer(error.code);
  conclude();
  client_->reset(error);
}

// For the operator: the thing and the number, which the client is never told.
void Exchange::complain(const Error& error) {
  constexpr std::size_t kMostPath = 100;  // enough to recognise it
  std::string line;
  append_escaped(line, request_head_.method());
  line += ' ';
  append_escaped(line, request_head_.path().substr(0, kMostPath));
  line.append(" from ").append(context_.rules.client_of(request_head_, *info_)).append(" failed: ").append(reason_);
  if (!worker_.empty()) line.append(", worker ").append(worker_);
  if (!error.detail.empty()) line.append(": ").append(error.detail);
  context_.complaints.write(context_.clock.now(), line);
}

void Exchange::answer(Code code) {
  status_ = error_status(code);
  count_reply(context_.counters, status_);
  reply_.reset();
  Head head;
  Head no_trailers;
  const std::string_view text = write_error_reply(code, context_.date.text(context_.clock.wall_now()), head);
  client_->head(head, is_head_request_ ? Last::yes : Last::no);
  if (is_over_) return;
  if (!is_head_request_) {
    bytes_out_ = text.size();
    client_->data(as_bytes(text));
    if (is_over_) return;
  }
  conclude();
  client_->end(no_trailers);
}

void Exchange::finish(Head& trailers) {
  if (!is_end_sent_) drop_stream(ResetCode::no_error);  // RFC 9113 §8.1: an answer that needs no more of the request
  conclude();
  client_->end(trailers);
}

void Exchange::drop_stream(ResetCode code) {
  if (stream_ == 0) return;
  const StreamKey stream = stream_;
  stream_ = 0;
  context_.backend.reset(stream, code);
}

void Exchange::conclude() {
  is_over_ = true;
  is_waiting_ = false;
  stream_ = 0;
  give_budget_back();
  --context_.counters.exchanges_open;
  if (context_.log.is_on()) write_record();
  body_.clear();
  if (request_head_.list_size() > kWarmHeadMemory) request_head_ = Head();
  context_.retire(key_);
}

void Exchange::write_record() {
  const auto in_us = [](Clock::duration time) { return std::chrono::duration_cast<std::chrono::microseconds>(time); };
  const auto field = [this](std::string_view name) { return request_head_.find(name).value_or(std::string_view{}); };
  context_.log.write({.ended = context_.clock.wall_now(),
                      .address = context_.rules.client_of(request_head_, *info_),
                      .peer = info_->address,
                      .method = request_head_.method(),
                      .host = request_head_.authority(),
                      .path = request_head_.path(),
                      .protocol = info_->protocol,
                      .status = status_,
                      .bytes_out = bytes_out_,
                      .bytes_in = body_.received(),
                      .referer = field("referer"),
                      .user_agent = field("user-agent"),
                      .worker = worker_,
                      .queue_time = in_us(queue_time_),
                      .total_time = in_us(context_.clock.now() - began_),
                      .retries = retries_ + reopenings_,
                      .reason = reason_});
}

// --- The two ends: nothing gets in once it is over ---------------------------------------------------------------

void Exchange::ClientEnd::head(Head& head, Last last) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_head(head, last);
}
void Exchange::ClientEnd::data(Bytes bytes) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_data(bytes);
}
void Exchange::ClientEnd::message(Bytes piece, MessageKind kind, Last last) {
  const Verb running(exchange_.context_);
  if (!exchange_.is_over_) exchange_.request_message(piece, kind, last);
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

void Exchange::BackendEnd::accepted(std::string_view worker) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_accepted(worker);
}
void Exchange::BackendEnd::head(Head& head, Last last) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_head(head, last);
}
void Exchange::BackendEnd::data(Bytes bytes) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_data(bytes);
}
void Exchange::BackendEnd::message(Bytes piece, MessageKind kind, Last last) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_message(piece, kind, last);
}
void Exchange::BackendEnd::end(Head& trailers) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_end(trailers);
}
void Exchange::BackendEnd::reset(const Error& error) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_reset(error);
}
void Exchange::BackendEnd::credit(std::uint32_t bytes) {
  const Verb running(exchange_.context_);
  if (exchange_.stream_ != 0) exchange_.reply_credit(bytes);
}

}  // namespace zeroway
