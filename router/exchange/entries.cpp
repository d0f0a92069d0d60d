#include "router/exchange/entries.h"

#include <algorithm>

#include "proto/ascii.h"

namespace zeroway {

std::string entries_without(std::string_view list, char separator, std::string_view joint, std::string_view name) {
  std::string kept;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    const std::string_view entry = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (entry.empty() || entry.substr(0, entry.find('=')) == name) continue;
    kept.append(kept.empty() ? "" : joint).append(entry);
  }
  return kept;
}

}  // namespace zeroway
