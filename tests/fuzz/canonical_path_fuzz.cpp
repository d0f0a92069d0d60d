// Any request target: the canonical path is what a slow and simple reading of RFC 3986 §6.2.2 says, and is its own
// canonical form; what is stripped of a prefix is canonical too.
#include "router/route/canonical_path.h"

#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::string_view kUnreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
constexpr std::string_view kReserved = "!$&'()*+,;=:@/";

bool is_in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

std::string escape(unsigned char byte) {
  static const char* digits = "0123456789ABCDEF";
  return {'%', digits[byte / 16], digits[byte % 16]};
}

// First all escapes and characters, then all dots.
std::optional<std::string> one_form(const std::string& path) {
  std::string text;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '%') {
      const std::string digits = path.substr(at + 1, 2);
      if (digits.size() < 2 || std::isxdigit(static_cast<unsigned char>(digits[0])) == 0) return {};
      if (std::isxdigit(static_cast<unsigned char>(digits[1])) == 0) return {};
      const char byte = static_cast<char>(std::stoi(digits, nullptr, 16));
      if (byte == 0) return {};
      text += is_in(kUnreserved, byte) ? std::string(1, byte) : escape(static_cast<unsigned char>(byte));
      at += 2;
    } else if (is_in(kUnreserved, c) || is_in(kReserved, c)) {
      text += c;
    } else {
      text += escape(static_cast<unsigned char>(c));
    }
  }
  return text;
}

std::optional<std::string> without_dots(const std::string& path) {
  std::vector<std::string> asked{""}, kept;
  for (const char c : path.substr(1)) {
    if (c == '/') {
      asked.emplace_back();
    } else {
      asked.back() += c;
    }
  }
  for (const std::string& segment : asked) {
    if (segment == "..") {
      if (kept.empty()) return {};
      kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
  }
  if (asked.back() == "." || asked.back() == "..") kept.emplace_back();
  std::string text;
  for (const std::string& segment : kept) text += "/" + segment;
  return text;
}

std::optional<std::string> read_slowly(const std::string& target) {
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '#') return {};
  }
  if (target == "*") return target;
  if (!target.starts_with('/')) return {};
  const std::size_t end = std::min(target.find('?'), target.size());
  const auto text = one_form(target.substr(0, end));
  if (!text) return {};
  const auto path = without_dots(*text);
  if (!path) return {};
  return *path + target.substr(end);
}

bool has_slash_in_escape(std::string_view path) {
  for (const char* slash : {"%2F", "%2f", "%5C", "%5c", "\\"}) {
    if (path.find(slash) != std::string_view::npos) return true;
  }
  return false;
}

void check_strip(const CanonicalPath& path) {
  for (std::size_t end = 1; end <= path.path.size(); ++end) {
    std::string storage;
    const CanonicalPath rest = strip_prefix(path, path.path.substr(0, end), storage);
    must(is_canonical(rest.path) && rest.query() == path.query());
    const bool is_same = rest.whole == path.whole;
    must(is_same || !rest.path.starts_with("//"));
    const bool is_at_end = end == path.path.size() || path.path[end] == '/' || path.path[end - 1] == '/';
    must(is_same || is_at_end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 500) return 0;
  const std::string target(reinterpret_cast<const char*>(data), size);
  std::string storage, again;
  const auto path = canonical_path(target, storage);
  const auto expected = read_slowly(target);
  must(path.has_value() == expected.has_value());
  if (!path) return 0;
  must(path->whole == *expected);
  must(path->path == path->whole.substr(0, path->whole.find('?')));
  must(path->has_encoded_slash == has_slash_in_escape(target.substr(0, target.find('?'))));
  must(is_canonical(path->path));
  const auto same = canonical_path(path->whole, again);
  must(same && same->whole.data() == path->whole.data());
  must(is_canonical(target.substr(0, target.find('?'))) == (path->whole.data() == target.data()));
  check_strip(*path);
  return 0;
}
