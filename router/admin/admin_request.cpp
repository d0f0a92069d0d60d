#include "router/admin/admin_request.h"

#include <algorithm>
#include <charconv>

#include "proto/escapes.h"
#include "proto/reason_phrase.h"
#include "router/admin/json_text.h"

namespace zeroway {

namespace {

// Takes the next parameter off `query`.
std::pair<std::string, std::string_view> next_parameter(std::string_view& query) {
  const std::string_view pair = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(query.size(), pair.size() + 1));
  const auto sign = pair.find('=');
  const std::string_view value = sign == std::string_view::npos ? std::string_view() : pair.substr(sign + 1);
  return {decode_escapes(pair.substr(0, sign), ' '), value};
}

}  // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto [key, value] = next_parameter(query);
    if (key == name) return decode_escapes(value, ' ');
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> unknown_parameter(std::string_view query, std::span<const std::string_view> known) {
  while (!query.empty()) {
    const std::string key = next_parameter(query).first;
    if (!key.empty() && std::find(known.begin(), known.end(), key) == known.end()) return key;
  }
  return std::nullopt;
}

AdminReply admin_error(int status, std::string_view detail) {
  JsonText body;
  body.object().member("status", status).member("title", reason_phrase(status)).member("detail", detail).end_object();
  return {.status = status, .type = "application/problem+json", .body = body.take()};
}

}  // namespace zeroway
