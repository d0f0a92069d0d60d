#include "router/access/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace zeroway {

namespace {

constexpr std::int8_t kNone = -1;
using Values = std::array<std::int8_t, 256>;

constexpr Values values_of(char last_but_one, char last) {
  Values values{};
  values.fill(kNone);
  for (int i = 0; i < 26; ++i) {
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(i);
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(52 + i);
  values[static_cast<std::size_t>(last_but_one)] = 62;
  values[static_cast<std::size_t>(last)] = 63;
  return values;
}

constexpr Values kPlain = values_of('+', '/');
constexpr Values kUrl = values_of('-', '_');

std::optional<std::string> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::int8_t value = values[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xffU));
  }
  const bool has_rest = (bits & ((1U << count) - 1U)) != 0;
  if (has_rest) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kPlain);
}

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + begin;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8U | (i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0U);
    const std::size_t letters = std::min<std::size_t>(bytes.size(), 3) + 1;
    for (std::size_t i = 0; i < letters; ++i) to[i] = kLetters[bits >> (18 - 6 * i) & 63U];
    to += 4;
  }
}

std::optional<std::string> decode_base64url(std::string_view text) { return decode(text, kUrl); }

std::string encode_base64url(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U | static_cast<std::uint8_t>(c)) & 0xffffU;
    for (count += 8; count >= 6; count -= 6) text.push_back(kLetters[bits >> (count - 6) & 63U]);
  }
  if (count > 0) text.push_back(kLetters[bits << (6 - count) & 63U]);
  return text;
}

}  // namespace zeroway
