#include "router/backends/orderly_close.h"

#include <charconv>

namespace zeroway {

namespace {

constexpr int kNormal = 1000, kGoingAway = 1001, kNoCode = 1005;

int close_code_of(const Head& trailers) {
  const auto text = trailers.find("close-code");
  if (!text) return kNoCode;
  int code = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), code);
  return error == std::errc{} && end == text->data() + text->size() ? code : 0;
}

}  // namespace

bool is_orderly_close(const Head& trailers) {
  const int code = close_code_of(trailers);
  return code == kNormal || code == kGoingAway || code == kNoCode;
}

}  // namespace zeroway
