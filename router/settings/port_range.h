// Ports of TCP from which the router may take some.
//
// Owner: SessionSettings and the plan; a value.   Thread: any.
// Not here: which one a circuit gets (router/circuits/port_table.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

struct PortRange {
  std::uint16_t first = 0, last = 0;  // both belong to it; 0 = there are none

  [[nodiscard]] bool is_none() const { return first == 0; }
  [[nodiscard]] bool contains(std::uint16_t port) const { return first > 0 && port >= first && port <= last; }
  [[nodiscard]] std::size_t size() const { return is_none() ? 0 : std::size_t{last} - first + 1; }
  bool operator==(const PortRange&) const = default;
};

inline constexpr const char* kPortRangeForms = "two ports from 1 to 65535, FIRST-LAST, as \"20000-20999\"";

// As kPortRangeForms has it; nothing when it is none.
[[nodiscard]] std::optional<PortRange> read_port_range(std::string_view text);
[[nodiscard]] std::string to_text(const PortRange& range);

}  // namespace zeroway
