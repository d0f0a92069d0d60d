// What other threads have for the loop: streams whose pool handler said something, and actions to call.
//
// Owner: Worker.   Thread: any puts, the loop takes.
// Not here: how the loop is woken (the function it is given).
#pragma once
#include <functional>
#include <mutex>
#include <vector>

namespace zeroway {

class PoolSide;

class Inbox {
 public:
  // `wake` is called on any thread when something is there and the loop has not been told.
  void set_wake(std::function<void()> wake);

  void put(PoolSide& side);
  void put(std::function<void()> action);
  // Loop: delivers everything that is there. False when nothing was.
  bool run();

 private:
  void wake_if(bool first);

  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<PoolSide*> sides_, taken_sides_;
  std::vector<std::function<void()>> actions_, taken_actions_;
};

}  // namespace zeroway
