#include "utf8.h"

#include <cstdint>

namespace wamp {

namespace {

// The number of bytes that follow this first byte; -1 when it begins no character.
int count_behind(std::uint8_t first) {
  if (first < 0x80) return 0;
  if (first < 0xc2) return -1;  // within a character, or overlong
  if (first < 0xe0) return 1;
  if (first < 0xf0) return 2;
  return first < 0xf5 ? 3 : -1;
}

// The second byte alone tells overlong characters, surrogates and what is above U+10FFFF.
bool may_follow(std::uint8_t first, std::uint8_t second) {
  if (first == 0xe0) return second >= 0xa0;
  if (first == 0xed) return second < 0xa0;
  if (first == 0xf0) return second >= 0x90;
  return first != 0xf4 || second < 0x90;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<std::uint8_t>(bytes[i++]);
    const int behind = count_behind(first);
    if (behind < 0 || bytes.size() - i < static_cast<std::size_t>(behind)) return false;
    if (behind > 0 && !may_follow(first, static_cast<std::uint8_t>(bytes[i]))) return false;
    for (int k = 0; k < behind; ++k)
      if ((static_cast<std::uint8_t>(bytes[i++]) & 0xc0) != 0x80) return false;
  }
  return true;
}

std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace wamp
