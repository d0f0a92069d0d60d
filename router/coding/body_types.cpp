#include "router/coding/body_types.h"

#include <algorithm>
#include <array>

#include "proto/ascii.h"

namespace zeroway {

namespace {

constexpr std::array<std::string_view, 3> kScripts{"javascript", "x-javascript", "ecmascript"};
constexpr std::array<std::string_view, 4> kJsonLines{"x-ndjson", "ndjson", "jsonl", "json-seq"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return is_same_word(one, word); });
}

struct BodyType {
  std::string_view whole, kind, word;  // "text/html", "text", "html"
};

BodyType read_type(std::string_view content_type) {
  const std::string_view whole = trimmed(content_type.substr(0, content_type.find(';')));
  const std::size_t slash = whole.find('/');
  if (slash == std::string_view::npos) return {whole, {}, {}};
  return {whole, whole.substr(0, slash), whole.substr(slash + 1)};
}

bool is_word(const BodyType& type, std::string_view word) {
  const auto plus = type.word.rfind('+');
  if (is_same_word(type.word, word)) return true;
  if (plus != std::string_view::npos && is_same_word(type.word.substr(plus + 1), word)) return true;
  if (is_same_word(word, "js")) return has(kScripts, type.word);
  return is_same_word(word, "json") && has(kJsonLines, type.word);
}

bool is_of(const BodyType& type, std::string_view listed) {
  if (listed.ends_with("/*")) return is_same_word(type.kind, listed.substr(0, listed.size() - 2));
  if (listed.find('/') != std::string_view::npos) return is_same_word(type.whole, listed);
  return is_word(type, listed);
}

}  // namespace

bool is_of_types(std::string_view content_type, std::span<const std::string> types) {
  const BodyType type = read_type(content_type);
  if (type.word.empty()) return false;
  return std::any_of(types.begin(), types.end(), [&](const std::string& listed) { return is_of(type, listed); });
}

}  // namespace zeroway
