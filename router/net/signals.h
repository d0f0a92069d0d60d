// Signals of the process, told on a loop.
//
// Owner: Router, on its first loop.   Thread: that loop.
// They are blocked and read from a descriptor, so that none runs a handler in the middle of anything: ZeroMQ gives up a
// call that one interrupts, with an error no caller expects. Not here: what a signal means (router/router.cpp).
#pragma once
#include <signal.h>

#include <functional>
#include <initializer_list>

#include "router/net/loop.h"

namespace zeroway {

class Signals : private Watcher {
 public:
  // In this thread and those that it starts from now on. Threads that run already must have them blocked; ZeroMQ's and
  // others do so themselves, but only once they run: whoever may be signalled early calls this before it starts any.
  static void block(std::initializer_list<int> numbers);
  // Told each time one of `numbers` arrives, inside a turn of `loop`; several of one number that arrive before it is
  // told are one. Blocks them, too.
  Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int number)> told);
  ~Signals() override;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void ready(bool readable, bool writable) override;

  Loop& loop_;
  std::function<void(int)> told_;
  sigset_t before_;
  int descriptor_;
};

}  // namespace zeroway
