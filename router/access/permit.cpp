#include "router/access/permit.h"

#include <charconv>

namespace zeroway {

std::string write_permit(const Permit& permit) {
  std::string text = permit.of == Permit::Of::user ? "u" : "c";
  return text.append(std::to_string(permit.until.count())).append(" ").append(permit.name);
}

std::optional<Permit> read_permit(std::string_view text) {
  if (!text.starts_with('u') && !text.starts_with('c')) return std::nullopt;
  const auto space = text.find(' ');
  if (space == std::string_view::npos || space + 1 == text.size()) return std::nullopt;
  Permit permit{text.front() == 'u' ? Permit::Of::user : Permit::Of::circuit, std::string(text.substr(space + 1)), {}};
  const std::string_view digits = text.substr(1, space - 1);
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (failure != std::errc() || end != digits.data() + digits.size() || seconds < 0) return std::nullopt;
  permit.until = std::chrono::seconds(seconds);
  if (write_permit(permit) != text) return std::nullopt;  // zeros in front
  return permit;
}

Permit permit_for(const CircuitGuard& guard, std::chrono::seconds until) {
  if (guard.rights.user.empty()) return {Permit::Of::circuit, guard.name(), until};
  return {Permit::Of::user, guard.rights.user, until};
}

bool is_for(const Permit& permit, const CircuitGuard& guard) {
  if (permit.of == Permit::Of::circuit) return permit.name == guard.name();
  return !guard.rights.user.empty() && permit.name == guard.rights.user;
}

}  // namespace zeroway
