#include "router/http/h2_codec.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "router/http/limits.h"

namespace zeroway {

namespace {

constexpr int kGoOn = 0;
constexpr int kStop = NGHTTP2_ERR_CALLBACK_FAILURE;
constexpr std::size_t kUsualFields = 32;  // of a reply's head: more need memory

std::uint8_t* as_nghttp2(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // it only reads
}

// nghttp2 copies what it is given.
class Fields {
 public:
  explicit Fields(const Head& head) {
    nghttp2_nv* at = few_.data();
    if (head.size() > few_.size()) {
      many_.resize(head.size());
      at = many_.data();
    }
    data_ = at;
    size_ = head.size();
    for (const Field field : head) {
      *at++ = {as_nghttp2(field.name), as_nghttp2(field.value), field.name.size(), field.value.size(),
               NGHTTP2_NV_FLAG_NONE};
    }
  }
  [[nodiscard]] const nghttp2_nv* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<nghttp2_nv, kUsualFields> few_;
  std::vector<nghttp2_nv> many_;
  const nghttp2_nv* data_ = nullptr;
  std::size_t size_ = 0;
};

ResetCode reset_code(const Error& error) {
  if (error.code == Code::cancelled) return ResetCode::cancel;
  if (error.code == Code::draining) return ResetCode::refused_stream;
  return error.fault == Fault::client ? ResetCode::protocol_error : ResetCode::internal_error;
}

Error gone(std::string detail) { return {Fault::client, Code::cancelled, false, std::move(detail)}; }

std::string code_text(ResetCode code) { return nghttp2_http2_strerror(static_cast<std::uint32_t>(code)); }

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

// What nghttp2 calls. `user` is the codec.
struct H2Calls {
  static H2Codec& codec(void* user) { return *static_cast<H2Codec*>(user); }
  static std::uint32_t id(const nghttp2_frame_hd& header) { return static_cast<std::uint32_t>(header.stream_id); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool is_request = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    codec(user).reader_.begin(is_request ? H2HeadReader::Block::request : H2HeadReader::Block::trailers);
    return kGoOn;
  }

  static int header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    H2Codec& self = codec(user);
    if (self.reader_.field(text_of(name, name_size), text_of(value, value_size))) return kGoOn;
    return self.cut(ResetCode::enhance_your_calm, "a head many times larger than allowed");
  }

  // RFC 9113 §8.2.1: makes the message malformed.
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int error, void* user) {
    H2Codec& self = codec(user);
    if (frame->hd.type == NGHTTP2_HEADERS) {
      self.is_in_head_ = false;
      self.closed_streams_.opened(id(frame->hd));
      self.closed_streams_.reset_by_us(id(frame->hd));
    }
    const bool is_refused = error == NGHTTP2_ERR_REFUSED_STREAM;
    return self.count(is_refused ? H2FloodGuard::Kind::reset : H2FloodGuard::Kind::malformed);
  }

  static int frame_read(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    H2Codec& self = codec(user);
    const bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        self.is_in_head_ = false;
        if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) return self.request_read(id(frame->hd), is_last);
        return self.trailers_read(id(frame->hd));
      case NGHTTP2_DATA:
        if (frame->data.padlen > 0 && !is_last) self.give_back(id(frame->hd), frame->data.padlen);
        if (is_last) self.request_ended(id(frame->hd));
        return kGoOn;
      case NGHTTP2_SETTINGS:
        self.has_settings_ = true;
        return kGoOn;
      case NGHTTP2_PING:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) self.ping_answered();
        return kGoOn;
      default:
        return kGoOn;
    }
  }

  static int data_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size,
                        void* user) {
    return codec(user).data_read(static_cast<std::uint32_t>(stream), {data, size});
  }

  static int stream_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user) {
    codec(user).stream_closed(static_cast<std::uint32_t>(stream), static_cast<ResetCode>(code));
    return kGoOn;
  }

  static int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    H2Codec& self = codec(user);
    const bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
      case NGHTTP2_DATA:
        if (is_last) self.reply_sent(id(frame->hd));
        break;
      case NGHTTP2_HEADERS:
        if (is_last) self.reply_sent(id(frame->hd));
        break;
      case NGHTTP2_RST_STREAM:
        self.closed_streams_.reset_by_us(id(frame->hd));
        break;
      case NGHTTP2_GOAWAY:
        self.said_goodbye(static_cast<ResetCode>(frame->goaway.error_code),
                          text_of(frame->goaway.opaque_data, frame->goaway.opaque_data_len));
        break;
      default:
        break;
    }
    return kGoOn;
  }

  // How much of the next DATA frame is there.
  static ssize_t provide(nghttp2_session* session, std::int32_t stream_id, std::uint8_t*, std::size_t most,
                         std::uint32_t* flags, nghttp2_data_source* source, void* user) {
    auto& stream = *static_cast<H2Stream*>(source->ptr);
    bool is_end = false;
    const std::size_t size = codec(user).provide(stream, most, is_end);
    if (size == 0 && !is_end) {
      stream.is_deferred = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (!is_end) return static_cast<ssize_t>(size);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream.trailers.is_empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const Fields fields(stream.trailers);
      if (nghttp2_submit_trailer(session, stream_id, fields.data(), fields.size()) != 0) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
      }
    }
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size,
                       nghttp2_data_source* source, void* user) {
    H2Codec& self = codec(user);
    if (self.output_.size() >= self.room_) return NGHTTP2_ERR_WOULDBLOCK;
    constexpr std::size_t kHeaderSize = 9;
    auto& stream = *static_cast<H2Stream*>(source->ptr);
    self.output_.append(text_of(header, kHeaderSize));
    stream.held.move_to(self.output_, size);
    if (size == 0) return kGoOn;
    if (size >= kDribble || stream.held.size() == 0) self.floods_.sent_data();
    stream.unread_for = {};
    if (stream.socket) {
      self.pay_socket(stream);
      self.open_socket_window(stream);
      return kGoOn;
    }
    if (!stream.is_over) self.events_->drained(stream.id, size);
    return kGoOn;
  }

  static nghttp2_session* open(H2Codec& self, const HttpLimits& limits) {
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_option* option = nullptr;
    if (nghttp2_session_callbacks_new(&calls) != 0 || nghttp2_option_new(&option) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(calls, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(calls, header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(calls, invalid_header);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(calls, invalid_frame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, frame_read);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(calls, stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(calls, frame_sent);
    nghttp2_session_callbacks_set_send_data_callback(calls, send_data);

    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_outbound_ack(option, kMaxQueuedAcks);
    nghttp2_option_set_max_settings(option, kMaxSettingsEntries);
    // Both are counted here, with everything else; nghttp2 takes each read for another CONTINUATION.
    nghttp2_option_set_max_continuations(option, SIZE_MAX);
    nghttp2_option_set_max_send_header_block_length(option, 4 * kMaxHeadSize);
    nghttp2_option_set_stream_reset_rate_limit(option, UINT32_MAX, UINT32_MAX);
    nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);

    nghttp2_session* session = nullptr;
    const int failed = nghttp2_session_server_new2(&session, calls, &self, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(calls);
    if (failed != 0) throw std::bad_alloc();

    const std::array<nghttp2_settings_entry, 5> settings{{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.max_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kOpeningWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.max_head)},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, self.web_sockets_ ? 1U : 0U},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},  // RFC 9218's are honoured
    }};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
    return session;
  }
};

void H2Codec::SessionEnd::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

H2Codec::H2Codec(const HttpLimits& limits, std::string_view scheme, const WebSocketSettings* web_sockets)
    : limits_(limits), web_sockets_(web_sockets), session_(H2Calls::open(*this, limits)), reader_(limits, scheme) {}

H2Codec::~H2Codec() = default;

// --- what comes in

std::size_t H2Codec::read(Bytes input, CodecEvents& events) {
  events_ = &events;
  Bytes rest = input;
  Bytes known = input.first(0);  // looked at, not given to nghttp2 yet: fewer calls
  while (!rest.empty() && !is_closed_ && !is_cut_) {
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
    if (is_cut_ || !look_at(*header)) break;
    if (is_whole) {
      known = {known.empty() ? begin : known.data(), known.size() + taken};
    } else {
      give(scan_.bytes());  // its beginning came earlier
      known = rest.first(0);
    }
  }
  give(known);
  events_ = nullptr;
  return input.size();
}

void H2Codec::give(Bytes bytes) {
  if (bytes.empty() || is_cut_) return;
  const ssize_t taken = nghttp2_session_mem_recv(session_.get(), bytes.data(), bytes.size());
  if (taken >= 0 || is_cut_) return;
  const auto code = taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? ResetCode::protocol_error : ResetCode::enhance_your_calm;
  static_cast<void>(cut(code, nghttp2_strerror(static_cast<int>(taken))));
}

// Whether what comes before it must have been read, to know what to do with it.
bool H2Codec::needs_streams(const H2FrameHeader& header) const {
  return header.type == NGHTTP2_DATA || (header.type == NGHTTP2_HEADERS && header.id <= newest_);
}

// False when the connection ends here.
bool H2Codec::look_at(const H2FrameHeader& header) {
  using Kind = H2FloodGuard::Kind;
  const auto has = [&](std::uint8_t flag) { return (header.flags & flag) != 0; };
  switch (header.type) {
    case NGHTTP2_DATA:
      if (header.size == 0 && has(NGHTTP2_FLAG_PADDED)) return !cut(ResetCode::frame_size_error, "no pad length");
      if (header.id != 0 && !find(header.id)) return may_be_closed(header);
      return header.size > 0 || has(NGHTTP2_FLAG_END_STREAM) || !count(Kind::empty);
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
      return header.size > 0 || !count(Kind::empty);
    case NGHTTP2_SETTINGS:
      return has(NGHTTP2_FLAG_ACK) || !count(Kind::settings);
    case NGHTTP2_PING:
      return !count(Kind::ping);
    case NGHTTP2_RST_STREAM:
      return !count(Kind::reset);
    case NGHTTP2_PRIORITY:
      if (is_in_block_) return true;  // which nghttp2 refuses
      // RFC 7540 §5.3.1; what it says is not honoured any more (RFC 9113 §5.3.2), but may still be wrong.
      if (header.id == 0) return !cut(ResetCode::protocol_error, "PRIORITY on stream 0");
      if (header.id == header.depends_on) return !cut(ResetCode::protocol_error, "PRIORITY that depends on itself");
      return !count(Kind::priority);
    case NGHTTP2_PRIORITY_UPDATE:
      return !count(Kind::priority);
    case NGHTTP2_WINDOW_UPDATE:
      return !count(Kind::window_update);
    case NGHTTP2_PUSH_PROMISE:
    case NGHTTP2_GOAWAY:
      return true;
    default:
      return !count(Kind::unknown);
  }
}

// RFC 9113 §5.1, closed: a connection error, but for what the client may have sent before it heard of our RST_STREAM.
bool H2Codec::may_be_closed(const H2FrameHeader& header) {
  const std::uint32_t id = header.id;
  if (id % 2 == 0 || closed_streams_.is_idle(id) || closed_streams_.was_reset_by_us(id)) return true;
  if (closed_streams_.was_left_out(id) && header.type == NGHTTP2_HEADERS) {
    return !cut(ResetCode::protocol_error, "HEADERS on stream " + std::to_string(id) + ", below an earlier one");
  }
  return !cut(ResetCode::stream_closed, "a frame on the closed stream " + std::to_string(id));
}

int H2Codec::count(H2FloodGuard::Kind kind) {
  const char* const flood = floods_.count(kind);
  return flood ? cut(ResetCode::enhance_your_calm, flood) : kGoOn;
}

int H2Codec::cut(ResetCode code, std::string why) {
  is_cut_ = true;
  why_ = std::move(why);
  nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(code));
  return kStop;
}

int H2Codec::request_read(std::uint32_t id, bool is_last) {
  closed_streams_.opened(id);
  const auto request = reader_.finish_request();
  if (!request && request.error().code == Code::bad_request) {
    say_reset(id, ResetCode::protocol_error);
    closed_streams_.reset_by_us(id);
    return count(H2FloodGuard::Kind::malformed);
  }
  H2Stream& stream = begin_stream(id);
  stream.has_request_ended = is_last;
  stream.request.is_head_method = reader_.method() == "HEAD";
  if (!request) {
    refuse(stream, request.error());
    return kGoOn;
  }
  stream.request = *request;
  if (request->is_websocket) {
    begin_socket(stream);
    if (is_last && find(id)) socket_gone(stream);
    return kGoOn;
  }
  stream.awaits_continue = request->expects_continue && !is_last;
  events_->head(id, reader_.head(), is_last ? Last::yes : Last::no);
  if (!is_last) return kGoOn;
  Head no_trailers;
  if (!stream.is_over) events_->end(id, no_trailers);
  return kGoOn;
}

int H2Codec::trailers_read(std::uint32_t id) {
  H2Stream* const stream = find(id);
  if (!stream) return kGoOn;
  stream->has_request_ended = true;
  if (stream->request.is_websocket) {
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
    read_socket(*stream, bytes);
    return kGoOn;
  }
  if (!stream || stream->is_over || stream->request.is_websocket) return kGoOn;
  stream->awaits_continue = false;
  stream->unsent_for = {};
  stream->received += bytes.size();
  stream->window -= std::min<std::uint64_t>(stream->window, bytes.size());
  if (limits_.max_body != 0 && stream->received > limits_.max_body) {
    refuse(*stream,
           {Fault::client, Code::content_too_large, false, "a body of over " + std::to_string(limits_.max_body)});
    return kGoOn;
  }
  events_->data(id, bytes);
  return kGoOn;
}

// Padding takes window, and no worker will credit it (RFC 9113 §6.1).
void H2Codec::give_back(std::uint32_t id, std::size_t padding) {
  const auto size = static_cast<std::int32_t>(padding);
  if (find(id)) nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id), size);
}

void H2Codec::request_ended(std::uint32_t id) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  stream->has_request_ended = true;
  if (stream->request.is_websocket) return socket_gone(*stream);
  Head no_trailers;
  if (!stream->is_over) events_->end(id, no_trailers);
}

// The stream still takes an error reply.
void H2Codec::refuse(H2Stream& stream, const Error& error) { events_->reset(stream.id, error); }

void H2Codec::stream_closed(std::uint32_t id, ResetCode code) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  const bool was_over = std::exchange(stream->is_over, true);
  forget(*stream);
  if (!was_over && events_) events_->reset(id, gone("stream " + std::to_string(id) + " closed: " + code_text(code)));
}

void H2Codec::ping_answered() {
  if (!is_draining_ || std::exchange(is_leaving_, true)) return;
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_.get()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

void H2Codec::input_ended(CodecEvents& events) {
  is_closed_ = true;
  for (const auto& stream : open_) {
    if (!std::exchange(stream->is_over, true)) events.reset(stream->id, gone("the client closed"));
  }
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

Time H2Codec::tick(Time now, CodecEvents& events) {
  const bool must_look = now >= last_look_ + kLookInterval;
  if (!must_look && sockets_ == 0) return last_look_ + kLookInterval;
  events_ = &events;
  bool has_acted = false;
  Millis passed{};
  if (must_look) {
    // After a pause without streams everything is new.
    passed = std::min(std::chrono::duration_cast<Millis>(now - last_look_), 2 * kLookInterval);
    last_look_ = now;
    floods_.passed(passed);
    for (std::size_t index = 0; index < open_.size() && !is_cut_; ++index) {
      has_acted |= look_at(*open_[index], passed);
    }
  }
  Time next = last_look_ + kLookInterval;
  if (sockets_ > 0) {
    next = std::min(next, tick_sockets(now, passed));
    has_acted = true;
  }
  events_ = nullptr;
  if (has_acted) flush(kMaxFramePayload, events);
  return next;
}

// True when it was reset, or refused.
bool H2Codec::look_at(H2Stream& stream, Millis passed) {
  if (stream.is_reset) return false;
  if (stream.is_lingering) {
    stream.is_reset = true;
    say_reset(stream.id, ResetCode::no_error);
    return true;
  }
  if (stream.held.size() > 0) {
    stream.unread_for += passed;
    if (stream.unread_for < limits_.send_timeout) return false;
    stream.is_reset = true;
    say_reset(stream.id, ResetCode::cancel);
    if (!std::exchange(stream.is_over, true)) events_->reset(stream.id, gone("the client does not read"));
    count_stall("streams that stand still: the client does not read");
    return true;
  }
  if (stream.has_request_ended || stream.is_over || stream.window == 0 || stream.request.is_websocket) return false;
  stream.unsent_for += passed;
  if (stream.unsent_for < limits_.body_timeout) return false;
  refuse(stream, {Fault::client, Code::request_timeout, false, "the client took too long"});
  count_stall("streams that stand still: the client sends nothing");
  return true;
}

void H2Codec::count_stall(const char* why) {
  if (floods_.count_stall() && !is_cut_) static_cast<void>(cut(ResetCode::enhance_your_calm, why));
}

// --- what goes out

void H2Codec::head(CodecStream id, Head& head, Last last) {
  H2Stream* const stream = find(id);
  if (!stream || stream->has_reply_head || stream->has_reply_ended) return;
  const auto number = static_cast<std::int32_t>(id);
  const int status = head.status();
  if (stream->socket && status == 200) {
    accept_socket(*stream, head);
  } else if (stream->socket && status > 200) {
    drop_socket(*stream);
  }
  const Fields fields(head);
  if (status < 200) {
    if (status == 101 || (status == 100 && stream->request.expects_continue && !stream->awaits_continue)) return;
    if (status == 100) stream->awaits_continue = false;
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, number, nullptr, fields.data(), fields.size(), nullptr);
    return;
  }
  stream->has_reply_head = true;
  stream->has_reply_ended = last == Last::yes;
  nghttp2_data_provider provider{{.ptr = stream}, H2Calls::provide};
  nghttp2_submit_response(session_.get(), number, fields.data(), fields.size(),
                          last == Last::yes ? nullptr : &provider);
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
  if (stream->socket && stream->socket->codec) {
    stream->socket->codec->end(trailers);
    return settle_socket(*stream);
  }
  if (!stream->has_reply_head) return say_reset(id, ResetCode::internal_error);
  if (std::exchange(stream->has_reply_ended, true)) return;
  if (!trailers.is_empty()) std::swap(stream->trailers, trailers);
  resume(*stream);
}

void H2Codec::reset(CodecStream id, const Error& error) {
  H2Stream* const stream = find(id);
  if (!stream) return;
  if (stream->socket && stream->socket->codec) {
    stream->is_over = true;
    stream->socket->codec->reset(error);
    return settle_socket(*stream);
  }
  stream->is_over = stream->is_reset = true;  // what is held goes when the stream does: a frame of it may be begun
  say_reset(id, reset_code(error));
}

void H2Codec::credit(CodecStream id, std::uint32_t bytes) {
  H2Stream* const stream = find(id);
  if (stream && stream->socket) {
    stream->socket->is_taken = true;
    stream->window += bytes;
    if (stream->socket->codec) stream->socket->codec->credit(bytes);
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

void H2Codec::drain() {
  if (std::exchange(is_draining_, true)) return;
  nghttp2_submit_shutdown_notice(session_.get());
  for (const auto& stream : open_) {
    if (!stream->socket || !stream->socket->codec) continue;
    stream->socket->codec->drain();
    settle_socket(*stream);
  }
}

bool H2Codec::flush(std::size_t room, CodecEvents& events) {
  if (is_closed_) return false;
  events_ = &events;
  if (!woken_.empty()) serve_sockets();
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
  if (size < 0 || is_done || (is_cut_ && !has_more)) is_closed_ = true;
  return has_more && !is_closed_;
}

std::size_t H2Codec::provide(H2Stream& stream, std::size_t most, bool& is_end) {
  const std::size_t size = std::min(stream.held.size(), most);
  is_end = stream.has_reply_ended && size == stream.held.size();
  return size;
}

void H2Codec::reply_sent(std::uint32_t id) {
  H2Stream* const stream = find(id);
  if (!stream || stream->has_request_ended) return;
  // RFC 9113 §8.1: an answer that needs no more of the request. Not at once: curl before 8 forgets the reply when this
  // comes in the same read, and most clients end their request by themselves.
  stream->is_lingering = true;
  if (++lingering_ > kMaxLingeringStreams) say_reset(id, ResetCode::no_error);
}

void H2Codec::said_goodbye(ResetCode code, std::string_view reason) {
  // Only now: nghttp2 would let it overtake.
  if (is_draining_ && !is_leaving_) nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  if (code == ResetCode::no_error || std::exchange(was_told_broken_, true)) return;
  is_cut_ = true;
  std::string detail = code_text(code) + ": ";
  detail += why_.empty() ? reason : std::string_view(why_);
  for (const auto& stream : open_) stream->is_over = true;
  events_->broken({Fault::client, Code::bad_request, false, std::move(detail)});
}

CodecPhase H2Codec::phase() const {
  if (is_closed_) return CodecPhase::closed;
  if (!has_settings_ || is_in_head_) return CodecPhase::head;
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
  stream.begin(id);
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
