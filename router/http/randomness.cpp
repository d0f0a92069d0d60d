#include "router/http/randomness.h"

#include <sys/random.h>

#include <cstdlib>

namespace zeroway {

void SystemRandomness::fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    if (left_ == 0) {
      // Cannot fail for so few bytes, except where the kernel has no random numbers: no mask is safe there.
      if (::getrandom(pool_.data(), pool_.size(), 0) != static_cast<ssize_t>(pool_.size())) std::abort();
      left_ = pool_.size();
    }
    byte = pool_[--left_];
  }
}

}  // namespace zeroway
