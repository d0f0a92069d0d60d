#include "router/wamp/msgpack_writer.h"

#include <bit>

namespace zeroway {

namespace {

// Which of the forms with 1, 2, 4 or 8 bytes a number needs; the first bytes of the forms follow each other.
ItemHead shortest(std::uint8_t first_of_forms, std::uint64_t number, unsigned least = 0) {
  unsigned form = 0;
  while (form < 3 && number >> (8U << form) != 0) ++form;
  if (form < least) form = least;
  return {static_cast<std::uint8_t>(first_of_forms + form - least), static_cast<std::uint8_t>(1U << form), number};
}

}  // namespace

bool MsgpackWriter::natural(std::uint64_t value) {
  if (value < 0x80) return put_value({static_cast<std::uint8_t>(value), 0, 0});
  return put_value(shortest(0xcc, value));
}

// In two's complement -1 - value is ~value, and a form needs one bit for the sign.
bool MsgpackWriter::negative(std::uint64_t value) {
  if (value < 0x20) return put_value({static_cast<std::uint8_t>(~value), 0, 0});
  if (value >> 63U != 0) return big_integer(Sign::minus, {});
  ItemHead head = shortest(0xd0, value << 1U);
  head.number = ~value;
  return put_value(head);
}

bool MsgpackWriter::big_integer(Sign, Bytes) {
  return fail(ValueFault::inexpressible, "an integer of more than 64 bits has no form in MessagePack");
}

bool MsgpackWriter::real(double value) { return put_value({0xcb, 8, std::bit_cast<std::uint64_t>(value)}); }

ItemHead MsgpackWriter::text_head(std::size_t size) const {
  if (size < 0x20) return {static_cast<std::uint8_t>(0xa0U | size), 0, 0};
  return shortest(0xd9, size);
}

ItemHead MsgpackWriter::binary_head(std::size_t size) const { return shortest(0xc4, size); }

ItemHead MsgpackWriter::list_head(std::uint32_t count) const {
  if (count < 0x10) return {static_cast<std::uint8_t>(0x90U | count), 0, 0};
  return shortest(0xdc, count, 1);
}

ItemHead MsgpackWriter::map_head(std::uint32_t count) const {
  if (count < 0x10) return {static_cast<std::uint8_t>(0x80U | count), 0, 0};
  return shortest(0xde, count, 1);
}

}  // namespace zeroway
