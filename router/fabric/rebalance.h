// How many long streams each worker of one pool hands over after others have joined, so that these get their share.
//
//     rests ── joined() ──▶ planned by the next look() ──▶ hands over, so many a second ──▶ rests
//                                         when the newcomers have their share, or no worker has more than its own
//
// Owner: Rebalancer, one for each pool.   Thread: one loop.
// Pure. Not here: which streams are long, and how their clients are asked (router/fabric/rebalancer.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "router/fabric/roster.h"
#include "router/observe/time.h"

namespace zeroway {

// What one worker has.
struct LongStreams {
  WorkerKey worker = 0;
  std::uint32_t weight = 1;
  std::size_t held = 0;     // without those that it was asked to hand over
  std::size_t movable = 0;  // of them, those whose clients may be asked
  std::size_t room = 0;     // for so many more
};

struct HandOver {
  WorkerKey worker = 0;
  std::size_t streams = 0;
};

class Rebalance {
 public:
  // At most `per_second` streams are handed over in each second, above 0.
  explicit Rebalance(double per_second) : per_second_(per_second) {}

  // The worker has joined. A plan that is under way is made anew.
  void joined(WorkerKey newcomer);
  // Who hands over how many streams now. `all`: all workers of the pool that are fit. The plan says how many streams
  // all newcomers lack of their share by weight, and takes no more than these from the workers that have most above
  // their own share. It ends sooner when the newcomers have their share by other ways.
  [[nodiscard]] std::vector<HandOver> look(Time now, std::span<const LongStreams> all);
  [[nodiscard]] bool is_resting() const { return state_ == State::rests; }

 private:
  enum class State : std::uint8_t { rests, begins, hands_over };

  using Counts = std::map<WorkerKey, std::size_t>;

  void plan(std::span<const LongStreams> all);
  [[nodiscard]] Counts left_of(std::span<const LongStreams> all) const;
  [[nodiscard]] bool has_share(std::span<const LongStreams> all) const;
  [[nodiscard]] std::size_t budget(Time now);

  const double per_second_;
  State state_ = State::rests;
  std::set<WorkerKey> newcomers_;
  Counts quotas_;      // streams that each worker may still hand over
  Time counted_{};     // until when `tokens_` are counted; Time{} = they begin with the next look
  double tokens_ = 0;  // streams that may be handed over now
};

}  // namespace zeroway
