// How log lines for the operator show workers, and peers that are no workers.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: how often a line is written (router/observe/complaints.h).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "router/fabric/roster.h"

namespace zeroway {

// "worker-1 (worker-1#0123456789abcdef)".
[[nodiscard]] std::string name_of(const Worker& worker);
// A routing id. It may be any bytes until a HELLO has shown that it is a name.
[[nodiscard]] std::string shown(std::string_view instance);
// " from 192.0.2.1:4711"; "" for an address that is not known.
[[nodiscard]] std::string from(std::string_view address);
// "1500 ms".
[[nodiscard]] std::string show_ms(std::chrono::nanoseconds time);
// For people who look now and then: "12 s", "3 min 5 s", "2 h 7 min", "9 d 4 h".
[[nodiscard]] std::string show_long(std::chrono::nanoseconds time);

}  // namespace zeroway
