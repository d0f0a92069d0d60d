// What H2Codec and its parts say to nghttp2 about a stream: one name for each frame.
//
// Owner: H2Codec; its parts keep a reference.   Thread: the connection's loop.
// Frames are submitted here, and sent by H2Codec::flush(). Not here: reading (h2_codec_reading.cpp), heads and bodies
// of replies (h2_codec_calls.cpp).
#pragma once
#include <cstdint>

#include "proto/error.h"
#include "router/http/h2_stream.h"

struct nghttp2_session;

namespace zeroway {

class H2Wire {
 public:
  // `session` outlives this object.
  explicit H2Wire(nghttp2_session* session) : session_(session) {}

  // Null for a stream that is closed or was never told to attach().
  [[nodiscard]] H2Stream* find(std::uint32_t id) const;
  void attach(H2Stream& stream);
  void detach(const H2Stream& stream);

  // RST_STREAM.
  void reset(std::uint32_t id, ResetCode code);
  // WINDOW_UPDATE of one stream.
  void open_window(std::uint32_t id, std::uint32_t bytes);
  // nghttp2 asks again for the stream's bytes.
  void resume(H2Stream& stream);

  // No byte may leave: of the stream, of the whole connection.
  [[nodiscard]] bool is_window_closed(std::uint32_t id) const;
  [[nodiscard]] bool is_window_closed() const;

 private:
  nghttp2_session* session_;
};

}  // namespace zeroway
