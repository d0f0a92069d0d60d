#include "router/fabric/settling.h"

#include <algorithm>

namespace zeroway {

void Settling::shook_hands() {
  is_somebody_new_ = false;
  is_round_wanted_ = true;
}

void Settling::broke(std::uint64_t epoch) {
  proving_from_ = epoch + 1;
  is_somebody_new_ = false;  // this may be the new connection; if not, the round misses that one and is repeated
  is_round_wanted_ = true;
}

bool Settling::is_settled(const std::vector<Worker*>& open_pool) const {
  return std::all_of(open_pool.begin(), open_pool.end(),
                     [this](const Worker* worker) { return worker->last_pong >= proving_from_; });
}

}  // namespace zeroway
