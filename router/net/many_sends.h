// Sends on many sockets by one call of the kernel (io_uring), or by one call for each socket where the kernel refuses
// io_uring.
//
// Owner: a loop's batch of sends (net/send_batch.h).   Thread: the one that first calls send(); the ring is bound to
// it. Not here: the owners of the bytes, and what happens to bytes that the kernel refuses.
#pragma once
#include <sys/types.h>

#include <memory>
#include <span>
#include <string_view>

namespace zeroway {

struct OneSend {
  int fd = -1;
  std::string_view bytes;
  ssize_t result = 0;  // bytes taken, or an errno as a negative number: -EAGAIN when the kernel takes none now
};

class ManySends {
 public:
  enum class Ring : bool { never, if_there };

  explicit ManySends(Ring ring);
  ~ManySends();
  ManySends(const ManySends&) = delete;
  ManySends& operator=(const ManySends&) = delete;

  // Does what send(2) with MSG_DONTWAIT and MSG_NOSIGNAL does, for at most kMaxSends sends. All have their result on
  // return.
  void send(std::span<OneSend> sends);
  // Known after the first send() of two or more. False where the kernel, a container's rules or
  // sysctl kernel.io_uring_disabled refuse it.
  [[nodiscard]] bool has_ring() const { return ring_ != nullptr; }

 private:
  class IoRing;

  bool may_have_ring_;
  std::unique_ptr<IoRing> ring_;
};

}  // namespace zeroway
