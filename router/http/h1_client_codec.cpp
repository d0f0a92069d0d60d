#include "router/http/h1_client_codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "proto/limits.h"
#include "router/http/h1_client_web_socket.h"
#include "router/http/h1_request_parser.h"
#include "router/http/limits.h"

namespace zeroway {
namespace {

Error bad(std::string detail) { return Error{Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

}  // namespace

H1ClientCodec::H1ClientCodec(const ClientCodecSettings& settings) : settings_(settings) {}

H1ClientCodec::~H1ClientCodec() = default;

// --- the request's verbs

CodecStream H1ClientCodec::open(const Head& head, Last last, Kind kind) {
  assert(room() > 0);
  stream_ = ++last_stream_;
  stage_ = Stage::head;
  kind_ = kind;
  method_ = head.method() == "HEAD" ? AskedBy::head_method : AskedBy::other_method;
  credit_ = kFirstReplyWindow;
  unwritten_ = owed_ = 0;
  interim_size_ = 0;
  has_written_ = false;
  scan_.restart(H1HeadScan::FirstLine::request);
  const auto before = output_.size();
  if (kind == Kind::web_socket) {
    write_handshake(head);
  } else {
    writer_.head(head, last, output_);
  }
  wrote(before, 0);
  return stream_;
}

void H1ClientCodec::data(CodecStream stream, Bytes bytes) {
  if (stream == 0 || stream != stream_) return;
  const auto before = output_.size();
  writer_.data(bytes, output_);
  wrote(before, static_cast<std::uint32_t>(bytes.size()));
}

void H1ClientCodec::end(CodecStream stream, const Head& trailers) {
  if (stream == 0 || stream != stream_) return;
  if (stage_ == Stage::web_socket) {
    web_socket_->codec->end(trailers);
    return take_frames(0);
  }
  const auto before = output_.size();
  writer_.end(trailers, output_);
  wrote(before, 0);
}

// HTTP/1.1 has no other word for "no longer wanted" than closing the connection.
void H1ClientCodec::reset(CodecStream stream, ResetCode code) {
  if (stream == 0 || stream != stream_) return;
  const bool is_socket = stage_ == Stage::web_socket;
  is_finished_ = true;
  leave_stream();
  if (is_socket) reset_web_socket(code);
}

void H1ClientCodec::credit(CodecStream stream, std::uint32_t bytes) {
  if (stream == 0 || stream != stream_ || bytes == 0) return;
  credit_ += bytes;
  is_blocked_ = false;
  if (stage_ == Stage::web_socket) web_socket_->codec->credit(bytes);
}

void H1ClientCodec::wrote(std::size_t output_before, std::uint32_t credit) {
  unwritten_ += output_.size() - output_before;
  owed_ += credit;
}

// Credit for a body is told in proportion to the bytes that have left: where chunks are tiny, most of these bytes are
// size lines, and credit for each byte would let the output grow without a bound.
void H1ClientCodec::written(std::size_t bytes, ReplyEvents& events) {
  has_written_ = has_written_ || bytes > 0;
  const auto taken = std::min<std::uint64_t>(bytes, unwritten_);
  const auto credit = taken == unwritten_ ? owed_ : owed_ * taken / unwritten_;
  unwritten_ -= taken;
  owed_ -= credit;
  if (stream_ != 0 && credit > 0) events.credit(stream_, static_cast<std::uint32_t>(credit));
}

// --- reading the reply

std::size_t H1ClientCodec::read(Bytes input, ReplyEvents& events) {
  auto rest = as_text(input);
  if (stream_ == 0) {
    is_finished_ = is_finished_ || !rest.empty();  // a reply that nobody asked for: never given to the next request
    return input.size();
  }
  while (read_one(rest, events)) {
  }
  if (stream_ == 0) return input.size();
  is_blocked_ = !rest.empty() && credit_ == 0 && is_in_body();
  return input.size() - rest.size();
}

bool H1ClientCodec::wants_input() const {
  return stage_ == Stage::web_socket ? web_socket_->codec->wants_input() : !is_blocked_;
}

bool H1ClientCodec::is_in_body() const {
  return stage_ == Stage::length || stage_ == Stage::chunks || stage_ == Stage::until_close;
}

bool H1ClientCodec::read_one(std::string_view& rest, ReplyEvents& events) {
  switch (stage_) {
    case Stage::head:
      return read_head(rest, events);
    case Stage::length:
    case Stage::until_close:
      return read_body(rest, events);
    case Stage::chunks:
      return read_chunks(rest, events);
    case Stage::trailers:
      return read_trailer_section(rest, events);
    case Stage::web_socket:
      return read_web_socket(rest, events);
    case Stage::idle:
      return false;
  }
  return false;
}

bool H1ClientCodec::read_head(std::string_view& rest, ReplyEvents& events) {
  if (rest.empty()) return false;
  // The bytes were on their way before the request: some servers say 408 when they close an idle connection.
  if (!has_written_) {
    return fail({Fault::backend, Code::backend_lost, true, "the origin spoke before it was asked, as if to close"},
                events);
  }
  begun_stream_ = stream_;
  if (!may_begin_reply(rest)) return fail(bad("a reply that does not begin with HTTP/1."), events);
  const auto size = scan_.scan(rest, settings_.limits);
  if (!size) return fail(as_reply_error(size.error()), events);
  if (*size == 0) return false;

  const auto reply = read_reply(rest.substr(0, *size), method_, head_);
  if (!reply) return fail(reply.error(), events);
  rest.remove_prefix(*size);
  scan_.restart(H1HeadScan::FirstLine::request);
  if (reply->status == 101) return accept_web_socket(*reply, events);
  return reply->status < 200 ? begin_interim(events) : begin_reply(*reply, rest, events);
}

bool H1ClientCodec::begin_interim(ReplyEvents& events) {
  interim_size_ += head_.list_size();
  if (interim_size_ > kMaxInterimHeads) {
    return fail(bad("interim heads over " + std::to_string(kMaxInterimHeads)), events);
  }
  const auto stream = stream_;
  events.head(stream, head_, Last::no);
  return stream_ == stream;
}

bool H1ClientCodec::begin_reply(const H1Reply& reply, std::string_view rest, ReplyEvents& events) {
  using Body = H1Reply::Body;
  // To the client of a WebSocket, 2xx would say that it is open (RFC 8441 §5).
  if (kind_ == Kind::web_socket && reply.status < 300) {
    return fail(bad("status " + std::to_string(reply.status) + " to a WebSocket's handshake"), events);
  }
  if (!reply.is_persistent) is_finished_ = true;
  left_ = reply.length;
  chunks_ = H1ChunkReader{};
  const bool is_last = reply.body == Body::none || (reply.body == Body::length && left_ == 0);
  stage_ = reply.body == Body::chunked       ? Stage::chunks
           : reply.body == Body::until_close ? Stage::until_close
                                             : Stage::length;
  const auto stream = stream_;
  const bool is_large = head_.list_size() > kMaxIdleHead;
  events.head(stream, head_, is_last ? Last::yes : Last::no);
  if (is_large) (void)std::exchange(head_, Head{});  // clear() would keep its memory
  if (stream_ != stream) return false;
  if (!is_last) return true;
  Head none;
  return end_reply(none, rest, events);
}

bool H1ClientCodec::read_body(std::string_view& rest, ReplyEvents& events) {
  const auto most = stage_ == Stage::length ? std::min(left_, credit_) : credit_;
  const auto data = rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, rest.size())));
  if (data.empty()) return false;
  rest.remove_prefix(data.size());
  if (stage_ == Stage::until_close) return tell_data(data, events);
  left_ -= data.size();
  if (!tell_data(data, events)) return false;
  if (left_ > 0) return true;
  Head none;
  return end_reply(none, rest, events);
}

bool H1ClientCodec::read_chunks(std::string_view& rest, ReplyEvents& events) {
  const auto piece = chunks_.read(rest, credit_, 0);
  if (!piece) return fail(as_reply_error(piece.error()), events);
  switch (piece->found) {
    case H1ChunkReader::Found::nothing:
      return false;
    case H1ChunkReader::Found::data:
      return tell_data(piece->data, events);
    case H1ChunkReader::Found::last:
      stage_ = Stage::trailers;
      scan_.restart(H1HeadScan::FirstLine::field);
      return true;
  }
  return false;
}

bool H1ClientCodec::read_trailer_section(std::string_view& rest, ReplyEvents& events) {
  const auto size = scan_.scan(rest, settings_.limits);
  if (!size) return fail(as_reply_error(size.error()), events);
  if (*size == 0) return false;
  Head trailers;
  if (auto good = read_trailers(rest.substr(0, *size), trailers); !good) {
    return fail(as_reply_error(good.error()), events);
  }
  rest.remove_prefix(*size);
  return end_reply(trailers, rest, events);
}

bool H1ClientCodec::tell_data(std::string_view data, ReplyEvents& events) {
  credit_ -= data.size();
  const auto stream = stream_;
  events.data(stream, as_bytes(data));
  return stream_ == stream;
}

// Everything is settled before the event: its callee may open the next request.
bool H1ClientCodec::end_reply(Head& trailers, std::string_view rest, ReplyEvents& events) {
  if (!rest.empty() || !is_request_sent()) is_finished_ = true;
  events.end(leave_stream(), trailers);
  return false;
}

bool H1ClientCodec::fail(const Error& error, ReplyEvents& events) {
  is_finished_ = true;
  events.reset(leave_stream(), error);
  return false;
}

// The rest of a request is dropped when the connection ends with the stream. A WebSocket's last frames are not.
CodecStream H1ClientCodec::leave_stream() {
  if (is_finished_ && stage_ != Stage::web_socket) output_.clear();
  stage_ = Stage::idle;
  is_blocked_ = false;
  return std::exchange(stream_, 0);
}

bool H1ClientCodec::is_request_sent() const { return writer_.is_complete() && !writer_.is_broken() && unwritten_ == 0; }

void H1ClientCodec::input_ended(InputEnd how, ReplyEvents& events) {
  is_finished_ = true;
  if (stream_ == 0) return;
  if (stage_ == Stage::web_socket) return end_socket_input(events);
  if (stage_ == Stage::until_close && how == InputEnd::orderly) {
    Head none;
    end_reply(none, {}, events);
    return;
  }
  fail(lost(), events);
}

Error H1ClientCodec::lost() const {
  if (stage_ != Stage::head)
    return {Fault::backend, Code::backend_lost, false, "the reply is not complete: connection lost"};
  const bool is_unseen = !has_written_;  // once a byte has left, the origin may have acted on the request
  return {Fault::backend, Code::backend_lost, is_unseen, "the origin closed the connection before it replied"};
}

}  // namespace zeroway
