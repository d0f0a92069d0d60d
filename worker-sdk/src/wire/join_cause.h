// Words for the log: why a router is not joined.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: finding the cause (worker_loop.cpp, connect_probe.h), logging it once (join_report.h).
#pragma once
#include <cstdint>
#include <string>

namespace zeroway {

// `error`: an errno of connect().
[[nodiscard]] std::string no_connection(int error);
// The handshake failed: an event of ZeroMQ says so, or the handshake did not end in time (`event` = 0).
[[nodiscard]] std::string no_handshake(std::uint16_t event, std::uint32_t value, bool has_keys);
[[nodiscard]] std::string no_welcome();
[[nodiscard]] std::string broken_before_welcome();
[[nodiscard]] std::string refused(const std::string& reason);

}  // namespace zeroway
