// Reading an HTTP/2 connection: scans frames, tells requests, counts abuse.
#include <algorithm>
#include <utility>

#include "router/http/h2_codec.h"
#include "router/http/h2_nghttp2.h"
#include "router/http/limits.h"

namespace zeroway {

std::size_t H2Codec::read(Bytes input, CodecEvents& events) {
  events_ = &events;
  Bytes rest = input;
  Bytes known = input.first(0);  // scanned, and not given to nghttp2 yet: so nghttp2 is called less often
  while (!rest.empty() && !is_cut()) {
    if (const std::size_t size = scan_.skip(rest); size > 0) {
      known = {known.data(), known.size() + size};
      rest = rest.subspan(size);
      continue;
    }
    const auto* const begin = rest.data();
    const auto header = scan_.take(rest);
    if (!header) break;
    const auto taken = static_cast<std::size_t>(rest.data() - begin);
    const bool is_whole = taken == scan_.bytes().size();
    if (needs_streams(*header) || !is_whole) give(std::exchange(known, rest.first(0)));
    if (is_cut() || !admit(*header)) break;
    if (is_reset_of_unsent(*header)) {
      if (count_early_reset() != kGoOn) break;
      give(std::exchange(known, rest.first(0)));  // nghttp2 is not given this frame
      known = rest.first(0);
    } else if (is_whole) {
      known = {known.empty() ? begin : known.data(), known.size() + taken};
    } else {
      give(scan_.bytes());  // the header's first bytes came with an earlier read
      known = rest.first(0);
    }
  }
  give(known);
  events_ = nullptr;
  return input.size();
}

void H2Codec::give(Bytes bytes) {
  if (bytes.empty()) return;
  while (!is_cut() && give_some(bytes)) {
  }
}

// True when a callback has made nghttp2 pause: nghttp2 has to be called again, even if no bytes are left.
bool H2Codec::give_some(Bytes& bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(session_.get(), bytes.data(), bytes.size());
  if (is_cut()) return false;
  if (taken < 0) {
    const auto code = taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? ResetCode::protocol_error : ResetCode::enhance_your_calm;
    static_cast<void>(cut(code, nghttp2_strerror(static_cast<int>(taken))));
    return false;
  }
  given_ += static_cast<std::uint64_t>(taken);
  bytes = bytes.subspan(static_cast<std::size_t>(taken));
  if (!std::exchange(must_check_growth_, false)) return false;
  if (growth_.is_bomb(reader_.list_size(), given_)) {
    static_cast<void>(cut(ResetCode::enhance_your_calm, "a head many times larger than its bytes"));
  }
  return true;
}

// Whether all earlier frames must be read before admit() can decide about this frame.
bool H2Codec::needs_streams(const H2FrameHeader& header) const {
  return header.type == NGHTTP2_DATA || (header.type == NGHTTP2_HEADERS && header.id <= newest_);
}

// gRPC's C core counts a call's stream as begun when its HEADERS wait to be sent. When the deadline expires meanwhile,
// it sends the RST_STREAM alone. RFC 9113 §6.4 would end the connection, and with it all other calls. A client that has
// not opened any stream is not excused.
bool H2Codec::is_reset_of_unsent(const H2FrameHeader& header) const {
  return header.type == NGHTTP2_RST_STREAM && header.size == H2FrameScan::kResetSize && !is_in_block_ &&
         header.id % 2 == 1 && header.id > newest_ && newest_ > 0;
}

// False when the connection ends here.
bool H2Codec::admit(const H2FrameHeader& header) {
  using Flood = H2FloodGuard::Kind;
  const auto has = [&](std::uint8_t flag) { return (header.flags & flag) != 0; };
  switch (header.type) {
    case NGHTTP2_DATA:
      if (header.size == 0 && has(NGHTTP2_FLAG_PADDED)) return !cut(ResetCode::frame_size_error, "no pad length");
      if (header.id != 0 && !find(header.id)) return may_be_closed(header);
      return header.size > 0 || has(NGHTTP2_FLAG_END_STREAM) || !count(Flood::empty);
    case NGHTTP2_HEADERS:
      if (header.size == 0 && has(NGHTTP2_FLAG_PADDED)) return !cut(ResetCode::frame_size_error, "no pad length");
      is_in_head_ = true;
      is_in_block_ = !has(NGHTTP2_FLAG_END_HEADERS);
      continuations_ = 0;
      if (header.id != 0 && header.id <= newest_ && !find(header.id)) return may_be_closed(header);
      newest_ = std::max(newest_, header.id);
      return true;
    case NGHTTP2_CONTINUATION:
      if (++continuations_ > kMaxContinuations) {
        return !cut(ResetCode::enhance_your_calm, "a flood of CONTINUATION frames");
      }
      is_in_block_ = !has(NGHTTP2_FLAG_END_HEADERS);
      return header.size > 0 || !count(Flood::empty);
    case NGHTTP2_SETTINGS:
      return has(NGHTTP2_FLAG_ACK) || !count(Flood::settings);
    case NGHTTP2_PING:
      return !count(Flood::ping);
    case NGHTTP2_PRIORITY:
      if (is_in_block_) return true;  // nghttp2 refuses the frame
      // RFC 7540 §5.3.1. Such priorities are ignored (RFC 9113 §5.3.2), but the frame must still be valid.
      if (header.id == 0) return !cut(ResetCode::protocol_error, "PRIORITY on stream 0");
      if (header.id == header.depends_on) return !cut(ResetCode::protocol_error, "PRIORITY that depends on itself");
      return !count(Flood::priority);
    case NGHTTP2_PRIORITY_UPDATE:
      if (is_in_block_) return true;                                                     // nghttp2 refuses the frame
      if (header.size >= H2FrameScan::kPriorityUpdateSize && header.prioritized == 0) {  // RFC 9218 §7.1
        return !cut(ResetCode::protocol_error, "PRIORITY_UPDATE of stream 0");
      }
      return !count(Flood::priority);
    case NGHTTP2_WINDOW_UPDATE:
      return !count(Flood::window_update);
    case NGHTTP2_RST_STREAM:  // counted when nghttp2 has read all earlier frames: reset_read()
    case NGHTTP2_PUSH_PROMISE:
    case NGHTTP2_GOAWAY:
      return true;
    default:
      return !count(Flood::unknown);
  }
}

// RFC 9113 §5.1: a frame on a closed stream is a connection error, unless the client may have sent it before it
// received our RST_STREAM.
bool H2Codec::may_be_closed(const H2FrameHeader& header) {
  const std::uint32_t id = header.id;
  if (id % 2 == 0 || closed_streams_.is_idle(id)) return true;
  if (closed_streams_.was_reset_by_us(id)) {
    const bool is_late_flood = header.type == NGHTTP2_DATA && !closed_streams_.takes_late(header.size);
    return !is_late_flood || !cut(ResetCode::enhance_your_calm, "a flood of DATA on streams that were reset");
  }
  if (closed_streams_.was_left_out(id) && header.type == NGHTTP2_HEADERS) {
    return !cut(ResetCode::protocol_error, "HEADERS on stream " + std::to_string(id) + ", below an earlier one");
  }
  return !cut(ResetCode::stream_closed, "a frame on the closed stream " + std::to_string(id));
}

int H2Codec::count(H2FloodGuard::Kind kind) {
  const char* const flood = floods_.count(kind);
  return flood ? cut(ResetCode::enhance_your_calm, flood) : kGoOn;
}

// Called before nghttp2 closes the stream. When the codec has no such stream, the stream was closed before.
int H2Codec::reset_read(std::uint32_t id) {
  const H2Stream* const stream = find(id);
  if (stream && stream->closing != H2Stream::Closing::lingering && now_ - stream->begun >= kEarlyReset) {
    floods_.stream_ran();
    return kGoOn;
  }
  return count_early_reset();
}

int H2Codec::count_early_reset() {
  const char* const flood = floods_.count_early_reset();
  return flood ? cut(ResetCode::enhance_your_calm, flood) : kGoOn;
}

int H2Codec::cut(ResetCode code, std::string why) {
  if (!is_cut()) goodbye_ = Goodbye::cut;
  why_ = std::move(why);
  nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(code));
  return kStop;
}

int H2Codec::request_read(std::uint32_t id, bool is_last) {
  closed_streams_.opened(id);
  const auto request = reader_.finish_request();
  if (!request && request.error().code == Code::bad_request) {
    wire_.reset(id, ResetCode::protocol_error);
    closed_streams_.reset_by_us(id);
    return count(H2FloodGuard::Kind::malformed);
  }
  H2Stream& stream = begin_stream(id);
  if (is_last) stream.request = H2Stream::Request::ended;
  if (!request) {
    refuse(stream, request.error());
    return kGoOn;
  }
  stream.kind = request->kind;
  stream.expects_continue = request->expects_continue;
  if (request->kind == Kind::web_socket) {
    begin_socket(stream);
    if (is_last && find(id)) socket_gone(stream);
    return kGoOn;
  }
  if (request->expects_continue && !is_last) stream.request = H2Stream::Request::awaits_continue;
  stream.is_grpc = !is_last && reader_.is_grpc();
  stream.terms = events_->head(id, reader_.head(), is_last ? Last::yes : Last::no, Kind::request);
  if (!is_last) return kGoOn;
  Head no_trailers;
  if (!stream.is_over) events_->end(id, no_trailers);
  return kGoOn;
}

void H2Codec::begin_socket(H2Stream& stream) {
  auto handshake = read_ws_connect(reader_.head());
  if (!handshake) return refuse(stream, handshake.error());
  sockets_.open(stream, std::move(*handshake));
  stream.terms = events_->head(stream.id, reader_.head(), Last::no, Kind::web_socket);
}

// The client ended its side of the stream: it wants no WebSocket any more, or has lost it.
void H2Codec::socket_gone(H2Stream& stream) {
  if (sockets_.input_ended(stream, *events_) || !stream.end_events()) return;
  events_->reset(stream.id, {Fault::client, Code::cancelled, false, "WebSocket: the client closed"});
  wire_.reset(stream.id, ResetCode::cancel);
}

int H2Codec::trailers_read(std::uint32_t id) {
  H2Stream* const stream = find(id);
  if (!stream) return kGoOn;
  stream->request = H2Stream::Request::ended;
  if (stream->kind == Kind::web_socket) {
    socket_gone(*stream);
    return kGoOn;
  }
  if (stream->is_over) return kGoOn;
  if (auto good = reader_.finish_trailers(); !good) {
    refuse(*stream, good.error());
    return kGoOn;
  }
  events_->end(id, reader_.head());
  return kGoOn;
}

int H2Codec::data_read(std::uint32_t id, Bytes bytes) {
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  H2Stream* const stream = find(id);
  if (stream && stream->socket) {
    sockets_.read(*stream, bytes, *events_);
    return kGoOn;
  }
  if (!stream || stream->is_over || stream->kind == Kind::web_socket) return kGoOn;
  stream->request = H2Stream::Request::open;
  stream->unsent_for = {};
  stream->received += bytes.size();
  stream->window -= std::min<std::uint64_t>(stream->window, bytes.size());
  stream->body_pace.moved(bytes.size(), least_body_rate(stream->terms));
  if (stream->window == 0) stream->body_pace.begin();  // the client has used its window up: it is not slow
  if (const std::uint64_t most = stream->terms.max_body; most != 0 && stream->received > most) {
    refuse(*stream, {Fault::client, Code::content_too_large, false, "a body of over " + std::to_string(most)});
    return kGoOn;
  }
  events_->data(id, bytes);
  return kGoOn;
}

// Padding counts towards the window (RFC 9113 §6.1), and no worker gives credit for it.
void H2Codec::give_back(std::uint32_t id, std::size_t padding) {
  if (find(id)) wire_.open_window(id, static_cast<std::uint32_t>(padding));
}

void H2Codec::request_ended(std::uint32_t id) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  stream->request = H2Stream::Request::ended;
  if (stream->kind == Kind::web_socket) return socket_gone(*stream);
  Head no_trailers;
  if (!stream->is_over) events_->end(id, no_trailers);
}

RefusedRequest H2Codec::refused() const {
  const Head& head = reader_.head();
  return {head.method(), head.path(), head.find("accept").value_or("")};
}

// The session may answer with an error reply.
void H2Codec::refuse(H2Stream& stream, const Error& error) { events_->reset(stream.id, error); }

void H2Codec::stream_closed(std::uint32_t id, ResetCode code) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  floods_.earned_window_updates();
  const bool must_tell = stream->end_events();
  forget(*stream);
  if (must_tell && events_)
    events_->reset(id, client_gone("stream " + std::to_string(id) + " closed: " + code_text(code)));
}

void H2Codec::ping_answered() {
  if (goodbye_ != Goodbye::draining) return;
  goodbye_ = Goodbye::leaving;
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_.get()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

}  // namespace zeroway
