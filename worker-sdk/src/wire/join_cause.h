// Words for the log: why a router is not joined.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: finding the cause (worker_loop.cpp, connect_probe.h), logging it once (join_report.h).
#pragma once
#include <string>

#include "proto/zmtp/zmtp_failure.h"

namespace zeroway {

// `error`: an errno of connect().
[[nodiscard]] std::string no_connection(int error);
// The handshake failed, or did not end in time. `none`: the other side gave no reason that is known.
[[nodiscard]] std::string no_handshake(ZmtpFault why, bool has_keys);
[[nodiscard]] std::string no_welcome();
[[nodiscard]] std::string broken_before_welcome();
[[nodiscard]] std::string refused(const std::string& reason);

}  // namespace zeroway
