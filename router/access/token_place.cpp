#include "router/access/token_place.h"

#include <algorithm>
#include <string>

namespace zeroway {

namespace {

using Found = std::optional<std::string_view>;

// Looks for NAME=VALUE in a list, and goes on from what was found before. False when it is there twice.
bool look(std::string_view list, char separator, std::string_view name, Found& found) {
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    std::string_view pair = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (!pair.starts_with(name) || pair.size() <= name.size() || pair[name.size()] != '=') continue;
    if (found) return false;
    found = pair.substr(name.size() + 1);
  }
  return true;
}

Error twice(std::string_view what, std::string_view name) {
  return {Fault::client, Code::unauthorized, false, std::string(what) + " '" + std::string(name) + "' is there twice"};
}

}  // namespace

Result<Found> find_cookie(const Head& head, std::string_view name) {
  Found found;
  for (const Field field : head)
    if (field.name == "cookie" && !look(field.value, ';', name, found)) return twice("cookie", name);
  return found;
}

Result<Found> find_parameter(std::string_view path, std::string_view name) {
  Found found;
  const auto mark = path.find('?');
  if (mark != std::string_view::npos && !look(path.substr(mark + 1), '&', name, found)) return twice("parameter", name);
  return found;
}

}  // namespace zeroway
