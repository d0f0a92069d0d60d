// The callbacks of nghttp2, and the session that calls them.

#include <array>
#include <new>

#include "proto/limits.h"
#include "router/http/h2_codec.h"
#include "router/http/h2_nghttp2.h"
#include "router/http/limits.h"

namespace zeroway {

// In each callback, `user` is the codec.
struct H2Codec::Calls {
  static H2Codec& codec(void* user) { return *static_cast<H2Codec*>(user); }
  static std::uint32_t id(const nghttp2_frame_hd& header) { return static_cast<std::uint32_t>(header.stream_id); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool is_request = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    codec(user).growth_.begin(codec(user).given_);
    codec(user).reader_.begin(is_request ? H2HeadReader::Block::request : H2HeadReader::Block::trailers);
    return kGoOn;
  }

  static int header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    H2Codec& self = codec(user);
    if (self.reader_.field(text_of(name, name_size), text_of(value, value_size))) {
      self.must_check_growth_ = self.growth_.is_due(self.reader_.list_size());
      return self.must_check_growth_ ? NGHTTP2_ERR_PAUSE : kGoOn;
    }
    return self.cut(ResetCode::enhance_your_calm, "a head many times larger than allowed");
  }

  // RFC 9113 §8.2.1: such a field makes the message malformed.
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
      case NGHTTP2_RST_STREAM:
        return self.reset_read(id(frame->hd));
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

  // Says how many bytes the next DATA frame has. nghttp2 then calls send_data() for them.
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
    if (is_end && !end_body(session, stream_id, stream.trailers, *flags)) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size,
                       nghttp2_data_source* source, void* user) {
    H2Codec& self = codec(user);
    if (self.output_.size() >= self.room_) return NGHTTP2_ERR_WOULDBLOCK;
    auto& stream = *static_cast<H2Stream*>(source->ptr);
    self.output_.append(text_of(header, kFrameHeaderSize));
    stream.held.move_to(self.output_, size);
    if (size == 0) return kGoOn;
    if (size >= kDribble || stream.held.size() == 0) self.floods_.earned_window_updates();
    self.patience_.sent(stream, size);
    if (stream.socket) {
      self.sockets_.sent(stream, *self.events_);
    } else if (!stream.is_over) {
      self.events_->drained(stream.id, size);
    }
    return kGoOn;
  }

  static nghttp2_session* open(H2Codec& self) {
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
    // The codec counts these frames with all other frames. nghttp2 would count each read of a CONTINUATION as another
    // frame.
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
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, self.limits_.max_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kOpeningWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(self.limits_.max_head)},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},  // the priorities of RFC 9218 are honoured
    }};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
    return session;
  }
};

void H2Codec::SessionEnd::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

void H2Codec::submit_reply(H2Stream& stream, const H2Fields& fields, Last last) {
  nghttp2_data_provider provider{{.ptr = &stream}, Calls::provide};
  nghttp2_submit_response(session_.get(), static_cast<std::int32_t>(stream.id), fields.data(), fields.size(),
                          last == Last::yes ? nullptr : &provider);
}

nghttp2_session* H2Codec::open_session() { return Calls::open(*this); }

}  // namespace zeroway
