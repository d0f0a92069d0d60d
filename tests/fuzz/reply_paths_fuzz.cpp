// Any Location and Set-Cookie of a backend: a path stays a path, a URL of another host stays as it is, and what was
// moved once has the prefix once.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "proto/ascii.h"
#include "router/route/reply_paths.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

bool is_prefix(std::string_view text) {
  return text.empty() || (text.starts_with('/') && !text.ends_with('/') &&
                          text.find_first_of("\\?#; \t") == text.npos && text.find("//") == text.npos);
}

void check_url(std::string_view url, const PathMove& move, std::string_view authority) {
  for (const auto known : {UrlHost::Known::no, UrlHost::Known::yes}) {
    const auto moved = moved_url(url, move, {authority, known});
    if (!moved) continue;
    must(*moved != url);
    const bool was_path = url.starts_with('/') && !url.starts_with("//");
    if (!was_path && known == UrlHost::Known::yes) continue;
    must(moved->starts_with('/'));
    must(moved->size() < 2 || ((*moved)[1] != '/' && (*moved)[1] != '\\'));
    must(moved->starts_with(move.outer) || !was_path);
  }
}

void check_cookie(std::string_view cookie, const PathMove& move) {
  const auto moved = moved_cookie(cookie, move);
  if (!moved) return;
  must(moved->substr(0, moved->find(';')) == trimmed(cookie.substr(0, cookie.find(';'))));
  must(moved->find("Path=" + std::string(move.outer)) != std::string::npos);
}

}  // namespace

// Lines: the prefix, the base path, the authority, a Location, a cookie.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 500) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 5> lines;
  for (std::string_view& line : lines) {
    line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  if (!is_prefix(lines[0]) || !is_prefix(lines[1])) return 0;
  const PathMove move{lines[1], lines[0]};
  check_url(lines[3], move, lines[2]);
  check_cookie(lines[4], move);
  return 0;
}
