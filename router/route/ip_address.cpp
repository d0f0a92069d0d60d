#include "router/route/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace zeroway {

namespace {

constexpr std::size_t kMappedBytes = 12;  // ::ffff:0:0/96

// The bits of a byte that are outside a network of `bits`.
std::uint8_t outside(std::size_t byte, unsigned bits) {
  if (bits >= 8 * (byte + 1)) return 0;
  return bits <= 8 * byte ? 0xff : static_cast<std::uint8_t>(0xff >> (bits - 8 * byte));
}

}  // namespace

std::optional<IpAddress> read_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  if (text.size() >= zero_ended.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), zero_ended.begin());
  IpAddress address{};
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, zero_ended.data(), address.data()) != 1) return std::nullopt;
    return address;
  }
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, zero_ended.data(), address.data() + kMappedBytes) != 1) return std::nullopt;
  return address;
}

bool is_ipv4(const IpAddress& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

IpAddress first_of(const IpAddress& address, unsigned bits) {
  IpAddress first = address;
  for (std::size_t byte = 0; byte < first.size(); ++byte)
    first[byte] &= static_cast<std::uint8_t>(~outside(byte, bits));
  return first;
}

IpAddress last_of(const IpAddress& address, unsigned bits) {
  IpAddress last = address;
  for (std::size_t byte = 0; byte < last.size(); ++byte) last[byte] |= outside(byte, bits);
  return last;
}

Result<IpNetwork> read_ip_network(std::string_view text) {
  const Error error{Fault::router, Code::bad_request, false, "not a network: '" + std::string(text) + "'"};
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const auto address = read_ip_address(address_text);
  if (!address) return error;
  const unsigned most = address_text.find(':') == std::string_view::npos ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), bits);
    if (failure != std::errc() || end != number.data() + number.size() || bits > most) return error;
  }
  bits += 128 - most;
  return IpNetwork{first_of(*address, bits), last_of(*address, bits)};
}

}  // namespace zeroway
