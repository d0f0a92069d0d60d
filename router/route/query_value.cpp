#include "router/route/query_value.h"

#include <algorithm>

#include "proto/escapes.h"

namespace zeroway {

std::pair<std::string, std::string_view> take_parameter(std::string_view& query) {
  const std::string_view pair = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(query.size(), pair.size() + 1));
  const auto sign = pair.find('=');
  const std::string_view value = sign == std::string_view::npos ? std::string_view() : pair.substr(sign + 1);
  return {decode_escapes(pair.substr(0, sign), ' '), value};
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto [key, value] = take_parameter(query);
    if (key == name) return decode_escapes(value, ' ');
  }
  return std::nullopt;
}

}  // namespace zeroway
