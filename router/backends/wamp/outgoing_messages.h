// Messages on their way to one side of a session: sent as far as the side gives credit, the rest waits.
//
//     open ──end()──▶ ending: what waits goes first ──▶ ended
//
// Owner: the session, or its stream to the realm.   Thread: one loop.
// Not here: what the messages say (router/wamp), who is told that there is room again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "proto/stream_sink.h"

namespace zeroway {

// The last words to one side, and the close code of its WebSocket.
struct Farewell {
  std::string message{};  // "" = none
  MessageKind kind = MessageKind::text;
  std::uint16_t code = 1000;
  std::string reason{};  // at most 123 bytes (RFC 6455 §5.5)
};

class OutgoingMessages {
 public:
  class Receiver {
   public:
    virtual void take_piece(Bytes bytes, MessageKind kind, Last last) = 0;
    // The last call; the object may be gone when it returns.
    virtual void take_end(std::uint16_t code, const std::string& reason) = 0;

   protected:
    ~Receiver() = default;
  };

  // `receiver` outlives this object.
  explicit OutgoingMessages(Receiver& receiver) : receiver_(receiver) {}

  void credit(std::uint32_t bytes) {
    room_ += bytes;
    flush();
  }
  // A whole message. Dropped behind end().
  void send(Bytes message, MessageKind kind);
  // Behind all that waits. A farewell that finds no room is not waited for.
  void end(Farewell farewell);
  // Forgets everything, for another use.
  void clear();

  // Something waits for room: nobody should send more.
  [[nodiscard]] bool is_waiting() const { return !messages_.empty(); }
  [[nodiscard]] bool is_ending() const { return farewell_.has_value() || is_ended_; }

 private:
  struct Waiting {
    std::size_t size;  // of which the bytes are in `bytes_`
    MessageKind kind;
  };

  void flush();
  void finish();

  Receiver& receiver_;
  std::uint64_t room_ = 0;
  std::deque<Waiting> messages_;
  std::string bytes_;      // of all that waits, behind each other
  std::size_t begin_ = 0;  // what is sent of them
  std::optional<Farewell> farewell_;
  bool is_ended_ = false;
};

}  // namespace zeroway
