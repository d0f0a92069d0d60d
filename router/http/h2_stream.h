// One request of an HTTP/2 connection: how far both directions are, and the bytes of the reply that wait for the
// client's window.
//
// Owner: H2Codec, which uses it again for later requests.   Thread: the connection's loop.
// At most kStreamWindow bytes wait: whoever says data() has credit for it, and gets more only as they leave.
// Not here: frames and windows (nghttp2).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "proto/head.h"
#include "proto/limits.h"
#include "router/http/h2_head_reader.h"
#include "router/http/h2_held.h"
#include "router/http/h2_web_socket.h"
#include "router/http/limits.h"
#include "router/http/pace.h"

namespace zeroway {

struct H2Stream {
  void begin(std::uint32_t new_id, Time now) {
    id = new_id;
    begun = now;
    request = {};
    held.clear();
    if (!trailers.is_empty()) trailers = Head();
    reply_head.clear();
    socket.reset();
    received = 0;
    window = kOpeningWindow;
    unread_for = unsent_for = {};
    body_pace.begin();
    send_pace.begin();
    is_grpc = is_over = has_request_ended = has_reply_head = has_reply_ended = is_deferred = awaits_continue =
        is_reset = is_lingering = is_head_held = false;
  }

  std::uint32_t id = 0;
  Time begun{};
  std::size_t place = 0;  // among the open ones
  H2Request request;
  H2Held held;
  std::unique_ptr<H2WebSocket> socket;  // only on an extended CONNECT
  Head reply_head, trailers;            // while they wait
  std::uint64_t received = 0;           // of the request's body
  std::uint64_t window = 0;             // of it the client may still send
  Millis unread_for{}, unsent_for{};    // nothing of the reply left, or of the request came, though it could
  Pace body_pace, send_pace;
  bool is_grpc = false;  // a call: may have little to say
  bool is_over = false;  // the session was told, or said, the last word
  bool has_request_ended = false;
  bool has_reply_head = false;
  bool has_reply_ended = false;  // said, perhaps not sent
  bool is_head_held = false;     // nghttp2 was not given it
  bool is_deferred = false;      // nghttp2 waits to be told that there is more
  bool awaits_continue = false;
  bool is_reset = false;      // by us
  bool is_lingering = false;  // the reply is sent, the request is not complete
};

}  // namespace zeroway
