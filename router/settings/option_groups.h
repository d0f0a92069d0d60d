// The headings under which `router -h` shows options.
//
// Owner: nobody; constants.   Thread: any.
// Not here: the options themselves (settings/description.cpp, settings/command_line.cpp).
#pragma once

namespace zeroway {

constexpr const char* kClients = "Clients";
constexpr const char* kTls = "TLS";
constexpr const char* kTimes = "Client timeouts";
constexpr const char* kWebSockets = "WebSocket";
constexpr const char* kRequests = "Requests";
constexpr const char* kFabric = "Workers";
constexpr const char* kLog = "Log";
constexpr const char* kProcess = "Process";

}  // namespace zeroway
