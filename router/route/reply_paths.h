// The paths that a backend names in a reply, as its client has to ask for them.
//
// Owner: nobody; free functions.   Thread: any.
// A route may have taken a prefix off the request's path, and a server may have got a base path in front of it. The
// backend knows nothing of that: its redirects and cookies would lead its client to other places.
// Not here: which routes want it (router/plan/route.h), the change of the request (canonical_path.h: strip_prefix).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// A path below `inner` is for the client one below `outer`. Both are "" or "/a/b", without a slash at the end.
struct PathMove {
  std::string_view inner;
  std::string_view outer;

  [[nodiscard]] bool is_nothing() const { return inner == outer; }
};

// Whose absolute URLs are moved, too, and whether the client can use that name.
struct UrlHost {
  enum class Known : bool { no, yes };  // no: such a URL becomes a path

  std::string_view authority;  // "name" or "name:port"
  Known to_client = Known::yes;
};

// Nothing when the path stays as it is: it is not below `inner`; or a prefix is only added, and it is there already.
[[nodiscard]] std::optional<std::string> moved_path(std::string_view path, const PathMove& move);
// Nothing when the URL stays as it is: it is of another host, or relative to the request's path.
[[nodiscard]] std::optional<std::string> moved_url(std::string_view url, const PathMove& move, const UrlHost& host);
// The value of Set-Cookie. Nothing when it stays: without a Path, or of a "__Host-" cookie, which must have Path=/.
[[nodiscard]] std::optional<std::string> moved_cookie(std::string_view cookie, const PathMove& move);

// Location and Content-Location.
void move_locations(Head& reply, const PathMove& move, const UrlHost& host);
// The Path of each Set-Cookie.
void move_cookies(Head& reply, const PathMove& move);

}  // namespace zeroway
