#include "uri.h"

#include <algorithm>

#include "limits.h"

namespace wamp {

namespace {

bool is_refused(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '#' || c == '\x7f'; }

}  // namespace

std::optional<Match> read_match(std::string_view word) {
  for (const Match match : {Match::exact, Match::prefix, Match::wildcard})
    if (word == match_word(match)) return match;
  return std::nullopt;
}

std::string_view match_word(Match match) {
  if (match == Match::exact) return "exact";
  return match == Match::prefix ? "prefix" : "wildcard";
}

bool is_uri(std::string_view uri, Match match) {
  if (uri.size() > kMaxUri || std::any_of(uri.begin(), uri.end(), is_refused)) return false;
  if (match == Match::wildcard) return true;
  if (match == Match::prefix && uri.empty()) return true;
  if (match == Match::prefix && uri.back() == '.') uri.remove_suffix(1);
  if (uri.empty() || uri.front() == '.' || uri.back() == '.') return false;
  return uri.find("..") == std::string_view::npos;
}

bool is_reserved(std::string_view uri) { return uri == "wamp" || uri.starts_with("wamp."); }

std::vector<std::string_view> components(std::string_view uri) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = uri.find('.');
    parts.push_back(uri.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    uri.remove_prefix(dot + 1);
  }
}

}  // namespace wamp
