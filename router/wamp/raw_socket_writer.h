// Writes what one side of a RawSocket sends behind its handshake: frames, of messages that come in pieces.
//
// Owner: the connection.   Thread: one loop.
// A message is gathered until it is whole, for its length goes in front of it; at most as long as the other side takes.
// Not here: the handshake (raw_socket.h), how much may be sent at once.
#pragma once
#include <cstddef>
#include <string>

#include "proto/bytes.h"
#include "proto/stream_sink.h"
#include "router/wamp/raw_socket.h"

namespace zeroway {

class RawSocketWriter {
 public:
  // `most`: bytes of the longest message, as the other side announced.
  explicit RawSocketWriter(std::size_t most) : most_(most) {}

  // False when the message is longer: nothing of it is written.
  [[nodiscard]] bool piece(Bytes bytes, Last last);
  // Goes in front of a message that is not whole yet.
  void pong(Bytes payload);
  // The rest of a message that is not whole will not come.
  void drop_message();

  // Whole frames. The owner takes them out (swap or clear).
  [[nodiscard]] std::string& output() { return output_; }

 private:
  [[nodiscard]] std::size_t gathered() const;
  void write(RawSocketPrefix::Type type, Bytes payload);
  void end_message();

  std::size_t most_;
  std::string message_;  // behind room for its prefix; "" = none has begun
  std::string output_;
};

}  // namespace zeroway
