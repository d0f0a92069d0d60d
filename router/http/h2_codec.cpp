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
    : limits_(limits),
      session_(open_session()),
      wire_(session_.get()),
      sockets_(wire_),
      patience_(limits),
      reader_(limits, scheme) {}

H2Codec::~H2Codec() = default;

void H2Codec::input_ended(CodecEvents& events) {
  has_input_ended_ = true;
  for (const auto& stream : open_) {
    const bool is_complete = stream->has_request_ended() || stream->has_reply_ended();
    if (is_complete && !stream->socket) continue;
    if (stream->end_events()) events.reset(stream->id, client_gone("the client closed"));
    give_up(*stream, ResetCode::cancel);
  }
  if (open_.empty()) goodbye_ = Goodbye::closed;
}

void H2Codec::timed_out(CodecEvents&) {
  switch (phase()) {
    case CodecPhase::idle:
      nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
      goodbye_ = Goodbye::cut;
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
  const bool must_look = now >= patience_.next_look();
  if (!must_look && sockets_.is_empty()) return patience_.next_look();
  events_ = &events;
  bool has_acted = must_look && look_at_streams();
  Time next = patience_.next_look();
  if (!sockets_.is_empty()) {
    next = std::min(next, sockets_.tick(now, open_, events));
    has_acted = true;
  }
  events_ = nullptr;
  if (has_acted) flush(kMaxFramePayload, events);
  return next;
}

// True when a stream was reset, or its request refused.
bool H2Codec::look_at_streams() {
  const auto holds = [](const auto& stream) { return stream->held.size() > 0; };
  const bool is_blocked = wire_.is_window_closed() && std::any_of(open_.begin(), open_.end(), holds);
  const Millis passed = patience_.look(now_, is_blocked);
  bool has_acted = false;
  for (std::size_t index = 0; index < open_.size() && !is_cut(); ++index) {
    has_acted |= end_if_stalled(*open_[index], passed);
  }
  return has_acted;
}

bool H2Codec::end_if_stalled(H2Stream& stream, Millis passed) {
  switch (stream.closing) {
    case H2Stream::Closing::reset:
      return false;
    case H2Stream::Closing::lingering:
      give_up(stream, ResetCode::no_error);
      return true;
    case H2Stream::Closing::no:
      return stream.held.size() > 0 ? reset_if_unread(stream, passed) : refuse_if_late(stream, passed);
  }
  return false;
}

bool H2Codec::reset_if_unread(H2Stream& stream, Millis passed) {
  if (!patience_.is_unread(stream, passed, wire_.is_window_closed(stream.id))) return false;
  give_up(stream, ResetCode::cancel);
  if (stream.end_events()) events_->reset(stream.id, client_gone("the client does not read"));
  count_stall("streams that stand still, or nearly: the client does not read");
  return true;
}

bool H2Codec::refuse_if_late(H2Stream& stream, Millis passed) {
  const H2Patience::Late late = patience_.is_late(stream, passed);
  if (late == H2Patience::Late::no) return false;
  refuse(stream, {Fault::client, Code::request_timeout, false, "the client took too long"});
  count_stall(late == H2Patience::Late::silent ? "streams that stand still: the client sends nothing"
                                               : "streams that hardly move: the client sends too slowly");
  return true;
}

void H2Codec::count_stall(const char* why) {
  if (floods_.count_stall() && !is_cut()) static_cast<void>(cut(ResetCode::enhance_your_calm, why));
}

// --- writing

void H2Codec::head(CodecStream id, Head& head, Last last) {
  H2Stream* const stream = find(id);
  if (!stream || stream->has_reply_head()) return;
  const int status = head.status();
  if (status < 200) return interim_head(*stream, head, status);
  sockets_.drop(*stream);  // the worker has not accepted the WebSocket
  if (last == Last::yes) {
    stream->reply = H2Stream::Reply::ended;
    return submit_reply(*stream, H2Fields(head), last);
  }
  std::swap(stream->reply_head, head);  // the caller uses the memory of the old head again
  head.clear();
  stream->reply = H2Stream::Reply::held;
  begun_.push_back(id);
}

void H2Codec::interim_head(H2Stream& stream, const Head& head, int status) {
  const bool awaits_continue = stream.request == H2Stream::Request::awaits_continue;
  if (status == 101 || (status == 100 && stream.expects_continue && !awaits_continue)) return;
  if (status == 100 && awaits_continue) stream.request = H2Stream::Request::open;
  const H2Fields fields(head);
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id), nullptr,
                         fields.data(), fields.size(), nullptr);
}

void H2Codec::submit_begun() {
  for (const std::uint32_t id : begun_) {
    if (H2Stream* const stream = find(id)) submit_head(*stream);
  }
  begun_.clear();
}

void H2Codec::submit_head(H2Stream& stream) {
  if (stream.reply != H2Stream::Reply::held) return;
  stream.reply = H2Stream::Reply::begun;
  submit_reply(stream, H2Fields(stream.reply_head), Last::no);
  if (stream.reply_head.list_size() > kMaxIdleHead) (void)std::exchange(stream.reply_head, Head());
}

void H2Codec::data(CodecStream id, Bytes bytes) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->has_reply_head() || stream->has_reply_ended()) return;
  stream->held.append(bytes);
  wire_.resume(*stream);
}

void H2Codec::accept_web_socket(CodecStream id, Head& head, const WebSocketTerms& terms) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->socket || stream->has_reply_head()) return;
  sockets_.accept(*stream, head, terms);
  stream->reply = H2Stream::Reply::begun;
  submit_reply(*stream, H2Fields(head), Last::no);
  if (goodbye_ != Goodbye::none) sockets_.drain(*stream);
}

void H2Codec::piece(CodecStream id, Bytes bytes, MessageKind kind, Last last) {
  H2Stream* const stream = find(id);
  if (stream && stream->has_web_socket()) sockets_.piece(*stream, bytes, kind, last);
}

void H2Codec::end(CodecStream id, Head& trailers) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  stream->is_over = true;
  if (stream->has_web_socket()) return sockets_.end(*stream, trailers);
  if (!stream->has_reply_head()) return wire_.reset(id, ResetCode::internal_error);
  if (stream->has_reply_ended()) return;
  if (!trailers.is_empty()) std::swap(stream->trailers, trailers);
  submit_head(*stream);
  stream->reply = H2Stream::Reply::ended;
  wire_.resume(*stream);
}

void H2Codec::reset(CodecStream id, const Error& error) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  stream->is_over = true;
  if (stream->has_web_socket()) return sockets_.reset(*stream, error);
  if (stream->reply == H2Stream::Reply::held) stream->reply = H2Stream::Reply::begun;  // its head is never sent
  // The held bytes go when the stream closes: nghttp2 may have begun a frame of them.
  give_up(*stream, reset_code(error));
}

void H2Codec::credit(CodecStream id, std::uint32_t bytes) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  if (stream->socket) return sockets_.credit(*stream, bytes);
  if (stream->has_request_ended() || stream->is_over || bytes == 0) return;
  stream->window += bytes;
  wire_.open_window(id, bytes);
  if (stream->request != H2Stream::Request::awaits_continue || stream->has_reply_head()) return;
  Head go_on{{":status", "100"}};
  head(id, go_on, Last::no);
}

bool H2Codec::take_back(CodecStream id) {
  H2Stream* const stream = find(id);
  if (!stream || stream->reply != H2Stream::Reply::held) return false;
  stream->reply = H2Stream::Reply::none;
  stream->held.clear();
  return true;
}

void H2Codec::hand_over(CodecStream id) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  if (stream->has_web_socket()) return sockets_.hand_over(*stream);
  begin_goodbye();
}

void H2Codec::begin_goodbye() {
  if (goodbye_ != Goodbye::none) return;
  goodbye_ = Goodbye::draining;
  nghttp2_submit_shutdown_notice(session_.get());
}

void H2Codec::drain() {
  if (is_cut()) return;
  begin_goodbye();
  for (const auto& stream : open_) {
    if (stream->has_web_socket()) sockets_.drain(*stream);
  }
}

bool H2Codec::flush(std::size_t room, CodecEvents& events) {
  if (goodbye_ == Goodbye::closed) return false;
  events_ = &events;
  sockets_.serve(events);
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
  if (size < 0 || is_done || ((is_cut() || is_answered) && !has_more)) goodbye_ = Goodbye::closed;
  return has_more && goodbye_ != Goodbye::closed;
}

std::size_t H2Codec::provide(H2Stream& stream, std::size_t most, bool& is_end) {
  const std::size_t size = std::min(stream.held.size(), most);
  is_end = stream.has_reply_ended() && size == stream.held.size();
  return size;
}

void H2Codec::reply_sent(std::uint32_t id) {
  floods_.stream_ran();
  H2Stream* const stream = find(id);
  if (!stream || stream->has_request_ended() || stream->closing != H2Stream::Closing::no) return;
  // RFC 9113 §8.1: after a reply that does not need the rest of the request, RST_STREAM(NO_ERROR) asks the client to
  // stop. It is sent later, by tick(): curl before 8 drops a reply when RST_STREAM comes in the same read, and most
  // clients end their request by themselves.
  stream->closing = H2Stream::Closing::lingering;
  if (++lingering_ > kMaxLingeringStreams) give_up(*stream, ResetCode::no_error);
}

void H2Codec::said_goodbye(ResetCode code, std::string_view reason) {
  // Not in drain(): nghttp2 would send the PING before the GOAWAY.
  if (goodbye_ == Goodbye::draining) nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  if (code == ResetCode::no_error || goodbye_ >= Goodbye::told) return;
  goodbye_ = Goodbye::told;
  if (!why_.empty()) reason = why_;
  if (reason.empty()) reason = usual_reason(code);
  std::string detail = code_text(code) + ": ";
  detail += reason;
  for (const auto& stream : open_) stream->end_events();
  const Breach breach = code == ResetCode::enhance_your_calm ? Breach::flood : Breach::mistake;
  events_->broken({Fault::client, Code::bad_request, false, std::move(detail)}, breach);
}

CodecPhase H2Codec::phase() const {
  if (goodbye_ == Goodbye::closed) return CodecPhase::closed;
  if (!has_settings_ || (is_in_head_ && !has_input_ended_)) return CodecPhase::head;
  return open_.empty() ? CodecPhase::idle : CodecPhase::timed;
}

// --- streams

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
  wire_.attach(stream);
  return stream;
}

void H2Codec::forget(H2Stream& stream) {
  wire_.detach(stream);
  if (stream.closing == H2Stream::Closing::lingering) --lingering_;
  sockets_.drop(stream);
  const std::size_t place = stream.place;
  stream.held.clear();
  if (spares_.size() < kSpareH2Streams) spares_.push_back(std::move(open_[place]));
  if (place + 1 < open_.size()) {
    open_[place] = std::move(open_.back());
    open_[place]->place = place;
  }
  open_.pop_back();
}

void H2Codec::give_up(H2Stream& stream, ResetCode code) {
  if (stream.closing == H2Stream::Closing::lingering) --lingering_;
  stream.closing = H2Stream::Closing::reset;
  wire_.reset(stream.id, code);
}

}  // namespace zeroway
