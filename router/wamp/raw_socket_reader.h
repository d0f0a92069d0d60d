// Reads what one side of a RawSocket sends behind its handshake, cut anywhere.
//
//     prefix ──message──▶ pieces ──all──▶ prefix        a message is handed on as it comes, nothing of it is kept
//        └──ping, pong──▶ payload ──all──▶ prefix       a payload is gathered, for it goes back
//
// Owner: the connection.   Thread: one loop.
// Not here: the handshake (raw_socket.h), what a message says.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/bytes.h"
#include "proto/stream_sink.h"
#include "router/wamp/raw_socket.h"

namespace zeroway {

class RawSocketEvents {
 public:
  virtual ~RawSocketEvents() = default;
  // A piece of a message; `last` ends it. An empty message is one empty piece. Good until the call returns.
  virtual void piece(Bytes bytes, Last last) = 0;
  virtual void ping(Bytes payload) = 0;  // wants a pong with the same payload
  virtual void pong(Bytes payload) = 0;
};

class RawSocketReader {
 public:
  // `events` outlives this object. `most`: bytes of the longest message, as this side announced.
  RawSocketReader(RawSocketEvents& events, std::size_t most) : events_(events), most_(most) {}

  // False once the other side broke the rules: the connection is to be closed, and what() says why.
  [[nodiscard]] bool take(Bytes bytes);
  [[nodiscard]] const char* what() const { return what_; }
  // No frame has begun that is not complete: the other side may end here.
  [[nodiscard]] bool is_between_frames() const { return !is_inside_ && word_size_ == 0; }

 private:
  [[nodiscard]] bool take_prefix(Bytes& bytes);
  void take_payload(Bytes& bytes);
  void end_payload();
  [[nodiscard]] bool fail(const char* what);

  RawSocketEvents& events_;
  std::size_t most_;
  RawSocketWord word_{};
  std::size_t word_size_ = 0;  // bytes of the prefix that have come
  bool is_inside_ = false;     // behind a prefix, before the end of its payload
  RawSocketPrefix prefix_;
  std::size_t left_ = 0;  // of the payload
  std::string payload_;   // of a ping or a pong
  const char* what_ = nullptr;
};

}  // namespace zeroway
