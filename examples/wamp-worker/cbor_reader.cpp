#include "cbor_reader.h"

#include <bit>
#include <cmath>
#include <limits>

namespace wamp {

namespace {

constexpr std::uint8_t kIndefinite = 31, kBreak = 0xff;
enum : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

// RFC 8949, appendix D.
double half_value(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const auto fraction = static_cast<double>(bits & 1023);
  double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31)
    value = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return (bits >> 15 & 1) != 0 ? -value : value;
}

}  // namespace

bool CborReader::read() {
  if (!item()) return false;
  return left_.empty() || builder_.fail("bytes behind the end of the CBOR item");
}

std::optional<CborReader::Head> CborReader::take_head() {
  if (left_.empty()) {
    builder_.fail("the CBOR item is cut off");
    return std::nullopt;
  }
  const auto first = static_cast<std::uint8_t>(left_.front());
  left_.remove_prefix(1);
  Head head{static_cast<std::uint8_t>(first >> 5), static_cast<std::uint8_t>(first & 31), 0};
  if (head.info < 24) head.argument = head.info;
  if (head.info < 24 || head.info == kIndefinite) return head;
  const std::size_t size = std::size_t{1} << (head.info - 24);
  if (size > 8 || left_.size() < size) {
    builder_.fail(size > 8 ? "a CBOR item of a reserved length" : "the CBOR item is cut off");
    return std::nullopt;
  }
  for (std::size_t i = 0; i < size; ++i) head.argument = head.argument << 8 | static_cast<std::uint8_t>(left_[i]);
  left_.remove_prefix(size);
  return head;
}

std::optional<CborReader::Head> CborReader::take_head_behind_tags(std::optional<std::uint64_t>& tag) {
  auto head = take_head();
  while (head && head->major == kTag) {
    if (head->info == kIndefinite) return builder_.fail("a CBOR tag without a number"), std::nullopt;
    tag = head->argument;
    head = take_head();
  }
  return head;
}

bool CborReader::take_break() {
  if (left_.empty() || static_cast<std::uint8_t>(left_.front()) != kBreak) return false;
  left_.remove_prefix(1);
  return true;
}

bool CborReader::item() {
  std::optional<std::uint64_t> tag;
  const auto head = take_head_behind_tags(tag);
  return head && content(*head, tag);
}

bool CborReader::content(const Head& head, std::optional<std::uint64_t> tag) {
  const bool may_be_indefinite = head.major >= kBytes && head.major <= kMap;
  if (head.info == kIndefinite && !may_be_indefinite) return builder_.fail("a CBOR item without a length");
  switch (head.major) {
    case kUnsigned:
      return builder_.number_unsigned(head.argument);
    case kNegative:
      return negative(head.argument);
    case kBytes:
      return bytes(head, tag);
    case kText:
      return text(head);
    case kArray:
      return array(head);
    case kMap:
      return map(head);
    default:
      return simple(head);
  }
}

// The value is -1 - argument.
bool CborReader::negative(std::uint64_t argument) {
  if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return builder_.fail("a negative integer of more than 64 bits");
  return builder_.number_integer(-1 - static_cast<std::int64_t>(argument));
}

bool CborReader::bytes(const Head& head, std::optional<std::uint64_t> tag) {
  std::string all;
  if (!take_string(head, all)) return false;
  if (tag == 2 || tag == 3) return big_number(all, tag == 3);
  Value::binary_t value(std::vector<std::uint8_t>(all.begin(), all.end()));
  return builder_.binary(value);
}

bool CborReader::big_number(std::string_view digits, bool is_negative) {
  while (!digits.empty() && digits.front() == '\0') digits.remove_prefix(1);
  if (digits.size() > 8) return builder_.fail("an integer of more than 64 bits");
  std::uint64_t number = 0;
  for (const char digit : digits) number = number << 8 | static_cast<std::uint8_t>(digit);
  return is_negative ? negative(number) : builder_.number_unsigned(number);
}

bool CborReader::text(const Head& head) {
  std::string all;
  return take_string(head, all) && builder_.string(all);
}

// A wrong count ends at the end of the bytes: nothing is reserved for it.
bool CborReader::array(const Head& head) {
  const bool is_definite = head.info != kIndefinite;
  if (!builder_.start_array(head.argument)) return false;
  for (std::uint64_t i = 0; is_definite ? i < head.argument : !take_break(); ++i)
    if (!item()) return false;
  return builder_.end_array();
}

bool CborReader::map(const Head& head) {
  const bool is_definite = head.info != kIndefinite;
  if (!builder_.start_object(head.argument)) return false;
  for (std::uint64_t i = 0; is_definite ? i < head.argument : !take_break(); ++i) {
    std::optional<std::uint64_t> tag;
    std::string name;
    const auto key = take_head_behind_tags(tag);
    if (!key) return false;
    if (key->major != kText) return builder_.fail("a key that is no text");
    if (!take_string(*key, name) || !builder_.key(name) || !item()) return false;
  }
  return builder_.end_object();
}

bool CborReader::simple(const Head& head) {
  switch (head.info) {
    case 20:
    case 21:
      return builder_.boolean(head.info == 21);
    case 22:
    case 23:
      return builder_.null();
    case 25:
      return builder_.number_float(half_value(head.argument), {});
    case 26:
      return builder_.number_float(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument))),
                                   {});
    case 27:
      return builder_.number_float(std::bit_cast<double>(head.argument), {});
    default:
      return builder_.fail("the CBOR simple value " + std::to_string(head.argument) + ", which has no meaning");
  }
}

bool CborReader::take_string(const Head& head, std::string& out) {
  if (head.info != kIndefinite) return take_chunk(head, out);
  while (!take_break()) {
    const auto chunk = take_head();
    if (!chunk) return false;
    if (chunk->major != head.major || chunk->info == kIndefinite) return builder_.fail("a chunk of another CBOR type");
    if (!take_chunk(*chunk, out)) return false;
  }
  return true;
}

bool CborReader::take_chunk(const Head& head, std::string& out) {
  if (head.argument > left_.size()) return builder_.fail("the CBOR item is cut off");
  out.append(left_.substr(0, head.argument));
  left_.remove_prefix(head.argument);
  return true;
}

}  // namespace wamp
