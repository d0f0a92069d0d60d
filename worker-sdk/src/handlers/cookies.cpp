#include "cookies.h"

#include <algorithm>

#include "proto/ascii.h"

namespace zeroway {

namespace {

std::string_view unquoted(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const std::string_view pair = field.substr(0, field.find(';'));
    field.remove_prefix(std::min(pair.size() + 1, field.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;  // RFC 6265 §5.2: a pair without '=' is no cookie
    if (trimmed(pair.substr(0, equals)) == name) return unquoted(trimmed(pair.substr(equals + 1)));
  }
  return std::nullopt;
}

}  // namespace zeroway
