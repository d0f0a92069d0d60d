// Whether a word is valid for its option: endpoints of the fabric, origins, and values that must fit together.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: numbers with units (settings/units.h), addresses (settings/addresses.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/settings/addresses.h"
#include "router/settings/settings.h"

namespace zeroway {

// Whether only this machine reaches the endpoint: ipc, or tcp at a loopback address.
[[nodiscard]] bool is_local_endpoint(const std::string& endpoint);
// Checks that every value is in its range. The error names the option as WebSocketSettings does.
[[nodiscard]] Result<> check_web_sockets(const WebSocketSettings& settings);
// "*", or SCHEME://HOST[:PORT] with any `*` in it, without a path.
[[nodiscard]] bool is_origin_pattern(const std::string& text);
// Checks that every loop has a pair of endpoints, that other machines reach no endpoint without a key, and that a
// heartbeat can be answered before its worker is lost. The error says what to do.
[[nodiscard]] Result<> check_fabric(const FabricSettings& fabric, std::uint32_t threads);
// Checks that clients are not served at a port of the fabric. check_fabric() must have accepted the fabric's endpoint.
// The error of the bind would say only that the address is in use. Finds only certain conflicts: two names of one host
// are left to the bind.
[[nodiscard]] Result<> check_ports(const Settings& settings);
// The endpoint with 127.0.0.1 for the host `localhost`: ZeroMQ binds to addresses only.
[[nodiscard]] std::string with_address(const std::string& endpoint);

}  // namespace zeroway
