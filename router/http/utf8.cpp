#include "router/http/utf8.h"

#include <cstring>

namespace zeroway {

bool Utf8Check::takes(Bytes bytes) {
  const std::uint8_t* at = bytes.data();
  const std::uint8_t* const end = at + bytes.size();
  while (at != end) {
    if (state_ == State::start) {
      // Eight bytes of ASCII at once: most texts are pure ASCII.
      for (std::uint64_t word = 0; end - at >= 8; at += 8) {
        std::memcpy(&word, at, sizeof word);
        if ((word & 0x8080'8080'8080'8080U) != 0) break;
      }
      while (at != end && *at < 0x80) ++at;
      if (at == end) break;
    }
    state_ = after(state_, *at++);
    if (state_ == State::wrong) return false;
  }
  return state_ != State::wrong;
}

Utf8Check::State Utf8Check::after(State state, std::uint8_t byte) {
  const auto within = [byte](int least, int most, State next) {
    return byte >= least && byte <= most ? next : State::wrong;
  };
  switch (state) {
    case State::start:
      return first(byte);
    case State::tail1:
      return within(0x80, 0xbf, State::start);
    case State::tail2:
      return within(0x80, 0xbf, State::tail1);
    case State::tail3:
      return within(0x80, 0xbf, State::tail2);
    case State::e0:
      return within(0xa0, 0xbf, State::tail1);  // a lower byte makes an overlong form
    case State::ed:
      return within(0x80, 0x9f, State::tail1);  // a higher byte makes a surrogate
    case State::f0:
      return within(0x90, 0xbf, State::tail2);
    case State::f4:
      return within(0x80, 0x8f, State::tail2);  // a higher byte makes a character past U+10FFFF
    case State::wrong:
      return State::wrong;
  }
  return State::wrong;
}

Utf8Check::State Utf8Check::first(std::uint8_t byte) {
  if (byte < 0x80) return State::start;
  if (byte < 0xc2) return State::wrong;
  if (byte < 0xe0) return State::tail1;
  if (byte == 0xe0) return State::e0;
  if (byte == 0xed) return State::ed;
  if (byte < 0xf0) return State::tail2;
  if (byte == 0xf0) return State::f0;
  if (byte < 0xf4) return State::tail3;
  return byte == 0xf4 ? State::f4 : State::wrong;
}

}  // namespace zeroway
