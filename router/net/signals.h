// Signals of the process, told on a loop.
//
// Owner: Router, on its first loop.   Thread: that loop.
// Not here: what a signal means (router/router.cpp).
#pragma once
#include <functional>
#include <initializer_list>
#include <memory>

#include "router/net/loop.h"

namespace zeroway {

class Signals {
 public:
  // Told each time one of `numbers` arrives, inside a turn of `loop`.
  Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int number)> told);
  ~Signals();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace zeroway
