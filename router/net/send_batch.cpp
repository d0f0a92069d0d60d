#include "router/net/send_batch.h"

#include <span>
#include <utility>

namespace zeroway {

void SendBatch::add(Sender& who, int fd, std::string& bytes) {
  Slot& slot = slots_[count_++];
  slot.who = &who;
  slot.fd = fd;
  slot.bytes.swap(bytes);
  if (count_ == slots_.size()) flush();
}

void SendBatch::flush() {
  std::array<OneSend, kMaxSends> sends;
  const std::size_t count = std::exchange(count_, 0);
  if (count == 0) return;
  for (std::size_t index = 0; index < count; ++index) {
    sends[index].fd = slots_[index].fd;
    sends[index].bytes = slots_[index].bytes;
  }
  sends_.send(std::span(sends).first(count));
  for (std::size_t index = 0; index < count; ++index) {
    Slot& slot = slots_[index];
    if (slot.who) slot.who->sent(slot.bytes, sends[index].result);
    slot.bytes.clear();
  }
}

void SendBatch::forget(const Sender& who) {
  for (std::size_t index = 0; index < count_; ++index) {
    if (slots_[index].who == &who) slots_[index].who = nullptr;
  }
  flush();
}

}  // namespace zeroway
