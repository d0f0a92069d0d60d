// The state of one HTTP/2 stream: how far request and reply are, and the bytes of the reply that wait for the client's
// flow-control window.
//
//     request:  awaits_continue ──100 sent, or bytes came──▶ open ──END_STREAM──▶ ended
//     reply:    none ──verb head──▶ held ──flush(), or the reply's end──▶ begun ──verb end──▶ ended
//                 ◀───take_back()───┘      (a head with `last` leads to ended, an accepted WebSocket to begun)
//     closing:  no ──the whole reply is sent, the request has not ended──▶ lingering ──▶ reset
//                └──────────────────RST_STREAM is submitted──────────────────────────────▲
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
#include "proto/kind.h"
#include "proto/limits.h"
#include "router/http/h2_held.h"
#include "router/http/h2_web_socket.h"
#include "router/http/limits.h"
#include "router/http/pace.h"
#include "router/settings/terms.h"

namespace zeroway {

struct H2Stream {
  enum class Request : std::uint8_t { awaits_continue, open, ended };
  enum class Reply : std::uint8_t { none, held, begun, ended };  // held: nghttp2 was not given the head yet
  enum class Closing : std::uint8_t { no, lingering, reset };

  void begin(std::uint32_t new_id, Time now) {
    id = new_id;
    begun = now;
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
    kind = Kind::request;
    request = Request::open;
    reply = Reply::none;
    closing = Closing::no;
    expects_continue = is_grpc = is_over = is_deferred = false;
  }

  [[nodiscard]] bool has_request_ended() const { return request == Request::ended; }
  [[nodiscard]] bool has_reply_head() const { return reply != Reply::none; }
  [[nodiscard]] bool has_reply_ended() const { return reply == Reply::ended; }  // the last bytes may still be held
  [[nodiscard]] bool has_web_socket() const { return socket && socket->stream.is_accepted(); }

  // From now on the session is told nothing of the stream. False when that was so before.
  bool end_events() {
    if (socket) socket->stream.forget();
    return !std::exchange(is_over, true);
  }

  std::uint32_t id = 0;
  Time begun{};
  std::size_t place = 0;  // index in H2Codec's list of open streams
  RequestTerms terms;
  H2Held held;
  std::unique_ptr<H2WebSocket> socket;  // of an opening that was not refused
  Head reply_head, trailers;            // those that were not given to nghttp2 yet
  std::uint64_t received = 0;           // bytes of the request's body so far
  std::uint64_t window = 0;             // bytes of the request's body that the client may still send
  Millis unread_for{};                  // how long no byte of the held reply could leave: the client's window is closed
  Millis unsent_for{};                  // how long no byte of the request's body came, though its window is open
  Pace body_pace, send_pace;
  Kind kind = Kind::request;
  Request request = Request::open;
  Reply reply = Reply::none;
  Closing closing = Closing::no;
  bool expects_continue = false;
  bool is_grpc = false;      // a gRPC call: its body may be slow
  bool is_over = false;      // the session has ended the stream, or was told of its end
  bool is_deferred = false;  // nghttp2 has stopped asking for data until H2Wire::resume()
};

}  // namespace zeroway
