#include "router/backends/close_words.h"

#include <charconv>
#include <string>

namespace zeroway {

std::uint16_t close_code_of(const Head& trailers) {
  const auto text = trailers.find("close-code");
  if (!text) return kNoCloseCode;
  std::uint16_t code = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), code);
  return error == std::errc{} && end == text->data() + text->size() ? code : std::uint16_t{0};
}

bool is_orderly_close(const Head& trailers) {
  const std::uint16_t code = close_code_of(trailers);
  return code == kCloseInOrder || code == kCloseOfOneWhoGoes || code == kNoCloseCode;
}

Head close_words(std::uint16_t code, std::string_view reason) {
  Head words{{"close-code", std::to_string(code)}};
  if (!reason.empty()) words.add("close-reason", reason);
  return words;
}

}  // namespace zeroway
