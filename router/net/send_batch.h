// The small sends of one turn, which leave together at its end.
//
// Owner: a loop.   Thread: the loop's.
// A sender in the batch calls flush() before it does anything else with its socket, and forget() before it is
// destroyed.
// Not here: how sends leave (net/many_sends.h), and what happens to bytes that the kernel refused (the sender).
#pragma once
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "router/net/limits.h"
#include "router/net/many_sends.h"

namespace zeroway {

class SendBatch {
 public:
  class Sender {
   public:
    virtual ~Sender() = default;
    // The result of its send: how many bytes the kernel took, or an errno as a negative number. May not add().
    virtual void sent(std::string_view bytes, ssize_t result) = 0;
  };

  explicit SendBatch(ManySends::Ring ring) : sends_(ring) {}

  // Takes `bytes` and leaves it empty. `who` is not in the batch yet. A full batch leaves at once.
  void add(Sender& who, int fd, std::string& bytes);
  // Sends all bytes, and calls sent() of each sender.
  void flush();
  // Sends all bytes, and calls sent() of each sender but `who`.
  void forget(const Sender& who);

 private:
  struct Slot {
    Sender* who = nullptr;
    int fd = -1;
    std::string bytes;  // its memory is given to the next sender
  };

  ManySends sends_;
  std::array<Slot, kMaxSends> slots_;
  std::size_t count_ = 0;
};

}  // namespace zeroway
