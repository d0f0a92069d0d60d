// Reads the body of a change: a JSON object (RFC 8259) with known keys.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: what the change does (router/operator_desk.h).
#pragma once
#include <chrono>
#include <string_view>

#include "proto/error.h"
#include "router/admin/desk.h"

namespace zeroway {

// The error names the key, its value and what fits.
[[nodiscard]] Result<MemberChange> read_member_change(std::string_view body);

struct LogChange {
  bool is_debug = false;
  std::chrono::seconds time{0};
};
// {"level": "debug", "seconds": 600}; both are wanted.
[[nodiscard]] Result<LogChange> read_log_change(std::string_view body);

}  // namespace zeroway
