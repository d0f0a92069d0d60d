#include "router/fabric/ping_rounds.h"

#include <algorithm>
#include <random>

#include "router/fabric/limits.h"

namespace zeroway {

std::uint64_t PingRounds::begin(Time now, std::size_t connections) {
  began_ = now;
  connections_ = connections;
  answers_.clear();
  is_out_ = true;
  repeat_at_ = now + kClaimPatience;
  begin_epoch();
  first_epoch_ = epoch_;
  return epoch_;
}

std::uint64_t PingRounds::repeat(Time now, std::size_t connections) {
  connections_ = connections;
  repeat_at_ = now + (now - began_) + kClaimPatience;
  begin_epoch();
  return epoch_;
}

void PingRounds::begin_epoch() {
  epoch_ += std::uint64_t{1} + std::random_device()();
  dealt_.push_back(epoch_);
  if (dealt_.size() > kKnownEpochs) dealt_.pop_front();
}

bool PingRounds::has_dealt(std::uint64_t epoch) const {
  return std::find(dealt_.begin(), dealt_.end(), epoch) != dealt_.end();
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
