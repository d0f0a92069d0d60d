// A pattern over paths and what a matching path becomes: "^/old/(.*)$" and "https://$host/new/$1".
//
// Owner: the route with the rule; immutable.   Thread: any; the loops share it, and the pattern's cache in it.
// A match takes time linear in the path, whatever the pattern is.
// Not here: what the variables of a request are ("$host": route/field_template.h); the status of a redirect.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/route/canonical_path.h"
#include "router/route/field_template.h"

namespace re2 {
class RE2;
}

namespace zeroway {

class RewritePattern {
 public:
  enum class Use : std::uint8_t {
    rewrite,   // the target is a path for the backend
    redirect,  // the target is a path, or "https://host/path". Only "$host" lets a request choose a part of the host
  };
  enum class Matched : bool { no, yes };

  // `pattern` is in RE2's syntax and matches anywhere in the path, unless it has '^' and '$'; "" matches every path.
  // In `target`, "$1" to "$9" are what the parentheses matched, "$0" is all that the pattern matched, "$$" a dollar,
  // "$host" and the other variables what the request says. Before the path only "$scheme" and "$host" fit; there
  // "$host" is without its port. The error's detail names the pattern or the target and what is wrong with it.
  [[nodiscard]] static Result<RewritePattern> read(std::string_view pattern, std::string_view target, Use use);
  RewritePattern(RewritePattern&&) noexcept;
  RewritePattern& operator=(RewritePattern&&) noexcept;
  ~RewritePattern();

  // The new target, path and query, replaces `out`. Its path is canonical again, and begins with one '/' and not with
  // more: a browser takes "//x" for a host. The query of `from` is kept, behind the target's own when that has one; a
  // target that ends in '?', or has "$query" in its own, drops it. The client's bad_request when the result has no
  // canonical form, as a path above the root has none, or no host.
  [[nodiscard]] Result<Matched> write(const CanonicalPath& from, const FieldValues& values, std::string& out) const;

 private:
  // A literal, then what a group matched, or a variable. Neither: the last piece.
  struct Piece {
    std::string literal;
    int group = -1;  // -1 = none
    FieldVariable variable = nullptr;
  };
  using Pieces = std::vector<Piece>;
  struct Groups;

  RewritePattern();
  Result<void> read_target(std::string_view target, Use use);
  Result<void> read_origin(std::string_view target, std::string_view origin);
  Result<void> read_pieces(std::string_view text, Pieces& pieces) const;
  [[nodiscard]] Result<std::size_t> read_variable(std::string_view target, std::string_view text, Piece& piece) const;
  [[nodiscard]] Result<> write_origin(const FieldValues& values, std::string& out) const;
  [[nodiscard]] std::string query_after(std::string_view query, const Groups& groups, const FieldValues& values) const;

  std::unique_ptr<const re2::RE2> pattern_;
  Pieces origin_;  // "https://host" of an absolute target
  Pieces path_, query_;
  bool has_query_ = false;   // the target has a '?'
  bool keeps_query_ = true;  // the request's query goes behind the target's own
};

}  // namespace zeroway
