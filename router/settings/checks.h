// Whether a word is what an option wants: addresses, networks, fabric endpoints.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: numbers with units (settings/units.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/settings/settings.h"

namespace zeroway {

// An IPv4 or IPv6 address, or what could be a host's name.
[[nodiscard]] bool is_address(const std::string& text);
// "10.0.0.0/8", "2001:db8::/32", or an address alone.
[[nodiscard]] bool is_network(const std::string& text);
// Whether only this machine reaches it: ipc, or tcp at a loopback address.
[[nodiscard]] bool is_local_endpoint(const std::string& endpoint);
// That every value is in its range. The error names the option as WebSocketSettings does.
[[nodiscard]] Result<> check_web_sockets(const WebSocketSettings& settings);
// "*", or SCHEME://HOST[:PORT] with any `*` in it, without a path.
[[nodiscard]] bool is_origin_pattern(const std::string& text);
// That every loop finds a pair of endpoints, that no stranger finds one without a key, and that a heartbeat can be
// answered before its worker is lost: the error says what to do.
[[nodiscard]] Result<> check_fabric(const FabricSettings& fabric, std::uint32_t threads);
// That clients are not served at a port of the fabric, whose endpoint check_fabric() has found good: the bind would
// say no more than that the address is in use. Only what is certain: two names of one host are left to the bind.
[[nodiscard]] Result<> check_ports(const Settings& settings);
// With the host `localhost` as 127.0.0.1: ZeroMQ binds to addresses only.
[[nodiscard]] std::string with_address(const std::string& endpoint);

}  // namespace zeroway
