// How many retries may be under way at once: a share of all open exchanges, and always a few.
//
// Owner: Exchanges.   Thread: one loop.
// The budget keeps a failing worker or server from doubling the load of the remaining ones. To open a request again
// that provably nobody saw is no retry: the request has cost nobody anything.
// Not here: which requests may be tried again (exchange/exchange.h).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace zeroway {

class RetryBudget {
 public:
  RetryBudget(std::uint32_t percent, std::uint32_t floor) : percent_(percent), floor_(floor) {}

  // Takes a place if one is free. The number of places depends on `open`, the number of open exchanges.
  [[nodiscard]] bool take(std::size_t open) {
    if (under_way_ >= std::max<std::size_t>(floor_, open * percent_ / 100)) return false;
    ++under_way_;
    return true;
  }
  void give_back() { --under_way_; }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }

 private:
  std::size_t percent_, floor_;
  std::size_t under_way_ = 0;
};

}  // namespace zeroway
