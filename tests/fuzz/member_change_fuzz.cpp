// What a change of a worker or a server may say: any bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/escapes.h"
#include "router/admin/change_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = zeroway::read_member_change(text);
  if (read && !read->held && !read->weight) __builtin_trap();
  if (!read && read.error().detail.empty()) __builtin_trap();
  static_cast<void>(zeroway::decode_escapes(text, ' '));
  return 0;
}
