// How many connections each client address has open, and whether it may have one more.
//
// Owner: the front door of a loop.   Thread: that loop.
// IPv6 is counted by /64, which is what one customer is given (RFC 6177). It remembers only addresses that are
// connected, so it is no larger than the number of connections. Not here: who is never counted (edge/front_door.h),
// closing (net/listener.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "router/observe/time.h"

namespace zeroway {

class AddressTable {
 public:
  enum class Entry : std::uint8_t {
    yes,          // counted: leave() is owed
    no,           // as many as it may have; said within the last minute
    no_and_tell,  // the same, and nobody was told of it for a minute
  };

  // `most` connections of one address, at least 1.
  explicit AddressTable(std::size_t most) : most_(most) {}

  // `address` numeric, without port or brackets; what is none always enters and is not counted.
  [[nodiscard]] Entry enter(std::string_view address, Time now);
  // One that entered is gone.
  void leave(std::string_view address);
  [[nodiscard]] std::size_t size() const { return open_.size(); }

 private:
  using Key = std::array<char, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Hash {
    std::size_t operator()(const Key& key) const { return std::hash<std::string_view>{}({key.data(), key.size()}); }
  };
  struct Address {
    std::size_t connections = 0;
    std::optional<Time> told;
  };

  [[nodiscard]] static std::optional<Key> key_of(std::string_view address);

  std::size_t most_;
  std::unordered_map<Key, Address, Hash> open_;
};

}  // namespace zeroway
