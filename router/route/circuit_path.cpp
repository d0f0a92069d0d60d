#include "router/route/circuit_path.h"

#include <algorithm>

#include "proto/control.h"

namespace zeroway {

std::string_view circuit_of(std::string_view path) {
  path = path.substr(0, path.find('?'));
  if (!path.starts_with('/')) return {};
  const auto slash = path.find('/', 1);
  if (slash == std::string_view::npos) return {};
  const auto end = std::min(path.find('/', slash + 1), path.size());
  const bool is_named = is_app_part(path.substr(1, slash - 1)) && is_app_part(path.substr(slash + 1, end - slash - 1));
  return is_named ? path.substr(0, end) : std::string_view();
}

}  // namespace zeroway
