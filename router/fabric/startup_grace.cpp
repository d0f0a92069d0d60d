#include "router/fabric/startup_grace.h"

#include <algorithm>

namespace zeroway {

void StartupGrace::joined(Time now, bool knows_nobody, Arrival arrival) {
  if (!reachable_since_) return;
  if (knows_nobody) {
    // A network that was down for long gives no sign when it is up again: the first worker is the sign.
    if (now - *reachable_since_ >= kGraceForReturning) reachable_since_ = now;
    until_ = std::max(until_, now + kGraceForNew);
  }
  const Time all_here = *reachable_since_ + kGraceForReturning;
  if (arrival == Arrival::returning && now < all_here) until_ = std::max(until_, all_here);
}

}  // namespace zeroway
