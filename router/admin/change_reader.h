// Reads the body of a change: a JSON object (RFC 8259) with known keys.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: what the change does (router/operator_desk.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

// What a change of a worker or a server may say. At least one of them is there.
struct MemberChange {
  std::optional<bool> held;             // out of rotation
  std::optional<std::uint32_t> weight;  // 0 … 1 000 000
};

// The error names the key, its value and what fits.
[[nodiscard]] Result<MemberChange> read_member_change(std::string_view body);

}  // namespace zeroway
