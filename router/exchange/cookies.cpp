#include "router/exchange/cookies.h"

#include <algorithm>
#include <string>

#include "proto/ascii.h"
#include "router/exchange/entries.h"

namespace zeroway {

std::vector<std::string_view> cookies_of(const Head& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const Field field : head) {
    if (field.name != "cookie") continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) values.push_back(pair.substr(equals + 1));
    }
  }
  return values;
}

void remove_cookies(Head& head, std::string_view name) {
  std::string kept;
  for (const Field field : head) {
    if (field.name != "cookie") continue;
    const std::string more = entries_without(field.value, ';', "; ", name);
    kept.append(kept.empty() || more.empty() ? "" : "; ").append(more);
  }
  if (kept.empty()) {
    head.remove("cookie");
  } else {
    head.set("cookie", kept);
  }
}

}  // namespace zeroway
