// A pattern over paths and what a matching path becomes: "^/old/(.*)$" and "/new/$1".
//
// Owner: the route with the rule; immutable.   Thread: any; the loops share it, and the pattern's cache in it.
// A match takes time linear in the path, whatever the pattern is.
// Not here: variables of the request ("$host": route/field_template.h); the status of a redirect.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/route/canonical_path.h"

namespace re2 {
class RE2;
}

namespace zeroway {

class RewritePattern {
 public:
  enum class Use : std::uint8_t {
    rewrite,   // the target is a path for the backend
    redirect,  // the target is a path, or "https://host/path" with a host that no part of the request can change
  };
  enum class Matched : bool { no, yes };

  // `pattern` is in RE2's syntax and matches anywhere in the path, unless it has '^' and '$'; "" matches every path.
  // In `target`, "$1" to "$9" are what the parentheses matched, "$0" is all that the pattern matched, "$$" a dollar.
  // The error's detail names the pattern or the target and what is wrong with it.
  [[nodiscard]] static Result<RewritePattern> read(std::string_view pattern, std::string_view target, Use use);
  RewritePattern(RewritePattern&&) noexcept;
  RewritePattern& operator=(RewritePattern&&) noexcept;
  ~RewritePattern();

  // The new target, path and query, replaces `out`. Its path is canonical again, and begins with one '/' and not with
  // more: a browser takes "//x" for a host. The query of `from` is kept, behind the target's own when that has one; a
  // target that ends in '?' drops it. The client's bad_request when the result has no canonical form, as a path above
  // the root has none.
  [[nodiscard]] Result<Matched> write(const CanonicalPath& from, std::string& out) const;

 private:
  // A literal, then what a group matched.
  struct Piece {
    std::string literal;
    int group = -1;  // -1 = none: the last piece
  };
  using Pieces = std::vector<Piece>;
  struct Groups;

  RewritePattern();
  Result<void> read_target(std::string_view target, Use use);
  Result<void> read_pieces(std::string_view text, Pieces& pieces) const;
  [[nodiscard]] std::string query_after(std::string_view query, const Groups& groups) const;

  std::unique_ptr<const re2::RE2> pattern_;
  std::string origin_;  // "https://host" of an absolute target
  Pieces path_, query_;
  bool has_query_ = false;  // the target has a '?'
};

}  // namespace zeroway
