// At most a given number of events in a second; each second begins with its first event.
//
// Owner: the code that counts events.   Thread: one.
// Pure: no clock. Not here: what happens to events over the limit.
#pragma once
#include <cstddef>

#include "router/observe/time.h"

namespace zeroway {

template <std::size_t kMost>
class PerSecond {
 public:
  // False when the events of this second are used up.
  [[nodiscard]] bool take(Time now, std::size_t many = 1) {
    if (now - since_ >= std::chrono::seconds(1)) {
      since_ = now;
      taken_ = 0;
    }
    if (many > kMost - taken_) return false;
    taken_ += many;
    return true;
  }

 private:
  Time since_{};
  std::size_t taken_ = 0;
};

}  // namespace zeroway
