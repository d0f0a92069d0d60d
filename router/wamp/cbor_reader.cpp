#include "router/wamp/cbor_reader.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "router/http/utf8.h"
#include "router/wamp/big_integer.h"
#include "router/wamp/binary_reader.h"
#include "router/wamp/limits.h"

namespace zeroway {

namespace {

// The first byte of an item: three bits and five (RFC 8949 §3).
enum class Major : std::uint8_t { natural, negative, binary, text, list, map, tag, other };
constexpr unsigned kIndefinite = 31;
constexpr std::uint64_t kPositiveBig = 2;
constexpr std::uint64_t kNegativeBig = 3;

// RFC 8949 appendix D.
double half_precision(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10U & 0x1fU);
  const auto fraction = static_cast<double>(bits & 0x3ffU);
  double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31)
    value = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return (bits & 0x8000U) != 0 ? -value : value;
}

class CborReader : private BinaryReader {
 public:
  CborReader(Bytes message, ValueSink& to) : BinaryReader(message, to) {}
  MaybeValueError read() {
    return read_all([this] { return read_item(); });
  }

 private:
  struct Start {
    Major major = Major::natural;
    unsigned detail = 0;         // the five bits
    std::uint64_t argument = 0;  // what they say, or the bytes behind them
  };

  bool read_start(Start& start) {
    std::uint8_t first = 0;
    if (!input_.take_byte(first)) return cut_off();
    start = {static_cast<Major>(first >> 5U), first & 0x1fU, first & 0x1fU};
    if (start.detail < 24 || start.detail == kIndefinite) return true;
    if (start.detail > 27) return fail(ValueFault::malformed, "a byte that begins nothing in CBOR");
    return input_.take_number(std::size_t{1} << (start.detail - 24), start.argument) || cut_off();
  }

  bool read_item() {
    Start start;
    if (!read_start(start)) return false;
    while (start.major == Major::tag) {
      if (start.detail == kIndefinite) return fail(ValueFault::malformed, "a tag without a number");
      if (start.argument == kPositiveBig || start.argument == kNegativeBig) return read_big(start.argument);
      if (!read_start(start)) return false;
      const bool is_break = start.major == Major::other && start.detail == kIndefinite;
      if (is_break) return fail(ValueFault::malformed, "a tag of nothing");
    }
    return read_content(start);
  }

  bool read_content(const Start& start) {
    const bool is_indefinite = start.detail == kIndefinite;
    Bytes string;
    switch (start.major) {
      case Major::natural:
        return is_indefinite ? no_length() : say_natural(start.argument);
      case Major::negative:
        return is_indefinite ? no_length() : say_negative(start.argument);
      case Major::binary:
        return read_string(start, string) && say_binary(string);
      case Major::text:
        return read_string(start, string) && say_text(string);
      case Major::list:
      case Major::map:
        return open(start.major == Major::map, is_indefinite ? OpenValues::kUntilBreak : start.argument);
      case Major::tag:
      case Major::other:
        break;
    }
    return read_other(start);
  }

  bool no_length() { return fail(ValueFault::malformed, "an integer of indefinite length"); }

  // `out` is good until the next string is read.
  bool read_string(const Start& start, Bytes& out) {
    if (start.detail != kIndefinite) return input_.take_bytes(start.argument, out) || cut_off();
    scratch_.clear();
    while (true) {
      Start chunk;
      Bytes bytes;
      if (!read_start(chunk)) return false;
      if (chunk.major == Major::other && chunk.detail == kIndefinite) break;
      if (chunk.major != start.major || chunk.detail == kIndefinite)
        return fail(ValueFault::malformed, "a string whose chunks are no strings of its kind");
      if (!input_.take_bytes(chunk.argument, bytes)) return cut_off();
      if (start.major == Major::text && !is_utf8(bytes))
        return fail(ValueFault::not_utf8, "a string with a chunk that is not UTF-8");
      scratch_.append(as_text(bytes));
    }
    out = as_bytes(scratch_);
    return true;
  }

  // Behind its tag. The content of tag 3 is n for the integer -1 - n.
  bool read_big(std::uint64_t tag) {
    Start start;
    Bytes bytes;
    if (!read_start(start)) return false;
    if (start.major != Major::binary) return fail(ValueFault::malformed, "a big integer that is no byte string");
    if (!read_string(start, bytes)) return false;
    if (bytes.size() > kLongestInteger) return fail(ValueFault::inexpressible, "an integer of too many digits");
    if (tag == kPositiveBig) return say_big(Sign::plus, bytes);
    std::string magnitude(as_text(bytes));
    add_one(magnitude);
    return say_big(Sign::minus, as_bytes(magnitude));
  }

  bool read_other(const Start& start) {
    switch (start.detail) {
      case 20:
      case 21:
        return say_boolean(start.detail == 21);
      case 22:  // null
      case 23:  // undefined
        return say_null();
      case 25:
        return say_real(half_precision(start.argument));
      case 26:
        return say_real(double{std::bit_cast<float>(static_cast<std::uint32_t>(start.argument))});
      case 27:
        return say_real(std::bit_cast<double>(start.argument));
      case kIndefinite:
        return say_break();
      default:
        break;
    }
    const bool is_too_wide = start.detail == 24 && start.argument < 32;  // RFC 8949 §3.3
    if (is_too_wide) return fail(ValueFault::malformed, "a simple value of CBOR in two bytes instead of one");
    return fail(ValueFault::inexpressible, "a simple value of CBOR that has no meaning");
  }

  std::string scratch_;  // a string of indefinite length
};

}  // namespace

MaybeValueError read_cbor(Bytes message, ValueSink& to) { return CborReader(message, to).read(); }

}  // namespace zeroway
