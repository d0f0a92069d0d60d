#include "router/net/tls_hello.h"

#include <cstddef>

namespace zeroway {

namespace {

// Takes `size` bytes off the front; false, and nothing is taken, when there are not so many.
bool take(Bytes& from, std::size_t size, Bytes& taken) {
  if (from.size() < size) return false;
  taken = from.first(size);
  from = from.subspan(size);
  return true;
}

// Takes a vector with a length of `width` bytes in front (RFC 8446 §3.4).
bool take_vector(Bytes& from, std::size_t width, Bytes& taken) {
  Bytes length;
  if (!take(from, width, length)) return false;
  std::size_t size = 0;
  for (const std::uint8_t byte : length) size = size << 8 | byte;
  return take(from, size, taken);
}

}  // namespace

// ServerNameList: length(2), then for each name type(1) length(2) bytes; 0 is a host name.
std::string_view read_server_name(Bytes extension) {
  Bytes list, type, name;
  if (!take_vector(extension, 2, list)) return {};
  while (take(list, 1, type) && take_vector(list, 2, name)) {
    if (type[0] != 0) continue;
    const std::string_view text = as_text(name);
    return text.find('\0') == std::string_view::npos ? text : std::string_view();
  }
  return {};
}

// ProtocolNameList: length(2), then for each name length(1) bytes.
bool offers_protocol(Bytes extension, std::string_view protocol) {
  Bytes list, name;
  if (!take_vector(extension, 2, list)) return false;
  while (take_vector(list, 1, name)) {
    if (as_text(name) == protocol) return true;
  }
  return false;
}

}  // namespace zeroway
