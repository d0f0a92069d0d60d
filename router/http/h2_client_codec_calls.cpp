// The callbacks of nghttp2 in the client role, and the session that calls them.
#include <algorithm>
#include <array>
#include <new>

#include "proto/limits.h"
#include "router/http/h2_client_codec.h"
#include "router/http/h2_client_stream.h"
#include "router/http/h2_nghttp2.h"
#include "router/http/limits.h"

namespace zeroway {

// In each callback, `user` is the codec.
struct H2ClientCodec::Calls {
  static H2ClientCodec& codec(void* user) { return *static_cast<H2ClientCodec*>(user); }
  static std::uint32_t id(const nghttp2_frame_hd& header) { return static_cast<std::uint32_t>(header.stream_id); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame*, void* user) {
    codec(user).head_.clear();
    return kGoOn;
  }

  // A field too many makes nghttp2 reset the stream.
  static int header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    H2ClientCodec& self = codec(user);
    self.head_.add(text_of(name, name_size), trimmed(text_of(value, value_size)));
    const HttpLimits& limits = self.settings_.limits;
    const bool is_too_large = self.head_.list_size() > limits.max_head || self.head_.size() > limits.max_fields + 1;
    return is_too_large ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : kGoOn;
  }

  // RFC 9113 §8.2.1: such a field makes the message malformed.
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int frame_read(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    H2ClientCodec& self = codec(user);
    const bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    H2ClientStream* const stream = self.find(id(frame->hd));
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        if (stream) self.head_read(*stream, is_last ? Last::yes : Last::no);
        return kGoOn;
      case NGHTTP2_DATA: {
        Head none;
        if (stream && is_last && !stream->is_done()) self.end_reply(*stream, none);
        return kGoOn;
      }
      case NGHTTP2_RST_STREAM:
        if (stream) stream->was_reset_by_origin = true;
        return kGoOn;
      case NGHTTP2_SETTINGS:
        self.has_settings_ = true;
        return kGoOn;
      default:
        return kGoOn;
    }
  }

  static int data_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size,
                        void* user) {
    codec(user).data_read(static_cast<std::uint32_t>(stream), {data, size});
    return kGoOn;
  }

  static int stream_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user) {
    codec(user).stream_closed(static_cast<std::uint32_t>(stream), static_cast<ResetCode>(code));
    return kGoOn;
  }

  static int before_send(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    H2ClientStream* const stream = codec(user).find(id(frame->hd));
    const bool is_request = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    if (stream && is_request) stream->head_at = codec(user).produced_;
    return kGoOn;
  }

  // A request that a GOAWAY has overtaken, or that was reset before it was sent.
  static int not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    const bool is_request = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    if (is_request) codec(user).stream_closed(id(frame->hd), ResetCode::refused_stream);
    return kGoOn;
  }

  static int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_GOAWAY || frame->goaway.error_code == NGHTTP2_NO_ERROR) return kGoOn;
    H2ClientCodec& self = codec(user);
    self.is_finished_ = true;
    const auto why = text_of(frame->goaway.opaque_data, frame->goaway.opaque_data_len);
    self.fail_all({Fault::backend, Code::backend_protocol, false,
                   "HTTP/2: " + code_text(static_cast<ResetCode>(frame->goaway.error_code)) + ": " + std::string(why)});
    return kGoOn;
  }

  // Says how many bytes the next DATA frame has. nghttp2 then calls send_data() for them.
  static ssize_t provide(nghttp2_session* session, std::int32_t stream_id, std::uint8_t*, std::size_t most,
                         std::uint32_t* flags, nghttp2_data_source* source, void*) {
    auto& stream = *static_cast<H2ClientStream*>(source->ptr);
    const std::size_t size = std::min(stream.held.size(), most);
    const bool is_end = stream.request == H2ClientStream::Request::ended && size == stream.held.size();
    if (size == 0 && !is_end) {
      stream.request = H2ClientStream::Request::deferred;
      return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (is_end && !end_body(session, stream_id, stream.trailers, *flags)) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size,
                       nghttp2_data_source* source, void* user) {
    H2ClientCodec& self = codec(user);
    if (self.output_.size() >= kClientOutput) return NGHTTP2_ERR_WOULDBLOCK;
    auto& stream = *static_cast<H2ClientStream*>(source->ptr);
    self.output_.append(text_of(header, kFrameHeaderSize));
    stream.held.move_to(self.output_, size);
    self.produced_ += kFrameHeaderSize + size;
    if (size == 0) return kGoOn;
    if (stream.moved == 0) self.moved_.push_back(stream.id);
    stream.moved += size;
    return kGoOn;
  }

  static nghttp2_session* open(H2ClientCodec& self) {
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_option* option = nullptr;
    if (nghttp2_session_callbacks_new(&calls) != 0 || nghttp2_option_new(&option) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(calls, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(calls, header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(calls, invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, frame_read);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(calls, stream_close);
    nghttp2_session_callbacks_set_before_frame_send_callback(calls, before_send);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(calls, not_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(calls, frame_sent);
    nghttp2_session_callbacks_set_send_data_callback(calls, send_data);

    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_outbound_ack(option, kMaxQueuedAcks);
    nghttp2_option_set_max_continuations(option, kMaxContinuationReads);
    nghttp2_option_set_max_settings(option, kMaxSettingsEntries);
    nghttp2_option_set_peer_max_concurrent_streams(option, kUnknownStreams);
    nghttp2_option_set_max_send_header_block_length(option, 4 * kMaxHeadSize);

    nghttp2_session* session = nullptr;
    const int failed = nghttp2_session_client_new2(&session, calls, &self, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(calls);
    if (failed != 0) throw std::bad_alloc();

    const std::array<nghttp2_settings_entry, 3> settings{{
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kFirstReplyWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(self.settings_.limits.max_head)},
    }};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
    return session;
  }
};

void H2ClientCodec::SessionEnd::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

nghttp2_session* H2ClientCodec::open_session() { return Calls::open(*this); }

std::int32_t H2ClientCodec::submit(const Head& head, H2ClientStream* body) {
  const H2Fields fields(head);
  nghttp2_data_provider provider{{.ptr = body}, Calls::provide};
  return nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(), body ? &provider : nullptr,
                                nullptr);
}

}  // namespace zeroway
