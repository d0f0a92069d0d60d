#include "router/route/path_patterns.h"

#include <algorithm>
#include <string>
#include <utility>

namespace zeroway {
namespace {

std::string_view without_last_slash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool fits(const RouteClaim& claim, std::string_view path) {
  const std::string_view stem = without_last_slash(claim.path);
  if (!path.starts_with(stem)) return false;
  if (path.size() == stem.size()) return claim.match != PathMatch::below;
  return claim.match != PathMatch::exact && path[stem.size()] == '/';
}

}  // namespace

Result<> PathPatterns::add(std::string_view pattern) {
  auto claim = read_claim({"", std::string(pattern)});
  if (!claim) return claim.error();
  const bool is_one_path = claim->match == PathMatch::prefix && !pattern.ends_with("/*");
  if (is_one_path) claim->match = PathMatch::exact;
  all_.push_back(std::move(*claim));
  return {};
}

bool PathPatterns::have(std::string_view path) const {
  path = without_last_slash(path);
  return std::any_of(all_.begin(), all_.end(), [&](const RouteClaim& claim) { return fits(claim, path); });
}

}  // namespace zeroway
