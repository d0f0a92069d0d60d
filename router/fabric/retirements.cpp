#include "router/fabric/retirements.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace zeroway {
namespace {

bool is_empty(const Streams& streams, std::optional<PoolId> pool) {
  if (!pool) return streams.count() == 0;
  return streams.select([pool](const FabricStream& stream) { return stream.pool == *pool; }).empty();
}

}  // namespace

void Retirements::add(std::optional<PoolId> pool, std::function<void()> empty) {
  retirements_.push_back({pool, std::move(empty)});
}

void Retirements::tell(const Streams& streams) {
  const auto first = std::stable_partition(retirements_.begin(), retirements_.end(),
                                           [&](const Retirement& one) { return !is_empty(streams, one.pool); });
  const std::vector<Retirement> over(std::make_move_iterator(first), std::make_move_iterator(retirements_.end()));
  retirements_.erase(first, retirements_.end());
  // Only after the walk: whoever is told may retire another group.
  for (const Retirement& one : over) one.empty();
}

}  // namespace zeroway
