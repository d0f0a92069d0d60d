#include "router/http/ws_close.h"

#include <charconv>

#include "proto/head_rules.h"
#include "router/http/limits.h"
#include "router/http/utf8.h"

namespace zeroway {

bool may_close_with(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

std::uint16_t wanted_close_code(const Head& trailers) {
  const auto text = trailers.find("close-code").value_or(std::string_view{});
  if (text.empty() || text == "1005") return kCloseNormal;
  unsigned code = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), code);
  const bool is_number = failure == std::errc() && end == text.data() + text.size();
  return is_number && may_close_with(code) ? static_cast<std::uint16_t>(code) : kCloseInternalError;
}

std::string_view wanted_close_reason(const Head& trailers) {
  const auto reason = trailers.find("close-reason").value_or(std::string_view{});
  if (!is_utf8(as_bytes(reason))) return {};
  if (reason.size() <= kMaxCloseReason) return reason;
  std::size_t size = kMaxCloseReason;
  while ((static_cast<unsigned char>(reason[size]) & 0xc0U) == 0x80U) --size;
  return reason.substr(0, size);
}

std::string close_reason_field(std::string_view reason) {
  std::string value(reason);
  for (char& c : value) {
    if (!is_field_value({&c, 1})) c = ' ';
  }
  return value;
}

}  // namespace zeroway
