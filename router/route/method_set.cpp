#include "router/route/method_set.h"

#include <algorithm>

namespace zeroway {

bool MethodSet::names(std::string_view method) const {
  return std::find(names_.begin(), names_.end(), method) != names_.end();
}

void MethodSet::add(std::string_view method) {
  if (names(method)) return;
  names_.emplace_back(method);
  if (method == "GET") add("HEAD");
}

void MethodSet::add(const MethodSet& other) {
  for (const std::string& method : other.names_) add(method);
}

bool MethodSet::holds(std::string_view method) const { return is_every() || names(method); }

bool MethodSet::meets(const MethodSet& other) const {
  if (is_every() || other.is_every()) return is_every() && other.is_every();
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& method) { return other.names(method); });
}

std::string MethodSet::text() const {
  std::string text;
  for (const std::string& method : names_) text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

}  // namespace zeroway
