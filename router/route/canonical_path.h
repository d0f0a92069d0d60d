// The one form of a request's path, which every rule matches and judges and which is forwarded (RFC 3986 §6.2.2).
//
// Owner: nobody; pure functions.   Thread: any.
// Two rules that see two forms of one path are how a gateway is bypassed: "/public/%2e%2e/admin".
// Not here: which route a path has (route/path_table.h); patterns over paths (route/rewrite_pattern.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

struct CanonicalPath {
  std::string_view whole;          // path and query, to forward
  std::string_view path;           // `whole` up to the first '?', to match and to judge; begins with '/', or is "*"
  bool has_encoded_slash = false;  // %2F, %5C or a raw '\' is in the path as it came: servers disagree what that means

  // From the '?' on, as it came; "" when there is none.
  [[nodiscard]] std::string_view query() const { return whole.substr(path.size()); }
};

// Dot segments are resolved, also percent-encoded ones; escapes of unreserved characters (letters, digits, "-._~") are
// decoded, other escapes are kept with upper case digits; characters that no path of a URI may hold ('|', '\', UTF-8)
// are escaped; double slashes and the query are kept. "*" is itself.
// The views point into `target` when that is canonical already, and nothing is allocated. Else they point into
// `storage`, which is overwritten; `target` must not be in it.
// The client's bad_request: no '/' at the start, a path above the root, %00, a malformed escape in the path, and
// anywhere a space, a control character or a fragment. The detail names it.
[[nodiscard]] Result<CanonicalPath> canonical_path(std::string_view target, std::string& storage);

// Whether canonical_path() would leave `path` (without a query) as it is.
[[nodiscard]] bool is_canonical(std::string_view path);

// Whether the canonical `path` has an empty segment before its end, or one that is "." or ".." up to a ';': some
// servers drop the first and cut the second at the ';', and so see another path.
[[nodiscard]] bool has_unclear_segments(std::string_view path);

// Takes `prefix` off, of which "/api" and "/api/" mean the same: "/api/x?y" is "/x?y", and "/api" is "/". The rest
// begins with one '/' and not with more: a server takes "//x" for a host. The same path when it is not below `prefix`.
// The views point into `from`'s text or into `storage`; `from` must not be in it.
[[nodiscard]] CanonicalPath strip_prefix(const CanonicalPath& from, std::string_view prefix, std::string& storage);

}  // namespace zeroway
