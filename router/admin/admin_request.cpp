#include "router/admin/admin_request.h"

#include <algorithm>
#include <charconv>

#include "proto/reason_phrase.h"
#include "router/admin/json_text.h"

namespace zeroway {

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> unknown_parameter(std::string_view query, std::span<const std::string_view> known) {
  while (!query.empty()) {
    const std::string key = take_parameter(query).first;
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
