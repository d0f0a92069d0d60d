// What counts as one client address: an IPv4 address, or an IPv6 /64, which is what one customer is given (RFC 6177).
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

// `address` numeric, without port or brackets; nothing for what is none.
[[nodiscard]] std::optional<AddressKey> address_key(std::string_view address);

// Whether a connection may come in, says who counts them by address.
enum class Entry : std::uint8_t {
  yes,
  no,           // said within the last kTellAgain
  no_and_tell,  // the same, and nobody was told of it for so long
};

// When an address was refused last and somebody was told.
class Refusals {
 public:
  // `no` or `no_and_tell`.
  [[nodiscard]] Entry refuse(Time now);
  [[nodiscard]] bool is_told(Time now) const;

 private:
  std::optional<Time> told_;
};

}  // namespace zeroway
