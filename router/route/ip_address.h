// An IP address as a number, and networks of addresses. An IPv4 address that is mapped into IPv6 is that IPv4 address.
//
// Owner: nobody; a value.   Thread: any.
// Not here: sets of networks (route/network_set.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

// In the order of the network; IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). Compares as a number.
using IpAddress = std::array<std::uint8_t, 16>;

// `text` is numeric, without port or brackets.
[[nodiscard]] std::optional<IpAddress> read_ip_address(std::string_view text);

[[nodiscard]] bool is_ipv4(const IpAddress& address);

// The first address of the network of `bits`, which count from the start of all 128.
[[nodiscard]] IpAddress first_of(const IpAddress& address, unsigned bits);
[[nodiscard]] IpAddress last_of(const IpAddress& address, unsigned bits);

struct IpNetwork {
  IpAddress first, last;

  bool operator==(const IpNetwork&) const = default;
};

// "10.0.0.0/8", "fd00::/8", or one address. Fails with bad_request, naming the text, when `text` is neither.
[[nodiscard]] Result<IpNetwork> read_ip_network(std::string_view text);

}  // namespace zeroway
