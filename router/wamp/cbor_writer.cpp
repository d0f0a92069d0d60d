#include "router/wamp/cbor_writer.h"

#include <bit>
#include <string>

#include "proto/append_bytes.h"
#include "router/wamp/big_integer.h"

namespace zeroway {

namespace {

// Three bits and a number, in the fewest bytes (RFC 8949 §3).
ItemHead head_of(unsigned major, std::uint64_t number) {
  const auto high = static_cast<std::uint8_t>(major << 5U);
  if (number < 24) return {static_cast<std::uint8_t>(high | number), 0, 0};
  unsigned form = 0;
  while (form < 3 && number >> (8U << form) != 0) ++form;
  return {static_cast<std::uint8_t>(high | (24 + form)), static_cast<std::uint8_t>(1U << form), number};
}

constexpr unsigned kNatural = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kBinary = 2;
constexpr unsigned kText = 3;
constexpr unsigned kList = 4;
constexpr unsigned kMap = 5;
constexpr char kPositiveBig = '\xc2';  // tag 2
constexpr char kNegativeBig = '\xc3';

}  // namespace

bool CborWriter::natural(std::uint64_t value) { return put_value(head_of(kNatural, value)); }

bool CborWriter::negative(std::uint64_t value) { return put_value(head_of(kNegative, value)); }

// The content of tag 3 is n for the integer -1 - n (RFC 8949 §3.4.3).
bool CborWriter::big_integer(Sign sign, Bytes magnitude) {
  std::string content(as_text(magnitude));
  if (sign == Sign::minus) subtract_one(content);
  out() += sign == Sign::minus ? kNegativeBig : kPositiveBig;
  return binary(as_bytes(content));
}

bool CborWriter::real(double value) { return put_value({0xfb, 8, std::bit_cast<std::uint64_t>(value)}); }

ItemHead CborWriter::text_head(std::size_t size) const { return head_of(kText, size); }

ItemHead CborWriter::binary_head(std::size_t size) const { return head_of(kBinary, size); }

ItemHead CborWriter::list_head(std::uint32_t count) const { return head_of(kList, count); }

ItemHead CborWriter::map_head(std::uint32_t count) const { return head_of(kMap, count); }

}  // namespace zeroway
