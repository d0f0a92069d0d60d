// How many requests a client may send: a bucket of `burst` requests, which fills at an even rate.
//
// Owner: the rules of access of a site or a route; immutable.   Thread: any.
// Not here: counting (router/access/rate_table.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace zeroway {

struct RateRule {
  // By what clients are told apart.
  enum class Key : std::uint8_t {
    address,  // the network of the client's address, by the bits below
    field,    // a field of the request; requests without it by their address
    claim,    // a claim of the token that the client has logged in with; others by their address
  };

  std::uint64_t id = 0;  // of the counts: rules with one id share them. It stays at a reload
  std::uint64_t requests = 1;
  std::chrono::nanoseconds per{std::chrono::seconds(1)};
  std::uint64_t burst = 1;
  Key key = Key::address;
  std::string name;         // of the field, in lower case, or of the claim
  unsigned ipv4_bits = 32;  // of an IPv4 address that count as one client
  unsigned ipv6_bits = 64;  // a customer gets a /64 (RFC 6177)
  bool tells_all = false;   // RateLimit on every reply, not only on refusals

  // Between two requests at the rate.
  [[nodiscard]] std::chrono::nanoseconds interval() const { return per / static_cast<std::int64_t>(requests); }

  bool operator==(const RateRule&) const = default;
};

}  // namespace zeroway
