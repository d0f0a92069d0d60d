#include "router/settings/port_range.h"

#include <charconv>

namespace zeroway {

namespace {

// 0 when it is none.
std::uint16_t read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

}  // namespace

std::optional<PortRange> read_port_range(std::string_view text) {
  const auto mark = text.find('-');
  if (mark == std::string_view::npos) return std::nullopt;
  const PortRange range{read_port(text.substr(0, mark)), read_port(text.substr(mark + 1))};
  if (range.first == 0 || range.last < range.first) return std::nullopt;
  return range;
}

std::string to_text(const PortRange& range) {
  return range.is_none() ? "" : std::to_string(range.first) + "-" + std::to_string(range.last);
}

}  // namespace zeroway
