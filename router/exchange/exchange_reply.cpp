// The verbs of a backend: an exchange passes the reply to the client, or tries the request again.
#include <algorithm>
#include <array>
#include <utility>

#include "proto/head_rules.h"
#include "router/exchange/error_reply.h"
#include "router/exchange/exchange.h"
#include "router/exchange/limits.h"
#include "router/observe/counters.h"

namespace zeroway {

namespace {

// RFC 9110 §9.2.2.
bool is_idempotent_method(std::string_view method) {
  constexpr std::array<std::string_view, 6> kMethods{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// What describes a body (RFC 9110 §8, RFC 9530), and is wrong for another one.
constexpr std::array<std::string_view, 14> kBodyFields{"content-type",     "content-length",   "content-encoding",
                                                       "content-language", "content-location", "content-disposition",
                                                       "content-range",    "accept-ranges",    "etag",
                                                       "last-modified",    "content-digest",   "repr-digest",
                                                       "digest",           "trailer"};

// Nobody took the request, and the backend has already waited for room where that can help.
bool is_for_want_of_workers(Code code) {
  return code == Code::no_backend || code == Code::backends_busy || code == Code::queue_full;
}

}  // namespace

// --- The reply ----------------------------------------------------------------------------------------------------

void Exchange::reply_accepted(const Holder& holder) {
  record_.accepted(holder.name, context_.clock.now());
  if (stickiness_) stickiness_->accepted(holder.identity);
}

void Exchange::reply_hand_over() {
  if (reply_.has_started() && !reply_.has_ended() && !is_tunnel_) client_->hand_over();
}

void Exchange::reply_routes_changed() {
  if (reply_.has_started() || !body_.is_replayable() || !routing_.find_realms(request_head_)) return;
  drop_stream(ResetCode::no_error);
  open_again();
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
  HeaderRules::interim_reply(head);
  body_.stop_keeping();  // the client has got a part of this answer: nobody else can give this answer
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
  is_tunnel_ = kind_ == Kind::tunnel && status == 200;
  // What was connected has messages or bytes, no content (RFC 9110 §9.3.6).
  if (is_web_socket_ || is_tunnel_) head.remove("content-length");
  // RFC 9110 §6.4.1: such replies have no content, whatever the backend sends.
  const bool is_bare = is_head_request_ || status == 204 || status == 304;
  has_length_ = !is_bare && !is_web_socket_ && !is_tunnel_ && length->has_value();
  length_left_ = length->value_or(0);
  if (last == Last::yes && has_length_ && length_left_ > 0) return refuse_reply("a content-length and no content");

  static_cast<void>(reply_.head());
  // Even if this reply is taken back. The bytes of a tunnel belong to whoever has accepted it.
  if (is_tunnel_ || (body_.received() > 0 && !is_idempotent())) body_.stop_keeping();
  give_budget_back();
  reply_due_ = Time{};
  record_.replied(status);
  count_reply(context_.counters, status);
  context_.rules.reply(head, route().tells_worker ? std::string_view(record_.member()) : std::string_view(),
                       context_.date.text(context_.clock.wall_now()));
  change_reply(head, Reply::backend);
  if (stickiness_) stickiness_->tell(head);
  if (const ErrorBody* page = page_in_place_of(status)) return replace_body(head, last, *page);
  const bool is_last =
      (is_bare || last == Last::yes) && !is_tunnel_;  // the end of a tunnel's direction comes by itself
  if (is_tunnel_) look_at_tunnel();
  if (is_web_socket_) {
    count_web_socket();
    client_->accept_web_socket(head, route().web_sockets);
  } else {
    client_->head(head, is_last ? Last::yes : Last::no);
  }
  if (is_over_ || !is_last) return;
  if (last == Last::no) drop_stream(ResetCode::no_error);
  Head no_trailers;
  finish(no_trailers);
}

// The site's page for a backend's error; null where the backend's own body goes on.
const ErrorBody* Exchange::page_in_place_of(int status) const {
  return route().intercepts_errors && status >= 400 ? routing_.error_body(status) : nullptr;
}

// The status and all fields but those of the body stay: a 401 needs its challenge, a 503 its Retry-After.
void Exchange::replace_body(Head& head, Last last, const ErrorBody& page) {
  for (const std::string_view name : kBodyFields) head.remove(name);
  head.add("content-type", page.type);
  head.add("content-length", std::to_string(page.content.size()));
  if (last == Last::no || !is_end_sent_) drop_stream(ResetCode::no_error);
  send_whole(head, page.content);
}

void Exchange::reply_data(Bytes bytes) {
  if (!reply_.data()) return refuse_reply("a body without a head");
  if (is_web_socket_) return refuse_reply("a body on a WebSocket");
  if (bytes.empty()) return;
  if (has_length_ && bytes.size() > length_left_) return refuse_reply("more content than its content-length");
  length_left_ -= has_length_ ? bytes.size() : 0;
  if (is_tunnel_) moved_ = context_.clock.now();
  record_.sent(bytes.size());
  client_->data(bytes);
}

void Exchange::reply_piece(Bytes piece, MessageKind kind, Last last) {
  if (!reply_.data()) return refuse_reply("a message without a head");
  if (!is_web_socket_) return refuse_reply("a message on no WebSocket");
  record_.sent(piece.size());
  client_->piece(piece, kind, last);
}

void Exchange::reply_end(Head& trailers) {
  if (!reply_.data()) return refuse_reply("an end without a head");
  if (has_length_ && length_left_ > 0) return refuse_reply("less content than its content-length");
  if (is_tunnel_) return reply_half_end(trailers);
  if (auto checked = check_trailers(trailers); !checked) return refuse_reply(checked.error().detail);
  HeaderRules::reply_trailers(trailers);
  finish(trailers);
}

// The backend has said all; the client may go on.
void Exchange::reply_half_end(Head& trailers) {
  if (!reply_.end()) return;
  trailers.clear();
  client_->end(trailers);
  if (is_over_) return;
  if (is_end_sent_) return end_tunnel();
  look_at_tunnel();
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
  const Backend* const backend = std::exchange(stream_, {}).backend;
  record_.stream_over(context_.clock.now(), error_name(error.code));
  silent_.assign(error.has_other ? std::string_view(record_.member()) : std::string_view());
  if (reply_.has_started() && error.code == Code::backend_lost) take_reply_back();
  if (may_ask_elsewhere(error, backend)) {
    ++elsewhere_;
    failed_ = backend;
    return open_again();
  }
  if (may_open_again(error)) {
    ++reopenings_;
    ++context_.counters.reopened;
    return open_again();
  }
  if (may_retry(error)) {
    body_.rewind();
    is_waiting_ = true;
    retry_due_ = context_.clock.now() + kRetryWait;
    set_deadline();
    if (retries_ > 0) return pause();
    if (!retry_now()) context_.wait_for_budget(key_);
    return;
  }
  fail(error);
}

// While no byte of a reply has left the router, its client has seen nothing of the reply.
void Exchange::take_reply_back() {
  if (!client_->take_back()) return;
  reply_ = StreamState();
  --replies_of(context_.counters, record_.status());
  record_.taken_back();
  length_left_ = 0;
  has_length_ = false;
  time_worker();
}

// For a request that provably no worker or server saw. The body is no longer kept once the client has got anything.
bool Exchange::may_open_again(const Error& error) const {
  return error.retry_safe && !reply_.has_started() && !is_for_want_of_workers(error.code) && body_.is_replayable() &&
         reopenings_ < kMaxReopenings;
}

// Nobody has seen the request, for nobody was there or had room; another part of a mixed pool may have.
bool Exchange::may_ask_elsewhere(const Error& error, const Backend* failed) const {
  return is_for_want_of_workers(error.code) && !reply_.has_started() && body_.is_replayable() && failed != nullptr &&
         elsewhere_ < routing_.backend().alternatives(*failed);
}

// For a request that a worker or a server may have seen.
bool Exchange::may_retry(const Error& error) const {
  const bool may_help = error.code == Code::backend_lost || error.has_other;
  return error.fault == Fault::backend && may_help && !reply_.has_started() && body_.is_replayable() &&
         retries_ < route().retries && is_idempotent();
}

// For its client, a WebSocket that no backend has accepted is a GET: the opening contains nothing to act on.
bool Exchange::is_idempotent() const {
  return is_web_socket_ || is_idempotent_method(request_head_.method()) || request_head_.has("idempotency-key");
}

// After a second loss: the cause may persist, and the next worker or server may be dying already.
void Exchange::pause() {
  resume_at_ = context_.clock.now() + kRetryPause * retries_;
  set_deadline();
}

void Exchange::open_again() {
  body_.rewind();
  body_.restart();
  open_stream();
}

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

}  // namespace zeroway
