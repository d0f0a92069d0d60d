// Signals of the process, received on a loop.
//
// Owner: Router, on its first loop.   Thread: that loop.
// The signals are blocked and read from a descriptor, so that no handler interrupts a call: ZeroMQ ends an interrupted
// call with an error that no caller expects. Not here: what a signal means (router/router.cpp).
#pragma once
#include <signal.h>

#include <functional>
#include <initializer_list>

#include "router/net/loop.h"

namespace zeroway {

class Signals : private Watcher {
 public:
  // Blocks `numbers` in this thread and in the threads that it starts from now on. Threads that run already must have
  // blocked them. ZeroMQ's threads and others do so themselves, but only once they run: a program that may be signalled
  // early calls block() before it starts any thread.
  static void block(std::initializer_list<int> numbers);
  // Calls `told` each time one of `numbers` arrives, inside a turn of `loop`. Several signals of one number that arrive
  // before the call are one. Blocks `numbers`, too.
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
