// Messages of other threads for the loop: streams that have output of a pool handler, and actions to call.
//
// Owner: Worker.   Thread: any thread puts, the loop takes.
// Not here: how the loop is woken (the function it is given).
#pragma once
#include <functional>
#include <mutex>
#include <vector>

namespace zeroway {

class InboxItem {
 public:
  virtual ~InboxItem() = default;

  // Loop: hands over what another thread has left in this object.
  virtual void deliver() = 0;
};

class Inbox {
 public:
  // `wake` is called on any thread when a message was put and the loop has not been woken for it.
  void set_wake(std::function<void()> wake);

  // `item` stays until it is delivered.
  void put(InboxItem& item);
  void put(std::function<void()> action);
  // Loop: delivers all messages. False when there were none.
  bool run();

 private:
  void wake_if(bool first);

  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<InboxItem*> items_, taken_items_;
  std::vector<std::function<void()>> actions_, taken_actions_;
};

}  // namespace zeroway
