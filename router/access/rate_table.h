// When each client's next request would be due at the rate of its rule (GCRA), for all rules and all loops.
//
//     now ──────── due ─────────── now + burst × interval
//      │◀─ ahead ──▶│                       │               a request moves `due` by one interval,
//      └ due before now: the client is as a new one         unless it would pass the right end: then it is refused
//
// Owner: Router, shared by all loops.   Thread: any; no call waits for another.
// The table has a fixed number of slots. A client whose `due` has passed loses nothing when its slot is taken; when all
// slots of its set are busy, a new client takes that of the one who is the least ahead, who then begins anew.
// Not here: what a client is (router/access/access_gate.cpp), the answer (router/access/rate_reply.h).
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "router/access/limits.h"
#include "router/observe/time.h"
#include "router/plan/rate_rule.h"

namespace zeroway {

class RateTable {
 public:
  explicit RateTable(std::size_t slots = kRateSlots);

  struct Taken {
    bool is_allowed = true;
    std::chrono::nanoseconds wait{0};   // until the next request is allowed
    std::uint64_t left = 0;             // requests that are allowed at once now
    std::chrono::nanoseconds reset{0};  // until all of the burst is allowed again
  };

  // One request of the client `key`, a hash of the client and its rule. A refused request is not counted.
  [[nodiscard]] Taken take(std::uint64_t key, const RateRule& rule, Time now);
  // For tests: slots that have ever had a client.
  [[nodiscard]] std::size_t used() const;
  [[nodiscard]] std::size_t size() const { return count_ * kWays; }

 private:
  static constexpr std::size_t kWays = 4;  // of one cache line

  struct Slot {
    std::atomic<std::uint64_t> key{0};  // 0 = nobody
    std::atomic<std::int64_t> due{0};   // nanoseconds of the clock
  };
  struct alignas(64) Set {
    std::array<Slot, kWays> slots;
  };

  [[nodiscard]] Slot& slot_of(std::uint64_t key, std::int64_t now);

  std::size_t count_;  // of sets: a power of two
  std::unique_ptr<Set[]> sets_;
};

}  // namespace zeroway
