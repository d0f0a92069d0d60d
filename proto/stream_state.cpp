#include "proto/stream_state.h"

namespace zeroway {

bool StreamState::interim() { return phase_ == Phase::start; }

bool StreamState::head() {
  if (phase_ != Phase::start) return false;
  phase_ = Phase::open;
  return true;
}

bool StreamState::end() {
  if (phase_ != Phase::open) return false;
  phase_ = Phase::ended;
  return true;
}

}  // namespace zeroway
