#include "connect_probe.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "limits.h"
#include "worker-sdk/src/session/router_address.h"

namespace zeroway {

namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> tcp_address(const HostAndPort& parts) {
  Address address;
  std::uint16_t port = 0;
  std::from_chars(parts.port.data(), parts.port.data() + parts.port.size(), port);
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (inet_pton(AF_INET, parts.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof *v4;
    return address;
  }
  const std::size_t percent = parts.host.find('%');
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET6, parts.host.substr(0, percent).c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  if (percent != std::string::npos) v6->sin6_scope_id = if_nametoindex(parts.host.c_str() + percent + 1);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  address.size = sizeof *v6;
  return address;
}

std::optional<Address> ipc_address(const std::string& path) {
  Address address;
  auto* const local = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof local->sun_path) return std::nullopt;
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, path.c_str(), path.size() + 1);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  if (path.front() != '@') return address;
  local->sun_path[0] = '\0';  // the abstract namespace of Linux, as ZeroMQ spells it
  --address.size;
  return address;
}

std::optional<Address> address_of(const std::string& endpoint) {
  if (const auto parts = split_tcp(endpoint)) return tcp_address(*parts);
  constexpr std::string_view kIpc = "ipc://";
  return endpoint.starts_with(kIpc) ? ipc_address(endpoint.substr(kIpc.size())) : std::nullopt;
}

}  // namespace

ConnectProbe::ConnectProbe(const std::string& endpoint, TimePoint now) : deadline_(now + kConnectTimeout) {
  const auto address = address_of(endpoint);
  if (!address) {
    error_ = EINVAL;
    return;
  }
  fd_ = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto* const to = reinterpret_cast<const sockaddr*>(&address->storage);
  if (fd_ < 0 || (connect(fd_, to, address->size) != 0 && errno != EINPROGRESS && errno != EAGAIN)) error_ = errno;
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
