// A permit: that a client may use the services of a user, or one service, until a time. As text, which is sealed before
// it is a cookie.
//
//     u1767225600 ann            the services of the user "ann"
//     c1767225600 /s1/jupyter    one service, by the name by which tokens call it
//
// Owner: the caller; a value.   Thread: any.
// Not here: sealing (access/sticky_seal.h), whether it is enough for a request (access/permits.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/plan/permit_rule.h"

namespace zeroway {

struct Permit {
  enum class Of : std::uint8_t { user, circuit };

  Of of = Of::circuit;
  std::string name;
  std::chrono::seconds until{0};  // since 1970

  bool operator==(const Permit&) const = default;
};

[[nodiscard]] std::string write_permit(const Permit& permit);
// Nothing for a text that write_permit() does not write.
[[nodiscard]] std::optional<Permit> read_permit(std::string_view text);

// For the user of the circuit; where it has none, for the circuit.
[[nodiscard]] Permit permit_for(const CircuitGuard& guard, std::chrono::seconds until);
// Whether it is enough for the circuit, whatever its time says.
[[nodiscard]] bool is_for(const Permit& permit, const CircuitGuard& guard);

}  // namespace zeroway
