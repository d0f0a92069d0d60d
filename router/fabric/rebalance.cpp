#include "router/fabric/rebalance.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace zeroway {
namespace {

std::uint64_t weight_of(std::span<const LongStreams> all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const LongStreams& one) { return sum + one.weight; });
}

std::uint64_t held_by(std::span<const LongStreams> all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const LongStreams& one) { return sum + one.held; });
}

// The share of all streams, which `one` has by its weight: rounded down for those who get, up for those who give.
struct Shares {
  explicit Shares(std::span<const LongStreams> all) : held(held_by(all)), weight(weight_of(all)) {}

  [[nodiscard]] std::size_t least(const LongStreams& one) const { return held * one.weight / weight; }
  [[nodiscard]] std::size_t most(const LongStreams& one) const { return (held * one.weight + weight - 1) / weight; }
  [[nodiscard]] std::size_t lack(const LongStreams& one) const {
    const std::size_t share = least(one);
    return share <= one.held ? 0 : std::min(share - one.held, one.room);
  }
  [[nodiscard]] std::size_t excess(const LongStreams& one) const {
    const std::size_t share = most(one);
    return one.held <= share ? 0 : std::min(one.held - share, one.movable);
  }

  std::uint64_t held, weight;
};

// The element with the most left; null when none has any.
template <class Quotas>
auto* most_of(Quotas& quotas) {
  const auto found = std::max_element(quotas.begin(), quotas.end(),
                                      [](const auto& one, const auto& other) { return one.second < other.second; });
  return found == quotas.end() || found->second == 0 ? nullptr : &*found;
}

}  // namespace

void Rebalance::joined(WorkerKey newcomer) {
  newcomers_.insert(newcomer);
  if (state_ == State::rests) counted_ = Time{};
  state_ = State::begins;
}

std::vector<HandOver> Rebalance::look(Time now, std::span<const LongStreams> all) {
  if (state_ == State::rests) return {};
  if (state_ == State::begins) plan(all);
  const std::size_t most = budget(now);
  Counts left = left_of(all);
  if (has_share(all) || most_of(left) == nullptr) {
    state_ = State::rests;
    newcomers_.clear();
    return {};
  }
  Counts given;
  for (std::size_t count = 0; count < most; ++count) {
    auto* const giver = most_of(left);
    if (giver == nullptr) break;
    --giver->second;
    --quotas_[giver->first];
    tokens_ -= 1;
    ++given[giver->first];
  }
  std::vector<HandOver> out;
  for (const auto& [worker, streams] : given) out.push_back({worker, streams});
  return out;
}

// What each worker may still hand over, as things are now.
Rebalance::Counts Rebalance::left_of(std::span<const LongStreams> all) const {
  const Shares shares(all);
  Counts left;
  for (const LongStreams& one : all)
    if (const auto quota = quotas_.find(one.worker); quota != quotas_.end())
      left[one.worker] = std::min(quota->second, shares.excess(one));
  return left;
}

void Rebalance::plan(std::span<const LongStreams> all) {
  state_ = State::hands_over;
  quotas_.clear();
  const Shares shares(all);
  std::size_t lack = 0;
  Counts excess;
  for (const LongStreams& one : all) {
    if (newcomers_.contains(one.worker)) lack += shares.lack(one);
    // Of two that joined since the last look, one may have got all streams meanwhile.
    excess[one.worker] = shares.excess(one);
  }
  for (; lack > 0; --lack) {
    auto* const giver = most_of(excess);
    if (giver == nullptr) return;
    --giver->second;
    ++quotas_[giver->first];
  }
}

// Also when no newcomer is there any more.
bool Rebalance::has_share(std::span<const LongStreams> all) const {
  const Shares shares(all);
  return std::all_of(all.begin(), all.end(),
                     [&](const LongStreams& one) { return !newcomers_.contains(one.worker) || shares.lack(one) == 0; });
}

// A quarter of a second may be made up for: looks come at ticks.
std::size_t Rebalance::budget(Time now) {
  const Time before = std::exchange(counted_, now);
  if (before == Time{}) tokens_ = 0;
  const double passed = before == Time{} ? 0 : std::chrono::duration<double>(now - before).count();
  tokens_ = std::min(tokens_ + passed * per_second_, std::max(1.0, per_second_ / 4));
  return static_cast<std::size_t>(tokens_);
}

}  // namespace zeroway
