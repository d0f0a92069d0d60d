#include "router/http/h2_codec.h"

#include <algorithm>
#include <utility>

#include "router/http/h2_nghttp2.h"
#include "router/http/limits.h"

namespace zeroway {

namespace {

ResetCode reset_code(const Error& error) {
  if (error.code == Code::cancelled) return ResetCode::cancel;
  return error.fault == Fault::client ? ResetCode::protocol_error : ResetCode::internal_error;
}

// nghttp2 gives a reason for most connection errors, not for all.
std::string_view usual_reason(ResetCode code) {
  switch (code) {
    case ResetCode::flow_control_error:
      return "more than a window allows";
    case ResetCode::stream_closed:
      return "a frame on a closed stream";
    case ResetCode::frame_size_error:
      return "a frame of a wrong size";
    case ResetCode::compression_error:
      return "a header block that cannot be decoded";
    case ResetCode::internal_error:
      return "nghttp2 failed";
    default:
      return "a frame that RFC 9113 does not allow here";
  }
}

}  // namespace

H2Codec::H2Codec(const HttpLimits& limits, std::string_view scheme)
    : limits_(limits), session_(open_session()), reader_(limits, scheme) {}

H2Codec::~H2Codec() = default;

void H2Codec::input_ended(CodecEvents& events) {
  has_input_ended_ = true;
  for (const auto& stream : open_) {
    const bool is_complete = stream->has_request_ended || stream->has_reply_ended;
    if (is_complete && !stream->socket) continue;
    if (stream->end_events()) events.reset(stream->id, client_gone("the client closed"));
    stream->is_reset = true;
    say_reset(stream->id, ResetCode::cancel);
  }
  if (open_.empty()) is_closed_ = true;
}

void H2Codec::timed_out(CodecEvents&) {
  switch (phase()) {
    case CodecPhase::idle:
      nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
      is_cut_ = true;
      return;
    case CodecPhase::head:
      static_cast<void>(cut(has_settings_ ? ResetCode::enhance_your_calm : ResetCode::settings_timeout,
                            has_settings_ ? "a head that came too slowly" : "no SETTINGS in time"));
      return;
    default:
      return;
  }
}

void H2Codec::set_time(Time now) {
  now_ = now;
  floods_.set_time(now);
}

Time H2Codec::tick(Time now, CodecEvents& events) {
  set_time(now);
  const bool must_look = now >= last_look_ + kLookInterval;
  if (!must_look && sockets_ == 0) return last_look_ + kLookInterval;
  events_ = &events;
  bool has_acted = false;
  Millis passed{};
  if (must_look) {
    // A pause without streams counts for nothing: all streams are younger.
    passed = std::min(std::chrono::duration_cast<Millis>(now - last_look_), 2 * kLookInterval);
    last_look_ = now;
    slow_calls_ = 0;
    judge_window(passed);
    for (std::size_t index = 0; index < open_.size() && !is_cut_; ++index) {
      has_acted |= end_if_stalled(*open_[index], passed);
    }
  }
  Time next = last_look_ + kLookInterval;
  if (sockets_ > 0) {
    next = std::min(next, tick_sockets(now));
    has_acted = true;
  }
  events_ = nullptr;
  if (has_acted) flush(kMaxFramePayload, events);
  return next;
}

// True when the stream was reset, or its request refused.
bool H2Codec::end_if_stalled(H2Stream& stream, Millis passed) {
  if (stream.is_reset) return false;
  if (stream.is_lingering) {
    stream.is_reset = true;
    say_reset(stream.id, ResetCode::no_error);
    return true;
  }
  return stream.held.size() > 0 ? reset_if_unread(stream, passed) : refuse_if_late(stream, passed);
}

// A client that does not read keeps a window closed. When it is the stream's window, only time in which it was closed
// counts. When it is the connection's, which all streams share, judge_window() decides. When a reply waits for the
// socket, the session decides.
bool H2Codec::reset_if_unread(H2Stream& stream, Millis passed) {
  const bool is_closed =
      nghttp2_session_get_stream_remote_window_size(session_.get(), static_cast<std::int32_t>(stream.id)) <= 0;
  if (is_closed) {
    stream.unread_for += passed;
    stream.send_pace.waited(passed);
  }
  if (!(is_closed ? is_unread(stream.unread_for, stream.send_pace) : is_window_unread_)) return false;
  stream.is_reset = true;
  say_reset(stream.id, ResetCode::cancel);
  if (stream.end_events()) events_->reset(stream.id, client_gone("the client does not read"));
  count_stall("streams that stand still, or nearly: the client does not read");
  return true;
}

void H2Codec::judge_window(Millis passed) {
  const auto holds = [](const auto& stream) { return stream->held.size() > 0; };
  is_window_unread_ = false;
  if (nghttp2_session_get_remote_window_size(session_.get()) > 0) return;
  if (std::none_of(open_.begin(), open_.end(), holds)) return;
  unread_for_ += passed;
  send_pace_.waited(passed);
  is_window_unread_ = is_unread(unread_for_, send_pace_);
}

bool H2Codec::is_unread(Millis silent, const Pace& pace) const {
  return silent >= limits_.send_timeout || pace.patience(least_send_rate(limits_)) == Clock::duration::zero();
}

void H2Codec::data_sent(H2Stream& stream, std::size_t size) {
  stream.unread_for = unread_for_ = {};
  send_pace_.moved(size, least_send_rate(limits_));
  stream.send_pace.moved(size, least_send_rate(limits_));
  if (stream.held.size() == 0) stream.send_pace.begin();  // the client has taken everything: it is not slow
}

bool H2Codec::refuse_if_late(H2Stream& stream, Millis passed) {
  if (!is_client_due(stream)) return false;
  stream.unsent_for += passed;
  stream.body_pace.waited(passed);
  const bool is_silent = stream.unsent_for >= stream.terms.body_timeout;
  const bool is_slow =
      stream.body_pace.patience(least_body_rate(stream.terms)) == Clock::duration::zero() && !may_be_slow(stream);
  if (!is_silent && !is_slow) return false;
  refuse(stream, {Fault::client, Code::request_timeout, false, "the client took too long"});
  count_stall(is_silent ? "streams that stand still: the client sends nothing"
                        : "streams that hardly move: the client sends too slowly");
  return true;
}

// Whether the request's body is to come now. Not while the worker has not sent 100 Continue. Not when the reply has
// begun: then client and worker may talk as they like, as in a gRPC call, and the worker decides for how long.
bool H2Codec::is_client_due(const H2Stream& stream) {
  const bool is_done = stream.has_request_ended || stream.is_over || stream.request.kind == Kind::web_socket;
  return !is_done && !stream.has_reply_head && !stream.awaits_continue && stream.window > 0;
}

// A gRPC call may send little for hours. But any request can claim to be one, so few are excused on each connection.
bool H2Codec::may_be_slow(const H2Stream& stream) { return stream.is_grpc && ++slow_calls_ <= kMaxSlowCalls; }

void H2Codec::count_stall(const char* why) {
  if (floods_.count_stall() && !is_cut_) static_cast<void>(cut(ResetCode::enhance_your_calm, why));
}

// --- writing

void H2Codec::head(CodecStream id, Head& head, Last last) {
  H2Stream* const stream = find(id);
  if (!stream || stream->has_reply_head || stream->has_reply_ended) return;
  const auto number = static_cast<std::int32_t>(id);
  const int status = head.status();
  if (status >= 200) drop_socket(*stream);
  if (status < 200) {
    if (status == 101 || (status == 100 && stream->request.expects_continue && !stream->awaits_continue)) return;
    if (status == 100) stream->awaits_continue = false;
    const H2Fields fields(head);
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, number, nullptr, fields.data(), fields.size(), nullptr);
    return;
  }
  stream->has_reply_head = true;
  stream->has_reply_ended = last == Last::yes;
  if (last == Last::yes) return submit_reply(*stream, H2Fields(head), last);
  std::swap(stream->reply_head, head);  // the caller uses the memory of the old head again
  head.clear();
  stream->is_head_held = true;
  begun_.push_back(id);
}

void H2Codec::submit_begun() {
  for (const std::uint32_t id : begun_) {
    if (H2Stream* const stream = find(id)) submit_head(*stream);
  }
  begun_.clear();
}

void H2Codec::submit_head(H2Stream& stream) {
  if (!std::exchange(stream.is_head_held, false)) return;
  submit_reply(stream, H2Fields(stream.reply_head), Last::no);
  if (stream.reply_head.list_size() > kMaxIdleHead) (void)std::exchange(stream.reply_head, Head());
}

void H2Codec::data(CodecStream id, Bytes bytes) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->has_reply_head || stream->has_reply_ended) return;
  stream->held.append(bytes);
  resume(*stream);
}

void H2Codec::end(CodecStream id, Head& trailers) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  stream->is_over = true;
  if (stream->socket && stream->socket->stream.is_accepted()) {
    stream->socket->stream.end(trailers);
    woken_.push_back(id);
    return settle_socket(*stream);
  }
  if (!stream->has_reply_head) return say_reset(id, ResetCode::internal_error);
  if (std::exchange(stream->has_reply_ended, true)) return;
  if (!trailers.is_empty()) std::swap(stream->trailers, trailers);
  submit_head(*stream);
  resume(*stream);
}

void H2Codec::reset(CodecStream id, const Error& error) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  if (stream->socket && stream->socket->stream.is_accepted()) {
    stream->is_over = true;
    stream->socket->stream.reset(error);
    woken_.push_back(id);
    return settle_socket(*stream);
  }
  stream->is_head_held = false;
  stream->is_over = stream->is_reset = true;
  // The held bytes go when the stream closes: nghttp2 may have begun a frame of them.
  say_reset(id, reset_code(error));
}

void H2Codec::credit(CodecStream id, std::uint32_t bytes) {
  H2Stream* const stream = find(id);
  if (stream && stream->socket) {
    stream->socket->stream.credit(bytes);
    return woken_.push_back(id);
  }
  if (!stream || stream->has_request_ended || stream->is_over || bytes == 0) return;
  stream->window += bytes;
  nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                               static_cast<std::int32_t>(bytes));
  if (!stream->awaits_continue || stream->has_reply_head) return;
  Head go_on{{":status", "100"}};
  head(id, go_on, Last::no);
}

bool H2Codec::take_back(CodecStream id) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->is_head_held) return false;
  stream->is_head_held = stream->has_reply_head = false;
  stream->held.clear();
  return true;
}

void H2Codec::drain() {
  if (std::exchange(is_draining_, true)) return;
  nghttp2_submit_shutdown_notice(session_.get());
  for (const auto& stream : open_) {
    if (!stream->socket) continue;
    stream->socket->stream.drain();
    woken_.push_back(stream->id);
    settle_socket(*stream);
  }
}

bool H2Codec::flush(std::size_t room, CodecEvents& events) {
  if (is_closed_) return false;
  events_ = &events;
  if (!woken_.empty()) serve_sockets();
  if (room > 0) submit_begun();
  room_ = room;
  const std::uint8_t* bytes = nullptr;
  ssize_t size = 1;
  while (output_.size() < room_ && (size = nghttp2_session_mem_send(session_.get(), &bytes)) > 0) {
    output_.append(text_of(bytes, static_cast<std::size_t>(size)));
  }
  events_ = nullptr;
  const bool has_more = output_.size() >= room_ && nghttp2_session_want_write(session_.get()) != 0;
  const bool is_done =
      nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0;
  const bool is_answered = has_input_ended_ && open_.empty();
  if (size < 0 || is_done || ((is_cut_ || is_answered) && !has_more)) is_closed_ = true;
  return has_more && !is_closed_;
}

std::size_t H2Codec::provide(H2Stream& stream, std::size_t most, bool& is_end) {
  const std::size_t size = std::min(stream.held.size(), most);
  is_end = stream.has_reply_ended && size == stream.held.size();
  return size;
}

void H2Codec::reply_sent(std::uint32_t id) {
  floods_.stream_ran();
  H2Stream* const stream = find(id);
  if (!stream || stream->has_request_ended) return;
  // RFC 9113 §8.1: after a reply that does not need the rest of the request, RST_STREAM(NO_ERROR) asks the client to
  // stop. It is sent later, by tick(): curl before 8 drops a reply when RST_STREAM comes in the same read, and most
  // clients end their request by themselves.
  stream->is_lingering = true;
  if (++lingering_ > kMaxLingeringStreams) say_reset(id, ResetCode::no_error);
}

void H2Codec::said_goodbye(ResetCode code, std::string_view reason) {
  // Not in drain(): nghttp2 would send the PING before the GOAWAY.
  if (is_draining_ && !is_leaving_) nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  if (code == ResetCode::no_error || std::exchange(was_told_broken_, true)) return;
  is_cut_ = true;
  if (!why_.empty()) reason = why_;
  if (reason.empty()) reason = usual_reason(code);
  std::string detail = code_text(code) + ": ";
  detail += reason;
  for (const auto& stream : open_) stream->end_events();
  const Breach breach = code == ResetCode::enhance_your_calm ? Breach::flood : Breach::mistake;
  events_->broken({Fault::client, Code::bad_request, false, std::move(detail)}, breach);
}

CodecPhase H2Codec::phase() const {
  if (is_closed_) return CodecPhase::closed;
  if (!has_settings_ || (is_in_head_ && !has_input_ended_)) return CodecPhase::head;
  return open_.empty() ? CodecPhase::idle : CodecPhase::timed;
}

// --- streams

H2Stream* H2Codec::find(std::uint32_t id) const {
  return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session_.get(), static_cast<std::int32_t>(id)));
}

H2Stream& H2Codec::begin_stream(std::uint32_t id) {
  if (spares_.empty()) {
    open_.push_back(std::make_unique<H2Stream>());
  } else {
    open_.push_back(std::move(spares_.back()));
    spares_.pop_back();
  }
  H2Stream& stream = *open_.back();
  stream.begin(id, now_);
  stream.place = open_.size() - 1;
  nghttp2_session_set_stream_user_data(session_.get(), static_cast<std::int32_t>(id), &stream);
  return stream;
}

void H2Codec::forget(H2Stream& stream) {
  nghttp2_session_set_stream_user_data(session_.get(), static_cast<std::int32_t>(stream.id), nullptr);
  if (stream.is_lingering) --lingering_;
  drop_socket(stream);
  const std::size_t place = stream.place;
  stream.held.clear();
  if (spares_.size() < kSpareH2Streams) spares_.push_back(std::move(open_[place]));
  if (place + 1 < open_.size()) {
    open_[place] = std::move(open_.back());
    open_[place]->place = place;
  }
  open_.pop_back();
}

void H2Codec::drop_socket(H2Stream& stream) {
  if (!stream.socket) return;
  stream.socket.reset();
  --sockets_;
}

void H2Codec::resume(H2Stream& stream) {
  if (!std::exchange(stream.is_deferred, false)) return;
  nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream.id));
}

void H2Codec::say_reset(std::uint32_t id, ResetCode code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                            static_cast<std::uint32_t>(code));
}

}  // namespace zeroway
