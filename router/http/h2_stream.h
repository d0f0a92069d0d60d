// The state of one HTTP/2 stream: how far request and reply are, and the bytes of the reply that wait for the client's
// flow-control window.
//
// Owner: H2Codec, which uses the object again for later streams.   Thread: the connection's loop.
// At most kStreamWindow bytes wait: the caller of data() needs credit for them, and gets new credit when they have
// left. Not here: frames and windows (nghttp2).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "proto/head.h"
#include "proto/limits.h"
#include "router/http/h2_head_reader.h"
#include "router/http/h2_held.h"
#include "router/http/h2_web_socket.h"
#include "router/http/limits.h"
#include "router/http/pace.h"
#include "router/settings/terms.h"

namespace zeroway {

struct H2Stream {
  void begin(std::uint32_t new_id, Time now) {
    id = new_id;
    begun = now;
    request = {};
    terms = {};
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

  // From now on the session is told nothing of the stream. False when that was so before.
  bool end_events() {
    if (socket) socket->stream.forget();
    return !std::exchange(is_over, true);
  }

  std::uint32_t id = 0;
  Time begun{};
  std::size_t place = 0;  // index in H2Codec's list of open streams
  H2Request request;
  RequestTerms terms;
  H2Held held;
  std::unique_ptr<H2WebSocket> socket;  // only on an extended CONNECT
  Head reply_head, trailers;            // those that were not given to nghttp2 yet
  std::uint64_t received = 0;           // bytes of the request's body so far
  std::uint64_t window = 0;             // bytes of the request's body that the client may still send
  Millis unread_for{};                  // how long no byte of the held reply could leave: the client's window is closed
  Millis unsent_for{};                  // how long no byte of the request's body came, though its window is open
  Pace body_pace, send_pace;
  bool is_grpc = false;  // a gRPC call: its body may be slow
  bool is_over = false;  // the session has ended the stream, or was told of its end
  bool has_request_ended = false;
  bool has_reply_head = false;
  bool has_reply_ended = false;  // verb end was called; the last bytes may still be held
  bool is_head_held = false;     // nghttp2 was not given the reply's head yet
  bool is_deferred = false;      // nghttp2 has stopped asking for data until resume()
  bool awaits_continue = false;
  bool is_reset = false;      // RST_STREAM is submitted
  bool is_lingering = false;  // the reply is sent, and the request has not ended
};

}  // namespace zeroway
