#include "router/net/many_sends.h"

#include <liburing.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "router/net/limits.h"

namespace zeroway {

namespace {

constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;

void send_one(OneSend& one) {
  one.result = ::send(one.fd, one.bytes.data(), one.bytes.size(), kFlags);
  if (one.result < 0) one.result = -errno;
}

}  // namespace

class ManySends::IoRing {
 public:
  static std::unique_ptr<IoRing> open();
  ~IoRing() { ::io_uring_queue_exit(&ring_); }
  IoRing(const IoRing&) = delete;
  IoRing& operator=(const IoRing&) = delete;

  // False when the ring is broken. Then bytes without a result may or may not have been sent.
  bool send(std::span<OneSend> sends);

 private:
  explicit IoRing(const io_uring& ring) : ring_(ring) {}
  bool submit(std::size_t count);
  bool collect();

  io_uring ring_;
  std::size_t open_ = 0;  // sends handed over, without a result
};

std::unique_ptr<ManySends::IoRing> ManySends::IoRing::open() {
  // The flags save work and came with Linux 6.0; an older kernel refuses them.
  for (const unsigned flags : {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN, 0U}) {
    io_uring ring{};
    if (::io_uring_queue_init(kMaxSends, &ring, flags) == 0) return std::unique_ptr<IoRing>(new IoRing(ring));
  }
  return nullptr;
}

bool ManySends::IoRing::send(std::span<OneSend> sends) {
  for (OneSend& one : sends) {
    io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);  // never null: the ring is empty between two calls
    ::io_uring_prep_send(entry, one.fd, one.bytes.data(), one.bytes.size(), kFlags);
    ::io_uring_sqe_set_data(entry, &one);
  }
  const bool is_submitted = submit(sends.size());
  const bool is_collected = collect();
  return is_submitted && is_collected;
}

bool ManySends::IoRing::submit(std::size_t count) {
  while (count > 0) {
    const int done = ::io_uring_submit(&ring_);
    if (done == -EINTR) continue;
    if (done <= 0) return false;
    open_ += static_cast<std::size_t>(done);
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

// With MSG_DONTWAIT, the kernel has done the sends while they were handed over. If a kernel does one later, collect()
// waits: the bytes are the caller's again when send() returns.
bool ManySends::IoRing::collect() {
  while (open_ > 0) {
    io_uring_cqe* result = nullptr;
    const int error = ::io_uring_wait_cqe(&ring_, &result);
    if (error == -EINTR || error == -EAGAIN) continue;
    if (error < 0) return false;
    static_cast<OneSend*>(::io_uring_cqe_get_data(result))->result = result->res;
    ::io_uring_cqe_seen(&ring_, result);
    --open_;
  }
  return true;
}

ManySends::ManySends(Ring ring) : may_have_ring_(ring == Ring::if_there) {}
ManySends::~ManySends() = default;

void ManySends::send(std::span<OneSend> sends) {
  if (sends.size() == 1) return send_one(sends.front());
  if (std::exchange(may_have_ring_, false)) ring_ = IoRing::open();
  if (!ring_) {
    for (OneSend& one : sends) send_one(one);
    return;
  }
  for (OneSend& one : sends) one.result = -EIO;  // the result that a failing ring leaves unknown
  if (!ring_->send(sends)) ring_.reset();
}

}  // namespace zeroway
