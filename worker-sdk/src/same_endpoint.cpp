#include "same_endpoint.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace zeroway {

namespace {

using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

struct Place {
  std::string host, port;
};

std::optional<Place> split(std::string_view endpoint) {
  constexpr std::string_view kTcp = "tcp://";
  const std::size_t colon = endpoint.rfind(':');
  if (!endpoint.starts_with(kTcp) || colon < kTcp.size()) return std::nullopt;
  std::string_view host = endpoint.substr(kTcp.size(), colon - kTcp.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Place{std::string(host), std::string(endpoint.substr(colon + 1))};
}

Address address_of(const sockaddr& from) {
  Address address{};
  if (from.sa_family == AF_INET6) {
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, address.size());
  } else {
    address[10] = address[11] = 0xff;  // RFC 4291 §2.5.5.2
    std::memcpy(address.data() + 12, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, 4);
  }
  return address;
}

// Calls `found` for each address of `host` until it says true; whether it did.
template <class Found>
bool any_address(const std::string& host, int flags, Found found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return false;
  bool is_found = false;
  for (const addrinfo* at = list; at != nullptr && !is_found; at = at->ai_next) {
    if (at->ai_family == AF_INET || at->ai_family == AF_INET6) is_found = found(address_of(*at->ai_addr));
  }
  freeaddrinfo(list);
  return is_found;
}

}  // namespace

bool is_same_endpoint(const std::string& dialled, std::string_view told) {
  if (dialled == told) return true;
  const auto here = split(dialled);
  const auto there = split(told);
  if (!here || !there || here->port != there->port) return false;
  return any_address(there->host, AI_NUMERICHOST, [&](const Address& wanted) {
    return any_address(here->host, 0, [&](const Address& address) { return address == wanted; });
  });
}

}  // namespace zeroway
