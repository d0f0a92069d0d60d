// The state of one HTTP/2 stream to an origin: how far request and reply are, and the bytes that wait for its windows.
//
//     request:  open ◀──data──▶ deferred ──end──▶ ended
//
// Owner: H2ClientCodec, until nghttp2 has closed the stream.   Thread: the connection's loop.
// At most kStreamWindow bytes are held: the caller of data() needs credit for them. Not here: frames, windows
// (nghttp2).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/h2_held.h"

namespace zeroway {

struct H2ClientStream {
  enum class Request : std::uint8_t { open, deferred, ended };  // deferred: nghttp2 asks for data only after a resume

  std::uint32_t id = 0;
  Request request = Request::open;
  H2Held held;                         // of the request's body
  Head trailers;                       // of the request
  std::uint64_t moved = 0;             // bytes of the body in the output whose credit is not told
  std::uint64_t head_at = UINT64_MAX;  // where the request's head begins in all output; UINT64_MAX: not made yet
  std::size_t interim_size = 0;        // of all interim heads of the reply
  std::optional<Error> failure;        // its reset is to be told
  bool has_reply_begun = false;
  bool is_over = false;  // end or reset was told, or came from the owner
  bool was_reset_by_origin = false;
  bool is_closed = false;  // for nghttp2; the object stays until the failure is told

  [[nodiscard]] bool is_done() const { return is_over || failure; }
};

}  // namespace zeroway
