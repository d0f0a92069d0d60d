// The address of a network interface ("eth0").
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "router/net/socket_address.h"

namespace zeroway {

// The interface's first IPv6 address, as libzmq binds it, else its first IPv4 address. Nothing when there is no such
// interface, or when it has no address.
[[nodiscard]] std::optional<SocketAddress> interface_address(const std::string& name, std::uint16_t port);

}  // namespace zeroway
