#include "router/wamp/binary_reader.h"

namespace zeroway {

bool BinaryReader::open(bool is_map, std::uint64_t count) {
  if (!begin_value()) return false;
  if (open_.is_full()) return fail(ValueFault::too_deep, "lists and maps too deep in each other");
  // An item takes a byte at least: a large count in a short message is not believed.
  const std::uint64_t most = is_map ? input_.left() / 2 : input_.left();
  if (count != OpenValues::kUntilBreak && count > most) return cut_off();
  open_.open(is_map, count);
  return told(is_map ? to_.begin_map() : to_.begin_list());
}

bool BinaryReader::say_break() {
  if (open_.is_empty() || !open_.is_until_break()) return fail(ValueFault::malformed, "a break that ends nothing");
  if (open_.is_map() && open_.has_key()) return fail(ValueFault::malformed, "a key without a value");
  return close();
}

bool BinaryReader::say_negative_key(std::uint64_t value) {
  if (value == ~std::uint64_t{0}) return say_key("-18446744073709551616");
  return say_key('-' + std::to_string(value + 1));
}

bool BinaryReader::fail(ValueFault fault, const char* what) {
  error_ = ValueError{fault, what, input_.place()};
  return false;
}

}  // namespace zeroway
