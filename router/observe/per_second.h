// At most so many of something in a second; the seconds begin with whoever comes first.
//
// Owner: who counts.   Thread: one.
// Pure: no clock. Not here: what becomes of those over it.
#pragma once
#include <cstddef>

#include "router/observe/time.h"

namespace zeroway {

template <std::size_t kMost>
class PerSecond {
 public:
  // False when this second's are spent.
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
