#include "router/route/trusted_networks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

namespace zeroway {

namespace {

using Address = std::array<std::uint8_t, 16>;
constexpr unsigned kMappedBits = 96;  // RFC 4291 §2.5.5.2: ::ffff:0:0/96 holds IPv4

std::optional<Address> parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  if (text.size() >= zero_ended.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), zero_ended.begin());
  Address address{};
  if (inet_pton(AF_INET6, zero_ended.data(), address.data()) == 1) return address;
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, zero_ended.data(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

bool share_bits(const Address& one, const Address& other, unsigned bits) {
  const unsigned whole = bits / 8;
  if (std::memcmp(one.data(), other.data(), whole) != 0) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((one[whole] ^ other[whole]) >> (8 - rest)) == 0;
}

Error not_a_network(std::string_view text) {
  return Error{Fault::router, Code::bad_request, false, "not a network: '" + std::string(text) + "'"};
}

}  // namespace

Result<> TrustedNetworks::add(std::string_view network) {
  const std::size_t slash = network.find('/');
  const std::string_view address_text = network.substr(0, slash);
  const auto address = parse_address(address_text);
  if (!address) return not_a_network(network);
  const bool is_ipv4 = address_text.find(':') == std::string_view::npos;
  unsigned bits = is_ipv4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view text = network.substr(slash + 1);
    const unsigned most = bits;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (failure != std::errc() || end != text.data() + text.size() || bits > most) return not_a_network(network);
  }
  networks_.push_back({*address, is_ipv4 ? bits + kMappedBits : bits});
  return {};
}

bool TrustedNetworks::is_address(std::string_view text) { return parse_address(text).has_value(); }

bool TrustedNetworks::contain(std::string_view address_text) const {
  if (networks_.empty()) return false;
  const auto address = parse_address(address_text);
  if (!address) return false;
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return share_bits(*address, network.address, network.bits); });
}

}  // namespace zeroway
