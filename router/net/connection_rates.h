// How fast each client address opens connections, and whether it may open one more now.
//
//     one second's worth at once, then one each 1/N s:   │◀── debt ──▶│
//     ───────────────────────────────────────────────── now ─────── paid_at, at most now + 1 s
//
// Owner: the front door of a loop.   Thread: that loop.
// It remembers whoever came within a second, or was told of within kTellAgain, and at most kMaxRatedAddresses: when so
// many are there it forgets them all, and everybody begins anew. No rate per address holds who has so many.
// Not here: who is never counted (edge/front_door.h), closing (net/socket.h).
#pragma once
#include <unordered_map>

#include "router/net/address_key.h"
#include "router/observe/time.h"

namespace zeroway {

class ConnectionRates {
 public:
  // `most` connections per second of one address, and at once; 1 … 1'000'000.
  explicit ConnectionRates(std::uint32_t most);

  // What is no address always enters. Who may not is not counted: trying on does not lengthen it.
  [[nodiscard]] Entry enter(std::string_view address, Time now);
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  struct Address {
    Time paid_at{};  // when nothing of it counts any more
    Refusals refusals;
  };

  void make_room(Time now);

  Clock::duration cost_;  // of one connection
  std::unordered_map<AddressKey, Address, AddressHash> known_;
};

}  // namespace zeroway
