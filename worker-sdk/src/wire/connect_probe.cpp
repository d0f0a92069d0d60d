#include "connect_probe.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "limits.h"
#include "socket_address.h"

namespace zeroway {

ConnectProbe::ConnectProbe(const std::string& endpoint, TimePoint now) : deadline_(now + kConnectTimeout) {
  const auto address = address_of(endpoint);
  if (!address) {
    error_ = EINVAL;
    return;
  }
  fd_ = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || (connect(fd_, address->get(), address->size) != 0 && errno != EINPROGRESS && errno != EAGAIN))
    error_ = errno;
}

ConnectProbe::~ConnectProbe() {
  if (fd_ >= 0) close(fd_);
}

std::optional<int> ConnectProbe::result(TimePoint now) const {
  if (error_ != 0) return error_;
  pollfd asked{fd_, POLLOUT, 0};
  if (poll(&asked, 1, 0) != 1) return now >= deadline_ ? std::optional(ETIMEDOUT) : std::nullopt;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace zeroway
