#include "router/http/h1_codec.h"

#include <algorithm>
#include <utility>

#include "router/http/limits.h"
#include "router/http/ws_stream.h"

namespace zeroway {

H1Codec::H1Codec(const HttpLimits& limits, std::string_view scheme) : limits_(limits), scheme_(scheme) {}

H1Codec::~H1Codec() = default;

std::size_t H1Codec::read(Bytes input, CodecEvents& events) {
  auto rest = as_text(input);
  while (read_one(rest, events)) {
  }
  if (is_closed_ || is_broken_) return input.size();
  if (stage_ == Stage::web_socket) {
    is_blocked_ = is_socket_open() ? !web_socket_->wants_input() : !rest.empty();
    return input.size() - rest.size();
  }
  is_blocked_ = !rest.empty() && (stage_ == Stage::done || (stage_ != Stage::head && room() == 0));
  return input.size() - rest.size();
}

bool H1Codec::read_one(std::string_view& rest, CodecEvents& events) {
  if (is_closed_) return false;
  switch (stage_) {
    case Stage::head:
      return read_head(rest, events);
    case Stage::length:
      return read_length(rest, events);
    case Stage::chunks:
      return read_chunks(rest, events);
    case Stage::trailers:
      return read_trailer_section(rest, events);
    case Stage::web_socket:
      return read_web_socket(rest, events);
    case Stage::done:
      return false;
  }
  return false;
}

bool H1Codec::read_head(std::string_view& rest, CodecEvents& events) {
  if (!skip_empty_lines(rest)) {
    return refuse({}, Error{Fault::client, Code::bad_request, false, "too many empty lines before a request"}, events);
  }
  is_begun_ = !rest.empty();
  if (rest.empty() || rest == "\r") return false;
  if (!h1::is_token_char(rest.front())) {  // for example TLS on a cleartext port: no need to wait for a whole line
    return refuse({}, Error{Fault::client, Code::bad_request, false, "a request that begins with no method"}, events);
  }

  const bool had_line = scan_.request_line_size() > 0;
  const auto size = scan_.scan(rest, limits_);
  if ((!size || *size == 0) && scan_.request_line_size() > 0) {
    // An error in the request line is told before errors in the fields, and without waiting for the fields.
    const auto line = h1::read_request_line(rest.substr(0, scan_.request_line_size()));
    if (!line) return refuse(rest, line.error(), events);
    if (size && !had_line) events.begun(line->target);
  }
  if (!size) return refuse(rest, size.error(), events);
  if (*size == 0) return false;

  const auto text = rest.substr(0, *size);
  const auto request = read_request(text, scheme_, head_);
  if (!request) return refuse(text, request.error(), events);
  rest.remove_prefix(*size);
  if (request->kind == Kind::web_socket) {
    begin_web_socket(*request, text, events);
  } else {
    begin_request(*request, events);
  }
  return true;
}

// False when the client sent more empty lines than allowed.
bool H1Codec::skip_empty_lines(std::string_view& rest) {
  while (rest.starts_with("\r\n")) {
    if (++empty_lines_ > kMaxLeadingEmptyLines) return false;
    rest.remove_prefix(2);
  }
  return true;
}

void H1Codec::begin_request(const H1Request& request, CodecEvents& events) {
  request_ = request;
  stream_ = ++last_stream_;
  left_ = request.body.length;
  credit_ = kOpeningWindow;
  chunks_ = H1ChunkReader{};
  writer_.begin(request.version, request.is_head_method);
  is_begun_ = false;
  is_continued_ = false;
  empty_lines_ = 0;
  stage_ = request.body.kind == h1::BodyKind::chunked ? Stage::chunks : Stage::length;
  const bool is_large = head_.list_size() > kMaxIdleHead;
  terms_ = events.head(stream_, head_, request.body.kind == h1::BodyKind::none ? Last::yes : Last::no, Kind::request);
  if (is_large) forget_head();
}

bool H1Codec::read_length(std::string_view& rest, CodecEvents& events) {
  if (left_ == 0) {
    Head none;
    return end_request(none, events);
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({left_, room(), rest.size()}));
  if (size == 0) return false;
  const auto data = rest.substr(0, size);
  rest.remove_prefix(size);
  left_ -= size;
  tell_data(data, events);
  return true;
}

bool H1Codec::read_chunks(std::string_view& rest, CodecEvents& events) {
  const auto piece = chunks_.read(rest, room(), terms_.max_body);
  if (!piece) return fail(piece.error(), events);
  switch (piece->found) {
    case H1ChunkReader::Found::nothing:
      return false;
    case H1ChunkReader::Found::data:
      tell_data(piece->data, events);
      return true;
    case H1ChunkReader::Found::last:
      stage_ = Stage::trailers;
      scan_.restart(H1HeadScan::FirstLine::field);
      return true;
  }
  return false;
}

bool H1Codec::read_trailer_section(std::string_view& rest, CodecEvents& events) {
  const auto size = scan_.scan(rest, limits_);
  if (!size) return fail(size.error(), events);
  if (*size == 0) return false;
  Head trailers;
  if (auto good = read_trailers(rest.substr(0, *size), trailers); !good) return fail(good.error(), events);
  rest.remove_prefix(*size);
  return end_request(trailers, events);
}

void H1Codec::tell_data(std::string_view data, CodecEvents& events) {
  is_continued_ = true;
  if (!is_discarding()) {
    credit_ -= data.size();
    events.data(stream_, as_bytes(data));
    return;
  }
  discard_left_ -= data.size();
  if (discard_left_ == 0) close();
}

bool H1Codec::end_request(Head& trailers, CodecEvents& events) {
  stage_ = Stage::done;
  if (is_discarding()) {
    next_request();
    return true;
  }
  events.end(stream_, trailers);
  return true;
}

bool H1Codec::refuse(std::string_view head, const Error& error, CodecEvents& events) {
  request_ = H1Request{};
  stream_ = ++last_stream_;
  read_no_more();
  // The client's version is not known here: clients of every version understand the framing of 1.0.
  writer_.begin(h1::Version::http10, head.starts_with("HEAD "));
  forget_head();
  const auto line = h1::read_request_line(head.substr(0, head.find("\r\n")));
  RefusedRequest refused;
  if (line) refused = {line->method, line->target, {}};
  refused.accept = find_accept(head);
  tell_refused(refused, error, events);
  return false;
}

void H1Codec::tell_refused(RefusedRequest request, const Error& error, CodecEvents& events) {
  refused_ = request;
  events.reset(stream_, error);
  refused_ = {};
}

bool H1Codec::fail(const Error& error, CodecEvents& events) {
  read_no_more();
  if (is_discarding()) {
    close();
    return false;
  }
  events.reset(stream_, error);
  return false;
}

// The connection ends behind the reply of the request, whose rest is not understood or not wanted.
void H1Codec::read_no_more() {
  stage_ = Stage::done;
  is_broken_ = is_last_ = true;
}

void H1Codec::input_ended(CodecEvents& events) {
  if (is_socket_open()) return end_socket_input(events);
  if (stage_ == Stage::done && stream_ != 0) {
    has_input_ended_ = true;
    return;
  }
  const auto stream = stream_;
  close();
  if (stream != 0) events.reset(stream, Error{Fault::client, Code::cancelled, false, "the client closed"});
}

void H1Codec::timed_out(CodecEvents& events) {
  const Error error{Fault::client, Code::request_timeout, false, "the client took too long"};
  switch (phase()) {
    case CodecPhase::head:
      refuse({}, error, events);
      return;
    case CodecPhase::body:
      fail(error, events);
      return;
    case CodecPhase::idle:
    case CodecPhase::rest:
      close();
      return;
    default:
      return;
  }
}

void H1Codec::head(CodecStream stream, Head& head, Last last) {
  if (stream == 0 || stream != stream_ || writer_.has_head()) return;
  const int status = head.status();
  if (status < 200) {
    if (status == 101 || (status == 100 && is_continued_)) return;
    if (status == 100) is_continued_ = true;
    writer_.interim(head, output_);
    return;
  }
  if (stage_ == Stage::web_socket) {
    if (is_socket_open()) return;
    web_socket_.reset();
    stage_ = Stage::done;
  }
  const auto connection = connection_after(status, last);
  is_last_ = connection == H1Writer::Connection::close;
  reply_begin_ = output_.size();
  writer_.head(head, last, connection, output_);
}

// Whether the rest of the body will be too large to keep the connection. Who takes the whole body may answer with 2xx
// while it still comes; other replies come in its place, and a client that was not told would lose its next request.
bool H1Codec::is_cut_by(int status, Last last) const {
  if (stage_ == Stage::done) return false;
  return awaits_continue() || ((last == Last::yes || status >= 300) && is_rest_large());
}

H1Writer::Connection H1Codec::connection_after(int status, Last last) const {
  const bool closes =
      is_last_ || has_input_ended_ || is_draining_ || is_cut_by(status, last) || !request_.is_persistent;
  return closes ? H1Writer::Connection::close : H1Writer::Connection::keep;
}

void H1Codec::data(CodecStream stream, Bytes bytes) {
  if (stream == 0 || stream != stream_ || !writer_.has_head()) return;
  writer_.data(bytes, output_);
}

void H1Codec::end(CodecStream stream, Head& trailers) {
  if (stream == 0 || stream != stream_) return;
  if (is_socket_open()) {
    web_socket_->end(trailers);
    return settle_socket();
  }
  if (!writer_.has_head()) return close();
  writer_.end(trailers, output_);
  reply_begin_ = kNowhere;
  stream_ = 0;
  is_blocked_ = false;
  if (is_last_ || has_input_ended_ || writer_.must_close()) return close();
  if (stage_ == Stage::done) return next_request();
  discard_rest();
}

void H1Codec::reset(CodecStream stream, const Error& error) {
  if (stream == 0 || stream != stream_) return;
  if (is_socket_open()) {
    web_socket_->reset(error);
    return settle_socket();
  }
  close();  // without the last chunk: the reply must not look complete
}

void H1Codec::credit(CodecStream stream, std::uint32_t bytes) {
  if (stream == 0 || stream != stream_) return;
  if (stage_ == Stage::web_socket) {
    is_blocked_ = false;
    return web_socket_->credit(bytes);
  }
  if (bytes == 0) return;
  credit_ += bytes;
  is_blocked_ = is_blocked_ && stage_ == Stage::done;
  if (!awaits_continue() || writer_.has_head() || stage_ == Stage::done) return;
  is_continued_ = true;
  output_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void H1Codec::refuse_content(CodecStream stream) {
  if (stream != 0 && stream == stream_ && stage_ != Stage::web_socket) read_no_more();
}

bool H1Codec::take_back(CodecStream stream) {
  if (stream == 0 || stream != stream_ || reply_begin_ == kNowhere) return false;
  output_.resize(std::exchange(reply_begin_, kNowhere));
  writer_.begin(request_.version, request_.is_head_method);
  is_last_ = false;
  return true;
}

bool H1Codec::flush(std::size_t, CodecEvents&) {
  reply_begin_ = kNowhere;
  return false;
}

void H1Codec::drain() {
  is_draining_ = true;
  if (stage_ == Stage::web_socket) web_socket_->drain();
  if (stream_ == 0 && stage_ == Stage::head && !is_begun_) close();
}

bool H1Codec::is_rest_large() const { return stage_ == Stage::length && left_ > kMaxDiscardedBody; }

void H1Codec::discard_rest() {
  if (is_rest_large() || awaits_continue()) return close();
  discard_left_ = kMaxDiscardedBody + 1;  // tell_data() closes when the last of these bytes comes: one too many
}

void H1Codec::next_request() {
  if (is_draining_) return close();
  stage_ = Stage::head;
  scan_.restart(H1HeadScan::FirstLine::request);
}

void H1Codec::close() {
  is_closed_ = true;
  stage_ = Stage::done;
  stream_ = 0;
}

// Assigning an empty Head would keep the memory of the old text.
void H1Codec::forget_head() { (void)std::exchange(head_, Head{}); }

CodecPhase H1Codec::phase() const {
  if (is_closed_) return CodecPhase::closed;
  if (stage_ == Stage::web_socket) return web_socket_->is_done() ? CodecPhase::closed : CodecPhase::timed;
  if (stage_ == Stage::head) return is_begun_ ? CodecPhase::head : CodecPhase::idle;
  if (stage_ == Stage::done) return CodecPhase::reply;
  if (is_discarding()) return CodecPhase::rest;
  return is_client_due() ? CodecPhase::body : CodecPhase::reply;
}

// Inside a body: whether the client has to send more of it now. Not while the worker has not sent 100 Continue. Not
// once the reply has begun: then client and worker may talk as they like, and the worker decides for how long.
bool H1Codec::is_client_due() const {
  if (awaits_continue() || writer_.has_head()) return false;
  return room() > 0 || stage_ == Stage::trailers;
}

}  // namespace zeroway
