// Pieces of a message, until the message is whole.
//
// Owner: whoever gets the pieces.   Thread: one loop.
// A message that comes in one piece is not copied. Not here: the room for the pieces.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "proto/stream_sink.h"

namespace zeroway {

class GatheredMessage {
 public:
  // The whole message behind its last piece, good until the next call.
  [[nodiscard]] std::optional<Bytes> take(Bytes piece, Last last);
  // How long the message would be with this piece.
  [[nodiscard]] std::size_t size_with(Bytes piece) const { return (is_begun_ ? bytes_.size() : 0) + piece.size(); }
  void clear();

 private:
  std::string bytes_;
  bool is_begun_ = false;
};

}  // namespace zeroway
