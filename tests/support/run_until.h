// Runs a loop until something is so.
//
// Owner: the test.   Thread: its own, which runs the loop.
#pragma once
#include <chrono>
#include <functional>

#include "router/net/loop.h"

namespace zeroway {

// Looks once a millisecond, for `limit` at most. Returns whether it is so.
inline bool run_until(Loop& loop, const std::function<bool()>& is_so, std::chrono::seconds limit) {
  bool is_late = false;
  Timer over(loop, [&] { is_late = true; });
  over.set(limit);
  Timer look(loop, [&] { loop.stop(); });
  while (!is_so() && !is_late) {
    look.set(std::chrono::milliseconds(1));
    loop.run();
  }
  return is_so();
}

}  // namespace zeroway
