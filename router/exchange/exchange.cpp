#include "router/exchange/exchange.h"

#include <utility>

#include "proto/limits.h"
#include "router/exchange/client_address.h"
#include "router/exchange/cookies.h"
#include "router/exchange/error_reply.h"
#include "router/exchange/limits.h"
#include "router/exchange/own_answers.h"
#include "router/exchange/setup_reply.h"
#include "router/observe/counters.h"
#include "router/observe/escape.h"
#include "router/observe/events.h"
#include "router/observe/log.h"
#include "router/observe/request_log.h"
#include "router/plan/origin_rule.h"
#include "router/trace/tracer.h"

namespace zeroway {

namespace {

// Of errors of the client: not a request that only nobody serves, or that its client may not send.
bool breaks_http(Code code) {
  return code != Code::no_route && code != Code::unauthorized && code != Code::denied &&
         code != Code::too_many_requests && code != Code::too_many_open && code != Code::tunnel_silent;
}

// Of the content; 0 when the head does not say. The codec has checked the field.
std::uint64_t promised_length(const Head& head) {
  const auto length = read_content_length(head);
  return length ? length->value_or(0) : 0;
}

}  // namespace

void Exchange::begin(ExchangeKey key, ReplySink& client, const ClientInfo& info, Kind kind, Time now) {
  key_ = key;
  routing_.clear();
  stream_ = {};
  stage_ = Stage::unjudged;
  miss_.reset();
  marks_.reset();
  stickiness_.reset();
  client_ = &client;
  info_ = &info;
  kind_ = kind;
  request_ = reply_ = StreamState();
  request_head_.clear();
  request_trailers_.clear();
  body_.clear();
  is_over_ = awaits_continue_ = is_head_request_ = is_web_socket_ = is_tunnel_ = is_sending_body_ = is_end_sent_ =
      has_budget_ = is_waiting_ = has_length_ = false;
  retries_ = reopenings_ = 0;
  elsewhere_ = 0;
  failed_ = nullptr;
  length_left_ = 0;
  interim_size_ = 0;
  reply_due_ = retry_due_ = resume_at_ = verdict_due_ = Time{};
  tally_ = nullptr;
  is_web_socket_open_ = false;
  record_.begin(now);
  ++context_.counters.exchanges_open;
}

// --- The request --------------------------------------------------------------------------------------------------

void Exchange::request_head(Head& head, Last last) {
  if (!request_.head()) return;
  std::swap(request_head_, head);  // the caller gets the old head's memory
  head.clear();
  is_head_request_ = request_head_.method() == "HEAD";
  is_web_socket_ = kind_ == Kind::web_socket;
  const ListenerSpec& listener = info_->listener->spec();
  context_.terms = request_terms(listener.limits, listener.web_sockets);
  if (last == Last::yes) static_cast<void>(request_.end());
  routing_.find_site(*info_, request_head_);
  if (answer_challenge()) return;
  const Trust trust = context_.rules.trusts(info_->address, routing_.site()) ? Trust::yes : Trust::no;
  join_trace(trust);
  // Before the router changes the head: the last recipient answers with the request as it came.
  forwarding_ = count_forwarding(request_head_);
  Result<> found;
  if (forwarding_ == Forwarding::allowed) found = routing_.find(*info_, request_head_, kind_);
  if ((tally_ = routing_.tally()) != nullptr) ++tally_->open;
  if (CircuitUse* use = routing_.circuit_use())
    use->begin(context_.clock.now(), use_counts_ = routing_.use_counts(request_head_));
  if (routing_.has_route()) {
    context_.terms = route().terms;
    routing_.identify(request_head_, context_.ids, trust);
  }
  static const AccessRules kNone;
  const AccessRules* const rules = routing_.access();
  const CircuitGuard* const guard = routing_.guard();
  if (rules != nullptr || guard != nullptr) return judge(rules == nullptr ? kNone : *rules, guard, std::move(found));
  proceed(found);
}

// --- Who may do what

void Exchange::judge(const AccessRules& rules, const CircuitGuard* guard, Result<> found) {
  if (context_.judge == nullptr) return fail({Fault::router, Code::internal, false, "nobody judges requests here"});
  const std::string_view address = context_.rules.client_of(request_head_, *info_, routing_.site());
  Verdict verdict = context_.judge->judge({.head = request_head_,
                                           .kind = kind_,
                                           .rules = rules,
                                           .site = *routing_.site(),
                                           .route = routing_.has_route() ? &route() : nullptr,
                                           .client = *info_,
                                           .address = address,
                                           .guard = guard},
                                          {context_.verdicts, key_});
  obey(std::move(verdict), found);
}

void Exchange::verdict_came(Verdict verdict) {
  verdict_due_ = Time{};
  const std::unique_ptr<Error> miss = std::move(miss_);
  body_.restart();
  obey(std::move(verdict), miss == nullptr ? Result<>() : Result<>(*miss));
}

void Exchange::obey(Verdict verdict, const Result<>& found) {
  keep_marks(verdict);
  stage_ = Stage::admitted;
  switch (verdict.way) {
    case Verdict::Way::pass:
      return proceed(found);
    case Verdict::Way::later:
      return hold(verdict.patience, found);
    case Verdict::Way::refuse:
      return fail(verdict.error);
    case Verdict::Way::answer:
      verdict.head.set("date", context_.date.text(context_.clock.wall_now()));
      if (verdict.head.status() != 204) verdict.head.set("content-length", std::to_string(verdict.content.size()));
      return answer(verdict.head, verdict.content);
  }
}

void Exchange::keep_marks(Verdict& verdict) {
  const bool is_bare = verdict.request.is_empty() && verdict.reply.is_empty() && verdict.user.empty();
  if (is_bare && verdict.held == nullptr) return;
  if (marks_ == nullptr) marks_ = std::make_unique<Marks>();
  marks_->request.append(verdict.request);
  marks_->reply.append(verdict.reply);
  if (!verdict.user.empty()) marks_->user = std::move(verdict.user);
  if (verdict.held != nullptr) marks_->held = std::move(verdict.held);
}

// The body that comes meanwhile is held back, as between two streams.
void Exchange::hold(std::chrono::milliseconds patience, const Result<>& found) {
  stage_ = Stage::judging;
  if (!found) miss_ = std::make_unique<Error>(found.error());
  body_.rewind();
  verdict_due_ = context_.clock.now() + patience;
  set_deadline();
}

void Exchange::stop_judging() {
  if (std::exchange(stage_, Stage::admitted) == Stage::judging) context_.judge->forget(key_);
}

void Exchange::proceed(const Result<>& found) {
  stage_ = Stage::admitted;
  if (forwarding_ == Forwarding::used_up) return answer_as_last();
  if (forwarding_ == Forwarding::unclear) return refuse_request(Code::bad_request);
  if (!found) return fail(found.error());
  if (is_web_socket_) {
    if (auto allowed = check_origin(request_head_, route().web_sockets); !allowed) return fail(allowed.error());
  }
  if (route().own_answer != OwnAnswer::none) return answer_without_backend();
  const std::uint64_t most = route().terms.max_body;
  if (most != 0 && promised_length(request_head_) > most) return refuse_content();
  change_request();
}

void Exchange::change_request() {
  read_affinity();
  context_.rules.request(request_head_, *info_, route().forwarding, routing_.site());
  if (marks_ != nullptr) {
    marks_->request.apply(request_head_);
    marks_->request.clean_trailers(request_trailers_);
  }
  routing_.change_request(*info_, request_head_);
  if (record_.trace().is_on()) Tracer::mark(request_head_, record_.trace(), record_.trace().first_attempt);
  // Counts the added fields too, and 32 bytes for each field: workers refuse to decode a larger head, and the router
  // would blame the worker.
  if (request_head_.list_size() > kMaxHeadSize) return refuse_request(Code::header_too_large);
  awaits_continue_ = !request_.has_ended() && body_.received() == 0 && request_head_.has("expect");
  open_stream();
  time_worker();
}

// Whether the client spoke TLS, with us or with a proxy that we trust.
bool Exchange::is_secure() const {
  return info_->is_tls || (context_.rules.trusts(info_->address, routing_.site()) && came_by_https(request_head_));
}

// Before any rule changes the head. No backend gets the router's own cookies.
void Exchange::read_affinity() {
  const Site& site = *routing_.site();
  if (route().sticky && context_.seal != nullptr) {
    CookiePlace place{std::string(routing_.covered_path(request_head_)), is_secure()};
    stickiness_ = std::make_unique<Stickiness>(*route().sticky, *context_.seal, std::move(place));
    stickiness_->read(request_head_, context_.rules.client_of(request_head_, *info_, &site));
  }
  for (const std::string& name : site.own_cookies) remove_cookies(request_head_, name);
}

void Exchange::refused_head(Head& head, Code code) {
  std::swap(request_head_, head);
  is_head_request_ = request_head_.method() == "HEAD";
  routing_.find_site(*info_, request_head_);
  join_trace(Trust::no);
  refuse_request(code);
}

void Exchange::join_trace(Trust trust) {
  if (context_.tracer == nullptr) return;
  record_.join(context_.tracer->begin(request_head_, trust == Trust::yes ? TrustCaller::yes : TrustCaller::no));
}

void Exchange::refuse_request(Code code) {
  record_.failed(code);
  answer(code);
}

void Exchange::refuse_content() {
  client_->refuse_content();
  fail({Fault::client, Code::content_too_large, false,
        "Content-Length " + std::to_string(promised_length(request_head_))});
}

void Exchange::answer_as_last() {
  Head head;
  const std::string content = write_last_answer(request_head_, context_.date.text(context_.clock.wall_now()), head);
  answer(head, content);
}

// Before every rule of the site: an authority follows no redirect to a login.
bool Exchange::answer_challenge() {
  const std::string_view token = challenge_token(request_head_.path());
  if (token.empty() || context_.challenges == nullptr) return false;
  if (request_head_.method() != "GET" && !is_head_request_) return false;
  static const std::string kNowhere;
  const Site* const site = routing_.site();
  const auto content =
      context_.challenges->find(request_head_.authority(), token, site == nullptr ? kNowhere : site->challenge_dir);
  if (!content) return false;
  Head head;
  write_challenge_answer(content->size(), context_.date.text(context_.clock.wall_now()), head);
  answer(head, *content);
  return true;
}

// The error of a wrong token says, as every 401, how to do better (RFC 9110 §15.5.2).
void Exchange::answer_setup() {
  if (context_.permits == nullptr) return fail({Fault::router, Code::internal, false, "nobody gives permits here"});
  const WallTime now = context_.clock.wall_now();
  const SetupContext context{*context_.permits, std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()),
                             is_secure(), context_.date.text(now)};
  Head head;
  const auto content = write_setup_reply(routing_.answer(), request_head_, context, head);
  if (content) return answer(head, *content);
  if (content.error().code == Code::unauthorized) {
    if (marks_ == nullptr) marks_ = std::make_unique<Marks>();
    marks_->reply.set("www-authenticate", "Bearer");
  }
  fail(content.error());
}

void Exchange::answer_without_backend() {
  if (route().own_answer == OwnAnswer::setup) return answer_setup();
  Head head;
  const OwnAnswerContext context{
      context_.clock.wall_now(),
      std::chrono::duration_cast<std::chrono::seconds>(context_.clock.now() - context_.began),
      context_.date.text(context_.clock.wall_now()), routing_.values_of(*info_, request_head_)};
  const auto content = write_own_answer(routing_.answer(), request_head_, context, head);
  if (!content) return fail(content.error());
  answer(head, *content);
}

void Exchange::open_stream() {
  const bool is_bare = request_.has_ended() && body_.received() == 0 && request_trailers_.is_empty();
  const bool is_again = retries_ + reopenings_ > 0;
  const SpanId span = record_.opened(context_.clock.now(), context_.tracer);
  if (span != 0 && is_again) Tracer::mark(request_head_, record_.trace(), span);
  is_end_sent_ = false;
  const BackendRequest request{.head = request_head_,
                               .last = is_bare ? Last::yes : Last::no,
                               .kind = kind_,
                               .attempt = is_again ? Attempt::again : Attempt::first,
                               .route = route(),
                               .client = *info_,
                               .silent = is_again ? std::string_view(silent_) : std::string_view(),
                               .failed = std::exchange(failed_, nullptr),
                               .affinity = stickiness_ ? &stickiness_->affinity() : nullptr};
  stream_ = routing_.backend().open(request, {context_.finder, key_});
  send_body();
}

void Exchange::request_data(Bytes bytes) {
  if (!request_.data() || (reply_.has_ended() && !is_tunnel_) || bytes.empty()) return;
  awaits_continue_ = false;
  if (is_tunnel_) moved_ = context_.clock.now();
  if (body_.arrived(bytes)) {
    stream_.data(bytes);
  } else {
    send_body();
  }
  time_worker();
}

// A piece of a WebSocket's message comes only after a backend has accepted the WebSocket, so it is not kept for a
// retry.
void Exchange::request_piece(Bytes piece, MessageKind kind, Last last) {
  if (!request_.data() || !reply_.data() || !stream_.is_open() || !is_web_socket_) return;
  body_.passed(piece.size());
  stream_.piece(piece, kind, last);
}

// Sends the bytes that are held back or must be sent again, and then the end when the end is due.
void Exchange::send_body() {
  if (is_sending_body_) return;
  if (!body_.is_all_sent()) {
    is_sending_body_ = true;
    std::string piece;
    // The backend may call any verb from inside data(), also a reset that leads to a new stream.
    while (stream_.is_open() && body_.next(piece)) stream_.data(as_bytes(piece));
    is_sending_body_ = false;
  }
  send_end();
}

void Exchange::request_end(Head& trailers) {
  if (!request_.end()) return;
  std::swap(request_trailers_, trailers);
  HeaderRules::request_trailers(request_trailers_, routing_.site());
  if (marks_ != nullptr) marks_->request.clean_trailers(request_trailers_);
  if (request_trailers_.list_size() > kMaxHeadSize)  // the limit of a head
    return fail({Fault::client, Code::header_too_large, false, "trailers that no worker would decode"});
  send_end();
}

void Exchange::send_end() {
  if (!stream_.is_open() || is_end_sent_ || !request_.has_ended() || !body_.is_all_sent()) return;
  is_end_sent_ = true;
  time_worker();
  stream_.end(request_trailers_);
  if (!is_tunnel_ || is_over_) return;
  if (reply_.has_ended()) return end_tunnel();
  look_at_tunnel();
}

// Whether the exchange waits for the backend to reply, to take more of the body, or to ask for the body.
bool Exchange::is_worker_due() const { return request_.has_ended() || awaits_continue_ || body_.is_client_stopped(); }

void Exchange::time_worker() {
  if (is_over_ || stage_ != Stage::admitted || reply_.has_started()) return;
  const Millis limit = route().reply_timeout;
  if (limit.count() == 0) return;
  if (!is_worker_due()) {
    reply_due_ = Time{};
  } else if (reply_due_ == Time{}) {
    reply_due_ = context_.clock.now() + limit;
    set_deadline();
  }
}

// Both directions have ended, and the stream has all bytes.
void Exchange::end_tunnel() {
  conclude();
  client_->over();
}

// Something of a tunnel began or ended.
void Exchange::look_at_tunnel() {
  moved_ = context_.clock.now();
  set_deadline();
}

// Time{} = no limit, as things are.
Time Exchange::tunnel_due() const {
  if (!is_tunnel_) return Time{};
  const bool is_half_closed = request_.has_ended() || reply_.has_ended();
  const TunnelTerms& terms = route().tunnel;
  const Millis limit = is_half_closed ? terms.half_closed_timeout : terms.idle_timeout;
  return limit.count() == 0 ? Time{} : moved_ + limit;
}

// A deadline that is taken back stays on the wheel: it finds nothing overdue when it rings.
void Exchange::set_deadline() {
  Time first = Time::max();
  for (const Time due : {reply_due_, resume_at_, verdict_due_, is_waiting_ ? retry_due_ : Time{}, tunnel_due()})
    if (due != Time{}) first = std::min(first, due);
  if (first != Time::max()) context_.deadlines.set(deadline_, first);
}

// The client is gone, or the codec has found that the client breaks the rules: the codec has counted and logged that.
void Exchange::request_reset(const Error& error) {
  stop_judging();
  record_.failed(error.code);
  drop_stream(ResetCode::cancel);
  if (error.code == Code::cancelled) {
    ++context_.counters.cancelled;
    if (record_.status() == 0) record_.replied(error_status(error.code));
    return conclude();
  }
  if (!reply_.has_started()) return answer(error.code);
  conclude();
  client_->reset(error);
}

void Exchange::blame_client(Code code) {
  if (!is_over_) record_.failed(code);
}

void Exchange::request_credit(std::uint32_t bytes) {
  body_.stop_keeping();  // the client has some of the reply
  if (stream_.is_open()) stream_.credit(bytes);
}

// --- The end ------------------------------------------------------------------------------------------------------

void Exchange::refuse_reply(std::string detail) {
  fail({Fault::backend, Code::backend_protocol, false, std::move(detail)});
}

void Exchange::fail(const Error& error) {
  stop_judging();
  record_.failed(error.code);
  report(error);
  drop_stream(error.code == Code::backend_protocol ? ResetCode::protocol_error : ResetCode::cancel);
  is_waiting_ = false;
  if (!reply_.has_started()) return answer(error.code);
  conclude();
  client_->reset(error);
}

// The client's own errors are counted. Like the errors that codecs find, they are logged at debug level only: no client
// can fill the operator's log.
void Exchange::report(const Error& error) {
  if (error.code == Code::too_many_requests || error.code == Code::too_many_open) count_limited(error);
  if (error.code == Code::unauthorized || error.code == Code::denied) ++context_.counters.denied;
  if (error.fault != Fault::client) return context_.complaints.write(context_.clock.now(), describe(error));
  if (breaks_http(error.code)) ++context_.counters.bad_requests;
  if (log::is_on(log::Level::debug)) log::debug(describe(error));
}

// Clients over their limit come in floods: one event now and then tells of them.
void Exchange::count_limited(const Error& error) {
  ++context_.counters.limited;
  const Time now = context_.clock.now();
  if (now - context_.limit_told < kTellLimitEvery) return;
  context_.limit_told = now;
  const std::string site = routing_.site() != nullptr ? routing_.site()->name : "";
  tell_event(Event::Kind::limit, site, std::string(error_name(error.code)) + ": " + error.detail);
}

// For the operator's log: the request, who had it, and the number. The client never gets this text.
std::string Exchange::describe(const Error& error) const {
  constexpr std::size_t kMostPath = 100;  // enough to recognise it
  std::string line;
  append_escaped(line, client_method());
  line += ' ';
  std::string storage;
  append_escaped(line, routing_.shown(routing_.path_of(request_head_), storage).substr(0, kMostPath));
  line.append(" from ")
      .append(context_.rules.client_of(request_head_, *info_, routing_.site()))
      .append(" failed: ")
      .append(record_.reason());
  const bool is_of_workers = !routing_.has_route() || route().tells_worker;
  if (error.fault == Fault::backend && !record_.member().empty())
    line.append(is_of_workers ? ", worker " : ", server ").append(record_.member());
  if (!error.detail.empty()) line.append(": ").append(error.detail);
  const std::string_view hint = error_hint(error.code);  // the options of a router and its workers
  if (is_of_workers && !hint.empty()) line.append(" (").append(hint).append(")");
  return line;
}

void Exchange::answer(Code code) {
  Head head;
  std::string page =
      write_error_reply(code, error_format(request_head_), context_.date.text(context_.clock.wall_now()), head);
  if (code == Code::method_not_allowed) head.set("allow", routing_.allowed_methods());
  if (const ErrorBody* body = routing_.error_body(head.status())) {
    head.set("content-type", body->type);
    head.set("content-length", std::to_string(body->content.size()));
    page = body->content;
  }
  answer(head, page);
}

void Exchange::answer(Head& head, std::string_view content) {
  record_.replied(head.status());
  count_reply(context_.counters, head.status());
  reply_.reset();
  change_reply(head, Reply::own);
  send_whole(head, content);
}

void Exchange::send_whole(Head& head, std::string_view content) {
  Head no_trailers;
  const bool is_bare = is_head_request_ || content.empty();
  client_->head(head, is_bare ? Last::yes : Last::no);
  if (is_over_) return;
  if (!is_bare) {
    record_.sent(content.size());
    client_->data(as_bytes(content));
    if (is_over_) return;
  }
  conclude();
  client_->end(no_trailers);
}

// What the judge says of the reply stands, whatever a backend, the site or the route says.
void Exchange::change_reply(Head& head, Reply whose) {
  routing_.change_reply(*info_, request_head_, head, whose);
  if (marks_ != nullptr) marks_->reply.apply(head);
}

void Exchange::finish(Head& trailers) {
  if (!is_end_sent_) drop_stream(ResetCode::no_error);  // RFC 9113 §8.1: the answer needs no more of the request
  conclude();
  client_->end(trailers);
}

void Exchange::drop_stream(ResetCode code) {
  if (!stream_.is_open()) return;
  const BackendStream stream = std::exchange(stream_, {});
  record_.stream_over(context_.clock.now(), code == ResetCode::no_error ? std::string_view() : record_.reason());
  stream.reset(code);
}

void Exchange::conclude() {
  const Time now = context_.clock.now();
  is_over_ = true;
  stop_judging();
  is_waiting_ = false;
  if (stream_.is_open()) record_.stream_over(now);
  stream_ = {};
  give_budget_back();
  --context_.counters.exchanges_open;
  count(now);
  const LogPlace place = routing_.log_place();
  const Keep keep = keeps(now) ? Keep::yes : Keep::no;
  if (place.log != nullptr || record_.trace().is_sampled || keep == Keep::yes) tell(place, keep, now);
  body_.clear();
  marks_.reset();
  stickiness_.reset();
  routing_.clear();
  if (request_head_.list_size() > kWarmHeadMemory) request_head_ = Head();
  context_.retire(key_);
}

// In heads, every WebSocket's opening is CONNECT and its acceptance is 200 (RFC 8441). An HTTP/1.1 client sent GET and
// gets 101 (RFC 6455). HTTP/1.1 has no other CONNECT here: the codec refuses those requests.
bool Exchange::is_upgrade() const { return kind_ == Kind::web_socket && info_->protocol == "HTTP/1.1"; }

std::string_view Exchange::client_method() const { return is_upgrade() ? "GET" : request_head_.method(); }

// A request that was refused before its route was known is counted where its site is.
void Exchange::count(Time now) {
  if (tally_ != nullptr) --tally_->open;
  if (CircuitUse* use = routing_.circuit_use()) use->end(now, use_counts_);
  if (is_web_socket_open_) --tally_->web_sockets_open;
  RequestTally* const tally = tally_ != nullptr ? tally_ : routing_.tally();
  if (tally != nullptr) record_.count({client_method(), body_.received(), kind_, is_upgrade()}, now, *tally);
  tally_ = nullptr;
}

void Exchange::count_web_socket() {
  if (tally_ == nullptr || is_web_socket_open_) return;  // again, after a reply was taken back
  is_web_socket_open_ = true;
  ++tally_->web_sockets;
  ++tally_->web_sockets_open;
}

bool Exchange::keeps(Time now) const {
  const auto total = std::chrono::duration_cast<std::chrono::microseconds>(record_.total(now));
  return context_.book != nullptr && context_.book->wants(record_.has_failed(), kind_ == Kind::request, total, now);
}

OpenRequest Exchange::open_request(Time now) const {
  std::string storage;
  const Site* const site = routing_.site();
  return {.key = key_,
          .site = site != nullptr ? site->name : "",
          .route = routing_.has_route() ? route().path : "",
          .pool = routing_.has_route() ? route().backend_name : "",
          .worker = record_.member(),
          .method = std::string(client_method()),
          .host = std::string(request_head_.authority()),
          .path = std::string(routing_.shown(routing_.target_of(request_head_), storage)),
          .address = std::string(context_.rules.client_of(request_head_, *info_, site)),
          .protocol = std::string(info_->protocol),
          .is_web_socket = kind_ == Kind::web_socket,
          .age = std::chrono::duration_cast<std::chrono::microseconds>(record_.total(now))};
}

void Exchange::tell(LogPlace place, Keep keep, Time now) {
  const ExchangeFacts facts{.request = request_head_,
                            .routing = routing_,
                            .client = *info_,
                            .address = context_.rules.client_of(request_head_, *info_, routing_.site()),
                            .user = marks_ ? std::string_view(marks_->user) : std::string_view(),
                            .bytes_in = body_.received(),
                            .is_upgrade = is_upgrade()};
  const RequestRecord told = record_.tell(facts, now, context_.clock.wall_now());
  if (place.log != nullptr) place.log->write(told, *place.format);
  if (record_.trace().is_sampled) record_.write_spans(*context_.tracer, told, now);
  if (keep == Keep::yes)
    context_.book->note({told, record_.ended_by(), record_.lost()}, record_.has_failed(), kind_ == Kind::request);
}

}  // namespace zeroway
