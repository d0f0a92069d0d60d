#include "router/wamp/big_integer.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "router/wamp/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kDigitsAtOnce = 9;  // 10^9 fits 32 bits
constexpr std::uint32_t kNineDigits = 1'000'000'000;

// The lowest 32 bits first.
using Words = std::vector<std::uint32_t>;

void multiply_add(Words& words, std::uint32_t factor, std::uint32_t carry) {
  for (std::uint32_t& word : words) {
    const std::uint64_t product = std::uint64_t{word} * factor + carry;
    word = static_cast<std::uint32_t>(product);
    carry = static_cast<std::uint32_t>(product >> 32U);
  }
  if (carry != 0) words.push_back(carry);
}

// Returns the rest.
std::uint32_t divide(Words& words, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    const std::uint64_t dividend = rest << 32U | *word;
    *word = static_cast<std::uint32_t>(dividend / divisor);
    rest = dividend % divisor;
  }
  while (!words.empty() && words.back() == 0) words.pop_back();
  return static_cast<std::uint32_t>(rest);
}

Bytes without_zeros(Bytes magnitude) {
  while (!magnitude.empty() && magnitude.front() == 0) magnitude = magnitude.subspan(1);
  return magnitude;
}

std::string bytes_of(const Words& words) {
  std::string bytes;
  for (auto word = words.rbegin(); word != words.rend(); ++word)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(*word >> shift & 0xffU));
  bytes.erase(0, std::min(bytes.find_first_not_of('\0'), bytes.size()));
  return bytes;
}

Words words_of(Bytes magnitude) {
  Words words((magnitude.size() + 3) / 4);
  for (std::size_t i = 0; i < magnitude.size(); ++i)
    words[i / 4] |= std::uint32_t{magnitude[magnitude.size() - 1 - i]} << (8 * (i % 4));
  return words;
}

}  // namespace

std::optional<std::string> magnitude_of(std::string_view digits) {
  Words words;
  while (!digits.empty()) {
    const std::size_t count = std::min(kDigitsAtOnce, digits.size());
    std::uint32_t part = 0;
    std::uint32_t factor = 1;
    for (const char digit : digits.substr(0, count)) {
      part = part * 10 + static_cast<std::uint32_t>(digit - '0');
      factor *= 10;
    }
    digits.remove_prefix(count);
    multiply_add(words, factor, part);
    if (words.size() > kLongestInteger / 4) return std::nullopt;
  }
  return bytes_of(words);
}

std::string digits_of(Bytes magnitude) {
  Words words = words_of(without_zeros(magnitude));
  std::string reversed;
  while (!words.empty()) {
    std::uint32_t part = divide(words, kNineDigits);
    for (std::size_t i = 0; i < kDigitsAtOnce && (part != 0 || !words.empty()); ++i, part /= 10)
      reversed.push_back(static_cast<char>('0' + part % 10));
  }
  if (reversed.empty()) return "0";
  return {reversed.rbegin(), reversed.rend()};
}

void add_one(std::string& magnitude) {
  for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte)
    if (++*byte != 0) return;
  magnitude.insert(magnitude.begin(), '\1');
}

void subtract_one(std::string& magnitude) {
  for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte)
    if ((*byte)-- != 0) break;
  magnitude.erase(0, std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
}

bool say_integer(ValueSink& to, Sign sign, Bytes magnitude) {
  magnitude = without_zeros(magnitude);
  const bool is_lowest =  // -2^64
      sign == Sign::minus && magnitude.size() == 9 && magnitude[0] == 1 && without_zeros(magnitude.subspan(1)).empty();
  if (is_lowest) return to.negative(~std::uint64_t{0});
  if (magnitude.size() > 8) return to.big_integer(sign, magnitude);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : magnitude) value = value << 8U | byte;
  return sign == Sign::plus || value == 0 ? to.natural(value) : to.negative(value - 1);
}

}  // namespace zeroway
