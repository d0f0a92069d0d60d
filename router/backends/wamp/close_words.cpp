#include "router/backends/wamp/close_words.h"

#include <charconv>
#include <string>

namespace zeroway {

std::uint16_t close_code_of(const Head& trailers) {
  const std::string_view text = trailers.find("close-code").value_or("");
  std::uint16_t code = kNoCloseCode;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  return error == std::errc{} && end == text.data() + text.size() ? code : kNoCloseCode;
}

Head close_words(std::uint16_t code, std::string_view reason) {
  Head words{{"close-code", std::to_string(code)}};
  if (!reason.empty()) words.add("close-reason", reason);
  return words;
}

}  // namespace zeroway
