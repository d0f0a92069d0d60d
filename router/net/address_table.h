// How many connections each client address has open, and whether it may have one more.
//
// Owner: the front door of a loop.   Thread: that loop.
// The table remembers only addresses that are connected, so it has at most as many entries as there are connections.
// Not here: what counts as one address (net/address_key.h), which addresses are never counted (edge/front_door.h),
// closing (net/socket.h).
#pragma once
#include <string_view>
#include <unordered_map>

#include "router/net/address_key.h"
#include "router/observe/time.h"

namespace zeroway {

class AddressTable {
 public:
  // `most` connections of one address, at least 1.
  explicit AddressTable(std::size_t most) : most_(most) {}

  // Text that is no address always enters and is not counted. After `yes` the caller must call leave() once.
  [[nodiscard]] Entry enter(std::string_view address, Time now);
  // A connection that entered is gone.
  void leave(std::string_view address);
  [[nodiscard]] std::size_t size() const { return open_.size(); }

 private:
  struct Address {
    std::size_t connections = 0;
    Refusals refusals;
  };

  std::size_t most_;
  std::unordered_map<AddressKey, Address, AddressHash> open_;
};

}  // namespace zeroway
