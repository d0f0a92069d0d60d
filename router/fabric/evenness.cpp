#include "router/fabric/evenness.h"

#include <algorithm>

namespace zeroway {

std::string_view why_uneven(Balance balance, const std::vector<Worker*>& open_pool, std::size_t deal_connections,
                            Time now) {
  if (balance != Balance::round_robin) return "the balance method is not round_robin";
  if (open_pool.empty()) return "no worker is there";
  const auto weight = open_pool.front()->hello.weight;
  for (const Worker* worker : open_pool) {
    if (worker->hello.weight != weight) return "weights differ";
    if (worker->is_draining) return "a worker is leaving";
    if (worker->is_held) return "a worker is held";
    if (worker->is_silent) return "a dealt ping is late";
    if (now < worker->refused_until) return "a worker refused a stream";
  }
  if (deal_connections < open_pool.size()) return "a worker is not connected to deal";
  if (deal_connections > open_pool.size()) return "a deal connection has not said hello";
  return {};
}

std::size_t dealt_share(std::size_t unaccepted, std::size_t workers) {
  return workers == 0 ? 0 : (unaccepted + workers - 1) / workers;
}

bool all_have_room(const std::vector<Worker*>& open_pool, std::size_t unaccepted) {
  // Streams are dealt to the workers in turn; one more for the turn that is under way.
  const std::size_t share = unaccepted / std::max<std::size_t>(open_pool.size(), 1) + 1;
  return std::all_of(open_pool.begin(), open_pool.end(),
                     [&](const Worker* worker) { return worker->in_flight + share <= worker->hello.capacity; });
}

}  // namespace zeroway
