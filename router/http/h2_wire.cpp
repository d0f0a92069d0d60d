#include "router/http/h2_wire.h"

#include <nghttp2/nghttp2.h>

#include <utility>

namespace zeroway {

namespace {

std::int32_t signed_id(std::uint32_t id) { return static_cast<std::int32_t>(id); }

}  // namespace

H2Stream* H2Wire::find(std::uint32_t id) const {
  return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session_, signed_id(id)));
}

void H2Wire::attach(H2Stream& stream) { nghttp2_session_set_stream_user_data(session_, signed_id(stream.id), &stream); }

void H2Wire::detach(const H2Stream& stream) {
  nghttp2_session_set_stream_user_data(session_, signed_id(stream.id), nullptr);
}

void H2Wire::reset(std::uint32_t id, ResetCode code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, signed_id(id), static_cast<std::uint32_t>(code));
}

void H2Wire::open_window(std::uint32_t id, std::uint32_t bytes) {
  nghttp2_submit_window_update(session_, NGHTTP2_FLAG_NONE, signed_id(id), static_cast<std::int32_t>(bytes));
}

void H2Wire::resume(H2Stream& stream) {
  if (!std::exchange(stream.is_deferred, false)) return;
  nghttp2_session_resume_data(session_, signed_id(stream.id));
}

bool H2Wire::is_window_closed(std::uint32_t id) const {
  return nghttp2_session_get_stream_remote_window_size(session_, signed_id(id)) <= 0;
}

bool H2Wire::is_window_closed() const { return nghttp2_session_get_remote_window_size(session_) <= 0; }

}  // namespace zeroway
