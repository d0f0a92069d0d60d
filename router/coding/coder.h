// Codes the body of a reply, piece by piece.
//
// Owner: CoderPool, which lends it to one reply at a time.   Thread: one loop.
// The reader can decode all bytes given so far once they were flushed. Memory is bounded: see coding/limits.h.
// Not here: when to flush (router/backends/coded_body.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/bytes.h"

namespace zeroway {

// What follows the bytes: more of the body soon, a pause of unknown length, or nothing.
enum class Follows : std::uint8_t { more, pause, nothing };

class Coder {
 public:
  virtual ~Coder() = default;

  // Codes `bytes` and appends what is ready to `out`: before a pause and at the end, all of it. False when there is no
  // memory: the body is lost.
  [[nodiscard]] virtual bool code(Bytes bytes, Follows follows, std::string& out) = 0;
  // Forgets the body, also in the middle: the next code() begins another one.
  virtual void restart() = 0;
};

}  // namespace zeroway
