#include "router/console/rates.h"

#include <limits>
#include <vector>

namespace zeroway::console {

namespace {

// How many ended in each bucket since `before`; empty when nothing is known.
std::vector<std::uint64_t> ended(const Durations& before, const Durations& now) {
  if (before.bounds != now.bounds || before.counts.size() != now.counts.size()) return {};
  if (now.counts.size() != now.bounds.size() + 1) return {};
  std::vector<std::uint64_t> counts(now.counts);
  for (std::size_t at = 0; at < counts.size(); ++at) {
    if (counts[at] < before.counts[at]) return {};
    counts[at] -= before.counts[at];
  }
  return counts;
}

}  // namespace

std::optional<double> per_second(std::uint64_t before, std::uint64_t now, double seconds) {
  if (now < before || seconds <= 0) return std::nullopt;
  return static_cast<double>(now - before) / seconds;
}

std::optional<double> quantile(const Durations& before, const Durations& now, double share) {
  const std::vector<std::uint64_t> counts = ended(before, now);
  double all = 0;
  for (const std::uint64_t one : counts) all += static_cast<double>(one);
  if (all == 0) return std::nullopt;
  double below = 0;
  for (std::size_t at = 0; at < now.bounds.size(); ++at) {
    const auto here = static_cast<double>(counts[at]);
    const double least = at == 0 ? 0 : now.bounds[at - 1];
    if (here > 0 && below + here >= share * all) return least + (now.bounds[at] - least) * (share * all - below) / here;
    below += here;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace zeroway::console
