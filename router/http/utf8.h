// Checks UTF-8 (RFC 3629) piece by piece, cut anywhere. It fails at the first byte that cannot be right.
//
// Owner: the reader of a text, as WsCodec.   Thread: any.
// Not here: the consequence of an invalid text (ws_codec.h, h1_framing.h).
#pragma once
#include <cstdint>

#include "proto/bytes.h"

namespace zeroway {

class Utf8Check {
 public:
  // Continues after the bytes of the last call. False from the first invalid byte on.
  [[nodiscard]] bool takes(Bytes bytes);
  // Whether the text may end here: its last character is complete.
  [[nodiscard]] bool is_complete() const { return state_ == State::start; }
  void restart() { state_ = State::start; }

 private:
  // What may come next (RFC 3629 §4): `e0` stands for "A0 to BF, then a tail", and so on.
  enum class State : std::uint8_t { start, tail1, tail2, tail3, e0, ed, f0, f4, wrong };
  [[nodiscard]] static State after(State state, std::uint8_t byte);
  [[nodiscard]] static State first(std::uint8_t byte);

  State state_ = State::start;
};

[[nodiscard]] inline bool is_utf8(Bytes bytes) {
  Utf8Check check;
  return check.takes(bytes) && check.is_complete();
}

}  // namespace zeroway
