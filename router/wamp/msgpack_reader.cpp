#include "router/wamp/msgpack_reader.h"

#include <bit>

#include "router/wamp/binary_reader.h"

namespace zeroway {

namespace {

class MsgpackReader : private BinaryReader {
 public:
  MsgpackReader(Bytes message, ValueSink& to) : BinaryReader(message, to) {}
  MaybeValueError read() {
    return read_all([this] { return read_item(); });
  }

 private:
  bool read_item() {
    std::uint8_t first = 0;
    if (!input_.take_byte(first)) return cut_off();
    if (first < 0x80) return say_natural(first);
    if (first < 0x90) return open(true, first & 0x0fU);
    if (first < 0xa0) return open(false, first & 0x0fU);
    if (first < 0xc0) return read_text(first & 0x1fU);
    if (first >= 0xe0) return say_negative(static_cast<std::uint8_t>(~first));
    return read_long_item(first);
  }

  // Those with a length or a number behind the first byte, of 1, 2, 4 or 8 bytes.
  bool read_long_item(std::uint8_t first) {
    std::uint64_t number = 0;
    const auto takes = [&](unsigned lowest) { return input_.take_number(std::size_t{1} << (first - lowest), number); };
    if (first == 0xc0) return say_null();
    if (first == 0xc1) return fail(ValueFault::malformed, "a byte that begins nothing in MessagePack");
    if (first <= 0xc3) return say_boolean(first == 0xc3);
    if (first <= 0xc6) return takes(0xc4) ? read_binary(number) : cut_off();
    if (first <= 0xc9) return fail(ValueFault::inexpressible, "an extension of MessagePack");
    if (first <= 0xcb) return takes(0xca - 2) ? read_real(first, number) : cut_off();
    if (first <= 0xcf) return takes(0xcc) ? say_natural(number) : cut_off();
    if (first <= 0xd3) return takes(0xd0) ? read_signed(8U << (first - 0xd0U), number) : cut_off();
    if (first <= 0xd8) return fail(ValueFault::inexpressible, "an extension of MessagePack");
    if (first <= 0xdb) return takes(0xd9) ? read_text(number) : cut_off();
    const bool is_map = first >= 0xde;
    return takes(is_map ? 0xde - 1 : 0xdc - 1) ? open(is_map, number) : cut_off();
  }

  bool read_text(std::uint64_t size) {
    Bytes text;
    return input_.take_bytes(size, text) ? say_text(text) : cut_off();
  }

  bool read_binary(std::uint64_t size) {
    Bytes bytes;
    return input_.take_bytes(size, bytes) ? say_binary(bytes) : cut_off();
  }

  bool read_real(std::uint8_t first, std::uint64_t bits) {
    if (first == 0xcb) return say_real(std::bit_cast<double>(bits));
    return say_real(double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))});
  }

  bool read_signed(unsigned width, std::uint64_t number) {
    const bool is_negative = (number >> (width - 1) & 1U) != 0;
    if (!is_negative) return say_natural(number);
    return say_negative(~number & (~std::uint64_t{0} >> (64 - width)));
  }
};

}  // namespace

MaybeValueError read_msgpack(Bytes message, ValueSink& to) { return MsgpackReader(message, to).read(); }

}  // namespace zeroway
