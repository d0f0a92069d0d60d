// How long a server may be silent in one request: until its reply's head, between two pieces, and while it takes the
// body.
//
//     takes the body ── all given is taken ──▶ the client is to send more (no limit) ── end ──▶ replies
//       write limit                                                                            read limit
//
// Owner: an OriginStream.   Thread: one loop.
// Pure: it is told the time. Not here: the timer (servers_backend.h), until a connection holds the request.
#pragma once
#include <chrono>
#include <cstdint>

#include "proto/limits.h"
#include "router/observe/time.h"
#include "router/plan/pool_spec.h"

namespace zeroway {

class OriginClock {
 public:
  // Who speaks next, after the head of the request.
  enum class Next : std::uint8_t { client, server };

  void begin(Next next, Time now) {
    *this = OriginClock();
    is_server_due_ = next == Next::server;
    since_ = now;
  }
  // The client gave bytes of the body.
  void gave(std::uint64_t bytes, Time now) {
    if (untaken_ == 0) since_ = now;
    untaken_ += bytes;
    is_server_due_ = is_server_due_ && has_ended_;
  }
  void ended(Time now) {
    if (untaken_ == 0) since_ = now;
    is_server_due_ = has_ended_ = true;
  }
  // The server took bytes of the body.
  void took(std::uint64_t bytes, Time now) {
    untaken_ -= bytes < untaken_ ? bytes : untaken_;
    since_ = now;
  }
  void interim_head(Time now) { since_ = now; }
  // An endless reply (a WebSocket, an event stream, gRPC) may be silent for as long as it likes.
  void head(bool is_endless, Time now) {
    is_endless_ = is_endless;
    since_ = now;
  }
  void data(std::uint64_t bytes, Time now) {
    room_ -= static_cast<std::int64_t>(bytes);
    since_ = now;
  }
  // The client takes more of the reply. While it does not, the server's silence is the client's doing.
  void credited(std::uint64_t bytes, Time now) {
    if (room_ <= 0) since_ = now;
    room_ += static_cast<std::int64_t>(bytes);
  }

  // When the server will have been silent for too long. Time::max() = never, as things are.
  [[nodiscard]] Time due(const ServerTimes& times) const {
    if (untaken_ > 0) return after(times.write);
    if (!is_server_due_ || is_endless_ || room_ <= 0) return Time::max();
    return after(times.read);
  }
  [[nodiscard]] bool is_taking() const { return untaken_ > 0; }

 private:
  [[nodiscard]] Time after(std::chrono::milliseconds limit) const {
    return limit.count() == 0 ? Time::max() : since_ + limit;
  }

  Time since_{};
  std::uint64_t untaken_ = 0;  // bytes of the body that the server has not taken
  std::int64_t room_ = kFirstReplyWindow;
  bool is_server_due_ = false;
  bool has_ended_ = false;
  bool is_endless_ = false;
};

}  // namespace zeroway
