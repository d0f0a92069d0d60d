#include "router/http/h2_client_codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "proto/head_rules.h"
#include "proto/limits.h"
#include "router/http/h2_client_stream.h"
#include "router/http/h2_nghttp2.h"
#include "router/http/limits.h"

namespace zeroway {
namespace {

Error bad(std::string detail) { return Error{Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

// RFC 9113 §8.2.2 and §8.3.1: nothing of a connection, and one name for the host.
bool may_send(const Field& field, bool has_authority, Last last) {
  if (field.name == "host") return !has_authority;
  if (field.name == "expect") return last == Last::no;
  if (field.name == "te") return field.value == "trailers";
  return !is_connection_specific(field.name) && field.name != "http2-settings";
}

Head as_request(const Head& head, Last last) {
  const bool has_authority = head.has(":authority");
  Head request;
  for (const Field field : head) {
    const bool is_legal = field.name.starts_with(':') || is_token(field.name);
    if (is_legal && is_field_value(field.value) && may_send(field, has_authority, last)) {
      request.add(field.name, field.value);
    }
  }
  return request;
}

// RFC 9110 §6.5.1, as for HTTP/1.1.
bool may_be_trailer(std::string_view name) {
  return !name.starts_with(':') && name != "content-length" && name != "host" && name != "trailer" && name != "te" &&
         !is_connection_specific(name);
}

Head as_trailers(const Head& head) {
  Head trailers;
  for (const Field field : head) {
    if (may_be_trailer(field.name) && is_token(field.name) && is_field_value(field.value)) {
      trailers.add(field.name, field.value);
    }
  }
  return trailers;
}

}  // namespace

H2ClientCodec::H2ClientCodec(const ClientCodecSettings& settings) : settings_(settings), session_(open_session()) {}

H2ClientCodec::~H2ClientCodec() = default;

// nghttp2 would queue what the origin does not allow. A pool has better uses for such requests.
std::size_t H2ClientCodec::room() const {
  if (is_finished()) return 0;
  const std::size_t most =
      has_settings_ ? nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
                    : kUnknownStreams;
  return most - std::min(most, streams_.size());
}

bool H2ClientCodec::is_finished() const {
  return is_finished_ || nghttp2_session_check_request_allowed(session_.get()) == 0;
}

// --- the request's verbs

CodecStream H2ClientCodec::open(const Head& head, Last last, Kind kind) {
  assert(room() > 0 && serves(kind));
  static_cast<void>(kind);
  auto stream = std::make_unique<H2ClientStream>();
  if (last == Last::yes) stream->request = H2ClientStream::Request::ended;
  const auto id = submit(as_request(head, last), last == Last::yes ? nullptr : stream.get());
  assert(id > 0);
  stream->id = static_cast<std::uint32_t>(id);
  const auto key = stream->id;
  streams_.emplace(key, std::move(stream));
  return key;
}

void H2ClientCodec::data(CodecStream id, Bytes bytes) {
  H2ClientStream* const stream = find_open(id);
  if (!stream || stream->request == H2ClientStream::Request::ended || bytes.empty()) return;
  stream->held.append(bytes);
  resume(*stream);
}

void H2ClientCodec::end(CodecStream id, const Head& trailers) {
  H2ClientStream* const stream = find_open(id);
  if (!stream || stream->request == H2ClientStream::Request::ended) return;
  stream->trailers = as_trailers(trailers);
  resume(*stream);
  stream->request = H2ClientStream::Request::ended;
}

void H2ClientCodec::reset(CodecStream id, ResetCode code) {
  H2ClientStream* const stream = find_open(id);
  if (!stream) return;
  stream->is_over = true;
  stream->held.clear();
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                            static_cast<std::uint32_t>(code));
}

void H2ClientCodec::credit(CodecStream id, std::uint32_t bytes) {
  if (!find_open(id) || bytes == 0) return;
  nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                               static_cast<std::int32_t>(bytes));
}

void H2ClientCodec::resume(H2ClientStream& stream) {
  if (stream.request != H2ClientStream::Request::deferred) return;
  stream.request = H2ClientStream::Request::open;
  nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream.id));
}

// --- output

// Not from inside an event: nghttp2 must not be asked for output while it reads.
std::string& H2ClientCodec::output() {
  if (events_ || is_broken_) return output_;
  while (output_.size() < kClientOutput) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0) break_off(static_cast<int>(size));
    if (size <= 0) break;  // all is sent, or waits for the origin's windows
    output_.append(text_of(bytes, static_cast<std::size_t>(size)));
    produced_ += static_cast<std::size_t>(size);
  }
  return output_;
}

void H2ClientCodec::written(std::size_t bytes, ReplyEvents& events) {
  written_ += bytes;
  for (const auto id : std::exchange(moved_, {})) {
    H2ClientStream* const stream = find(id);
    const auto credit = stream ? std::exchange(stream->moved, 0) : 0;
    if (credit > 0 && !stream->is_done()) events.credit(id, static_cast<std::uint32_t>(credit));
  }
  tell_failed(events);
}

// --- reading the replies

std::size_t H2ClientCodec::read(Bytes input, ReplyEvents& events) {
  if (is_broken_) return input.size();
  events_ = &events;
  const auto taken = nghttp2_session_mem_recv(session_.get(), input.data(), input.size());
  events_ = nullptr;
  if (taken < 0) break_off(static_cast<int>(taken));
  tell_failed(events);
  return input.size();
}

void H2ClientCodec::input_ended(InputEnd, ReplyEvents& events) {
  is_finished_ = true;
  for (const auto& [id, stream] : streams_) {
    if (stream->is_done()) continue;
    const bool is_unseen = !has_left(*stream);
    fail(*stream,
         {Fault::backend, Code::backend_lost, is_unseen, "the connection ended before the reply was complete"});
  }
  tell_failed(events);
}

void H2ClientCodec::head_read(H2ClientStream& stream, Last last) {
  if (stream.is_done()) return;
  stream.has_reply_begun = true;
  if (!head_.has(":status")) return trailers_read(stream);
  if (head_.status() < 200) return interim_read(stream);
  reply_read(stream, last);
}

void H2ClientCodec::interim_read(H2ClientStream& stream) {
  head_.remove("content-length");  // RFC 9110 §8.6
  stream.interim_size += head_.list_size();
  if (stream.interim_size > kMaxInterimHeads) return refuse_reply(stream, "too many interim heads");
  if (!check_reply_head(head_)) return refuse_reply(stream, "an interim head that is not legal");
  events_->head(stream.id, head_, Last::no);
}

void H2ClientCodec::reply_read(H2ClientStream& stream, Last last) {
  if (head_.status() == 204) head_.remove("content-length");
  if (!check_reply_head(head_)) return refuse_reply(stream, "a head that is not legal");
  events_->head(stream.id, head_, last);
  if (last == Last::no || stream.is_done()) return;
  Head none;
  end_reply(stream, none);
}

void H2ClientCodec::trailers_read(H2ClientStream& stream) {
  Head trailers = as_trailers(head_);
  if (!check_trailers(trailers)) return refuse_reply(stream, "trailers that are not legal");
  end_reply(stream, trailers);
}

// The connection's window is opened at once: the streams' own windows bound memory.
void H2ClientCodec::data_read(std::uint32_t id, Bytes bytes) {
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  const H2ClientStream* const stream = find_open(id);
  if (stream) events_->data(id, bytes);
}

// RFC 9113 §8.1: the reply is complete. A RST_STREAM that follows it is no error, and the rest of the request is not
// wanted.
void H2ClientCodec::end_reply(H2ClientStream& stream, Head& trailers) {
  const auto id = stream.id;
  const bool is_early = stream.request != H2ClientStream::Request::ended || stream.held.size() > 0;
  stream.is_over = true;
  events_->end(id, trailers);
  if (!is_early) return;
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id), NGHTTP2_NO_ERROR);
}

void H2ClientCodec::stream_closed(std::uint32_t id, ResetCode code) {
  H2ClientStream* const stream = find(id);
  if (!stream) return;
  stream->is_closed = true;
  if (!stream->is_done()) {
    if (code == ResetCode::refused_stream) {
      fail(*stream, {Fault::backend, Code::backend_refused, true, "the origin refused the stream"});
    } else if (stream->was_reset_by_origin) {
      fail(*stream, {Fault::backend, Code::backend_reset, false, "RST_STREAM of the origin: " + code_text(code)});
    } else {
      fail(*stream, bad("HTTP/2: a malformed reply: " + code_text(code)));
    }
  }
  if (!stream->failure) streams_.erase(id);
}

// --- failing

void H2ClientCodec::fail(H2ClientStream& stream, Error error) {
  stream.failure = std::move(error);
  failed_.push_back(stream.id);
}

// nghttp2 found no fault in the reply, we did.
void H2ClientCodec::refuse_reply(H2ClientStream& stream, const char* why) {
  fail(stream, bad(std::string("HTTP/2: ") + why));
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id),
                            NGHTTP2_PROTOCOL_ERROR);
}

void H2ClientCodec::break_off(int nghttp2_error) {
  is_finished_ = is_broken_ = true;
  fail_all(bad(std::string("HTTP/2: ") + nghttp2_strerror(nghttp2_error)));
}

void H2ClientCodec::fail_all(const Error& error) {
  for (const auto& [id, stream] : streams_) {
    if (!stream->is_done()) fail(*stream, error);
  }
}

void H2ClientCodec::tell_failed(ReplyEvents& events) {
  for (const auto id : std::exchange(failed_, {})) {
    H2ClientStream* const stream = find(id);
    if (!stream || !stream->failure) continue;
    const auto error = *std::exchange(stream->failure, {});
    if (!std::exchange(stream->is_over, true)) events.reset(id, error);
    if (stream->is_closed) streams_.erase(id);
  }
}

// --- streams

H2ClientStream* H2ClientCodec::find(std::uint32_t id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? nullptr : at->second.get();
}

H2ClientStream* H2ClientCodec::find_open(std::uint32_t id) const {
  H2ClientStream* const stream = find(id);
  return stream && !stream->is_done() ? stream : nullptr;
}

bool H2ClientCodec::has_left(const H2ClientStream& stream) const {
  return stream.head_at != UINT64_MAX && written_ > stream.head_at;
}

bool H2ClientCodec::has_reply_begun(CodecStream id) const {
  const H2ClientStream* const stream = find(id);
  return stream && stream->has_reply_begun;
}

}  // namespace zeroway
