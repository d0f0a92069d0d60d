// What counts as one client address: an IPv4 address, or an IPv6 /64, the network that one customer gets (RFC 6177).
//
// Owner: nobody; a value.   Thread: any.
// Not here: counting (net/address_table.h, net/connection_rates.h).
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "router/observe/time.h"

namespace zeroway {

using AddressKey = std::array<char, 16>;  // IPv4 as ::ffff:a.b.c.d

struct AddressHash {
  std::size_t operator()(const AddressKey& key) const {
    return std::hash<std::string_view>{}({key.data(), key.size()});
  }
};

// `address` is numeric, without port or brackets. Nothing for text that is no address.
[[nodiscard]] std::optional<AddressKey> address_key(std::string_view address);

// Whether a new connection is let in: the result of a count by address.
enum class Entry : std::uint8_t {
  yes,
  no,           // a refusal was reported within the last kTellAgain
  no_and_tell,  // no refusal was reported for so long: report this one
};

// When a refusal of one address was last reported.
class Refusals {
 public:
  // `no` or `no_and_tell`.
  [[nodiscard]] Entry refuse(Time now);
  [[nodiscard]] bool is_told(Time now) const;

 private:
  std::optional<Time> told_;
};

}  // namespace zeroway
