#include "socket_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>

#include "worker-sdk/src/session/router_address.h"

namespace zeroway {

namespace {

std::optional<SocketAddress> tcp_address(const HostAndPort& parts) {
  SocketAddress address;
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

std::optional<SocketAddress> ipc_address(const std::string& path) {
  SocketAddress address;
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

}  // namespace

std::optional<SocketAddress> address_of(const std::string& endpoint) {
  if (const auto parts = split_tcp(endpoint)) return tcp_address(*parts);
  constexpr std::string_view kIpc = "ipc://";
  return endpoint.starts_with(kIpc) ? ipc_address(endpoint.substr(kIpc.size())) : std::nullopt;
}

}  // namespace zeroway
