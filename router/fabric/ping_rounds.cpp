#include "router/fabric/ping_rounds.h"

#include <algorithm>

#include "router/fabric/limits.h"

namespace zeroway {

std::uint64_t PingRounds::begin(Time now, std::size_t connections) {
  began_ = now;
  connections_ = connections;
  answers_.clear();
  is_out_ = true;
  repeat_at_ = now + kClaimPatience;
  first_epoch_ = ++epoch_;
  return epoch_;
}

std::uint64_t PingRounds::repeat(Time now, std::size_t connections) {
  connections_ = connections;
  repeat_at_ = now + (now - began_) + kClaimPatience;
  return ++epoch_;
}

bool PingRounds::answer(std::uint64_t epoch, WorkerKey worker) {
  if (!is_out_ || epoch < first_epoch_ || epoch > epoch_ || has_answered(worker)) return false;
  answers_.push_back(worker);
  return true;
}

bool PingRounds::has_answered(WorkerKey worker) const {
  return std::find(answers_.begin(), answers_.end(), worker) != answers_.end();
}

}  // namespace zeroway
