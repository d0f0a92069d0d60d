// An endpoint as connect() takes it.
//
// Owner: nobody; a value and a free function.   Thread: any.
// Not here: host names (router_names.h): a name is looked up before.
#pragma once
#include <sys/socket.h>

#include <optional>
#include <string>

namespace zeroway {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] bool is_tcp() const { return storage.ss_family != AF_UNIX; }
};

// `endpoint`: tcp with a numeric host, or ipc; "ipc://@NAME" is in Linux's abstract namespace. Nothing for others.
[[nodiscard]] std::optional<SocketAddress> address_of(const std::string& endpoint);

}  // namespace zeroway
