#include "router/route/circuit_path.h"

#include <algorithm>

#include "proto/control.h"
#include "router/route/host_name.h"

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

std::string label_below(std::string_view authority, std::span<const std::string> domains) {
  const HostName name(authority);
  const std::string_view host = name.text();
  const auto dot = host.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view domain = host.substr(dot + 1);
  const bool is_ours = std::any_of(domains.begin(), domains.end(), [&](const auto& one) { return one == domain; });
  return is_ours ? std::string(host.substr(0, dot)) : "";
}

std::vector<std::string> circuits_of_label(std::string_view label) {
  std::vector<std::string> circuits;
  for (auto at = label.find('-'); at != std::string_view::npos; at = label.find('-', at + 1)) {
    const std::string_view service = label.substr(0, at), session = label.substr(at + 1);
    if (is_app_part(service) && is_app_part(session))
      circuits.push_back(std::string("/").append(session).append("/").append(service));
  }
  return circuits;
}

}  // namespace zeroway
