// How fast each client address opens connections, and whether it may open one more now.
//
//     one second's worth at once, then one each 1/N s:   │◀── debt ──▶│
//     ───────────────────────────────────────────────── now ─────── paid_at, at most now + 1 s
//
// Owner: the front door of a loop.   Thread: that loop.
// It remembers at most kMaxRatedAddresses: addresses that connected within a second, or whose refusal was reported
// within kTellAgain. If these fill the table it forgets all, and each begins again: no rate per address stops a client
// with so many. Not here: which addresses are never counted (edge/front_door.h), closing (net/socket.h).
#pragma once
#include <unordered_map>

#include "router/net/address_key.h"
#include "router/observe/time.h"

namespace zeroway {

class ConnectionRates {
 public:
  // `most` connections per second of one address, and at once; 1 … 1'000'000.
  explicit ConnectionRates(std::uint32_t most);

  // Text that is no address always enters. A refused connection is not counted: more tries do not lengthen the wait.
  [[nodiscard]] Entry enter(std::string_view address, Time now);
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  struct Address {
    Time paid_at{};  // when none of its connections counts any more
    Refusals refusals;
  };

  void make_room(Time now);

  Clock::duration cost_;  // of one connection
  std::unordered_map<AddressKey, Address, AddressHash> known_;
};

}  // namespace zeroway
