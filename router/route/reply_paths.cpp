#include "router/route/reply_paths.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "proto/ascii.h"

namespace zeroway {

namespace {

// "/a" is below "/a", as "/a/b" and "/a?b" are; "/ab" is not.
bool is_below(std::string_view path, std::string_view top) {
  if (!path.starts_with(top)) return false;
  const std::string_view rest = path.substr(top.size());
  return top.empty() || rest.empty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
}

// "http://host" or "//host" of a URL; "" when it is a path.
std::string_view origin_of(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://", "//"}) {
    if (url.size() >= scheme.size() && is_same_word(url.substr(0, scheme.size()), scheme))
      return url.substr(0, url.find_first_of("/?#", scheme.size()));
  }
  return "";
}

std::string_view without_scheme(std::string_view origin) { return origin.substr(origin.find("//") + 2); }

// A browser would take "//x" for a host.
std::string with_one_slash(std::string path) {
  const std::size_t slashes = std::min(path.find_first_not_of("/\\"), path.size());
  if (slashes > 1) path.erase(1, slashes - 1);
  return path;
}

}  // namespace

std::optional<std::string> moved_path(std::string_view path, const PathMove& move) {
  if (!path.starts_with('/') || move.is_nothing() || !is_below(path, move.inner)) return std::nullopt;
  if (move.inner.empty() && is_below(path, move.outer)) return std::nullopt;
  std::string moved(move.outer);
  moved.append(path.substr(move.inner.size()));
  if (!moved.starts_with('/')) moved.insert(0, 1, '/');  // the base path itself, perhaps with a query
  return with_one_slash(std::move(moved));
}

std::optional<std::string> moved_url(std::string_view url, const PathMove& move, const UrlHost& host) {
  const std::string_view origin = origin_of(url);
  if (origin.empty()) return moved_path(url, move);
  if (host.authority.empty() || !is_same_word(without_scheme(origin), host.authority)) return std::nullopt;
  std::string path(url.substr(origin.size()));
  if (!path.starts_with('/')) path.insert(0, 1, '/');
  const auto moved = moved_path(path, move);
  if (host.to_client == UrlHost::Known::no) return moved ? *moved : with_one_slash(std::move(path));
  return moved ? std::optional(std::string(origin) + *moved) : std::nullopt;
}

std::optional<std::string> moved_cookie(std::string_view cookie, const PathMove& move) {
  constexpr std::string_view kHostPrefix = "__Host-", kPath = "path=";
  if (is_same_word(trimmed(cookie).substr(0, kHostPrefix.size()), kHostPrefix)) return std::nullopt;
  std::string made;
  bool is_moved = false;
  for (std::string_view rest = cookie; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    const bool is_first = rest.data() == cookie.data();
    rest.remove_prefix(std::min(end + 1, rest.size()));
    made.append(is_first ? "" : "; ");
    const bool is_path = !is_first && is_same_word(part.substr(0, kPath.size()), kPath);
    auto moved = is_path ? moved_path(trimmed(part.substr(kPath.size())), move) : std::nullopt;
    if (!moved) {
      made.append(part);
      continue;
    }
    // Path=/api/ would not be for /api itself (RFC 6265 §5.1.4).
    if (moved->size() > 1 && moved->ends_with('/') && moved->size() == move.outer.size() + 1) moved->pop_back();
    made.append("Path=").append(*moved);
    is_moved = true;
  }
  return is_moved ? std::optional(std::move(made)) : std::nullopt;
}

void move_locations(Head& reply, const PathMove& move, const UrlHost& host) {
  for (const std::string_view name : {"location", "content-location"}) {
    const auto url = reply.find(name);
    if (!url || reply.count(name) > 1) continue;
    if (const auto moved = moved_url(*url, move, host)) reply.set(name, *moved);
  }
}

void move_cookies(Head& reply, const PathMove& move) {
  constexpr std::string_view kName = "set-cookie";
  if (move.is_nothing() || !reply.has(kName)) return;
  std::vector<std::string> cookies;
  bool is_changed = false;
  for (const Field field : reply) {
    if (field.name != kName) continue;
    auto moved = moved_cookie(field.value, move);
    is_changed |= moved.has_value();
    cookies.push_back(moved ? std::move(*moved) : std::string(field.value));
  }
  if (!is_changed) return;
  reply.remove(kName);
  for (const std::string& cookie : cookies) reply.add(kName, cookie);
}

}  // namespace zeroway
