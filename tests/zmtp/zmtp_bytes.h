// What a peer of ZMTP sends, byte by byte from RFC 37 and not by the code under test.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway::test {

struct GreetingOfPeer {
  std::string_view mechanism = "NULL";
  char major = 3;
  char minor = 1;
};
inline std::string greeting_of(const GreetingOfPeer& peer = {}) {
  std::string bytes = std::string("\xff\0\0\0\0\0\0\0\x01\x7f", 10) + peer.major + peer.minor;
  bytes += peer.mechanism;
  bytes.resize(64);
  return bytes;
}

inline std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  while (--bytes >= 0) out += static_cast<char>(value >> (8 * bytes));
  return out;
}

// `flags` as they travel: with LONG, the size has eight bytes.
inline std::string frame_of(int flags, std::string_view body) {
  const bool is_long = (flags & 2) != 0;
  return static_cast<char>(flags) + big_endian(body.size(), is_long ? 8 : 1) + std::string(body);
}
inline std::string command_of(std::string_view name, std::string_view data = {}) {
  return static_cast<char>(name.size()) + std::string(name) + std::string(data);
}
inline std::string property_of(std::string_view name, std::string_view value) {
  return command_of(name) + big_endian(value.size(), 4) + std::string(value);
}
inline std::string metadata_of(std::string_view socket_type, std::string_view identity) {
  return property_of("Socket-Type", socket_type) + property_of("Identity", identity);
}
inline std::string ready_of(std::string_view socket_type, std::string_view identity = {}) {
  return frame_of(4, command_of("READY", metadata_of(socket_type, identity)));
}
// Everything that a peer with NULL sends before its first message.
inline std::string null_peer(std::string_view socket_type = "DEALER", std::string_view identity = {}) {
  return greeting_of() + ready_of(socket_type, identity);
}

// The bodies of the frames that `bytes` consists of, after the greeting if it has one.
inline std::vector<std::string> bodies_of(std::string_view bytes) {
  std::vector<std::string> bodies;
  if (bytes.starts_with('\xff')) bytes.remove_prefix(64);
  while (!bytes.empty()) {
    const bool is_long = (bytes[0] & 2) != 0;
    std::uint64_t size = 0;
    for (int i = 1; i <= (is_long ? 8 : 1); ++i)
      size = size << 8U | static_cast<std::uint8_t>(bytes.at(static_cast<std::size_t>(i)));
    bytes.remove_prefix(is_long ? 9 : 2);
    bodies.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return bodies;
}

}  // namespace zeroway::test
