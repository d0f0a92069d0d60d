#include "proto/zmtp/zmtp_properties.h"

#include "proto/ascii.h"
#include "proto/frame.h"

namespace zeroway {
namespace {

constexpr std::size_t kValueLength = 4;

void append_one(std::string& out, std::string_view name, std::string_view value) {
  out += static_cast<char>(name.size());
  out += name;
  append_u32(out, static_cast<std::uint32_t>(value.size()));
  out += value;
}

}  // namespace

std::optional<ZmtpProperties> read_zmtp_properties(Bytes bytes) {
  ZmtpProperties properties;
  while (!bytes.empty()) {
    const std::size_t name_size = bytes[0];
    if (bytes.size() < 1 + name_size + kValueLength) return std::nullopt;
    const std::string_view name = as_text(bytes.subspan(1, name_size));
    bytes = bytes.subspan(1 + name_size);
    const std::size_t size = read_u32(bytes.data());
    bytes = bytes.subspan(kValueLength);
    if (size > bytes.size()) return std::nullopt;
    const std::string_view value = as_text(bytes.subspan(0, size));
    if (is_same_word(name, "Socket-Type")) properties.socket_type = value;
    if (is_same_word(name, "Identity")) properties.identity = value;
    bytes = bytes.subspan(size);
  }
  return properties;
}

// In this order, and spelled so: some peers compare the names exactly.
void append_zmtp_properties(std::string& out, const ZmtpProperties& properties) {
  append_one(out, "Socket-Type", properties.socket_type);
  append_one(out, "Identity", properties.identity);
}

}  // namespace zeroway
