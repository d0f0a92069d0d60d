#include "router/exchange/hidden_parameters.h"

#include <algorithm>

namespace zeroway {

namespace {

constexpr std::string_view kHidden = "***";

// Whether `pair` is NAME=VALUE, with one of the names.
bool is_hidden(std::string_view pair, const std::vector<std::string>& names) {
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return false;
  return std::find(names.begin(), names.end(), pair.substr(0, equals)) != names.end();
}

// Appends what is to be seen of `query`. Whether that is less than all of it.
bool append_shown(std::string_view query, const std::vector<std::string>& names, std::string& shown) {
  bool has_hidden = false;
  for (std::size_t at = 0; at <= query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    const bool hides = is_hidden(pair, names);
    shown.append(at > 0 ? "&" : "").append(hides ? pair.substr(0, pair.find('=') + 1) : pair);
    if (hides) shown.append(kHidden);
    has_hidden = has_hidden || hides;
    at = end + 1;
  }
  return has_hidden;
}

}  // namespace

std::string_view hide_in_query(std::string_view query, const std::vector<std::string>& names, std::string& storage) {
  if (names.empty() || query.empty()) return query;
  storage.clear();
  return append_shown(query, names, storage) ? std::string_view(storage) : query;
}

std::string_view hide_in_target(std::string_view target, const std::vector<std::string>& names, std::string& storage) {
  const auto mark = target.find('?');
  if (names.empty() || mark == std::string_view::npos) return target;
  storage.assign(target.substr(0, mark + 1));
  return append_shown(target.substr(mark + 1), names, storage) ? std::string_view(storage) : target;
}

}  // namespace zeroway
