#include "router/route/rewrite_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "router/route/limits.h"

namespace zeroway {

struct RewritePattern::Groups {
  std::array<re2::StringPiece, 10> texts;  // "$0" … "$9"

  [[nodiscard]] std::string_view text(int group) const {
    const re2::StringPiece& piece = texts.at(static_cast<std::size_t>(group));
    return {piece.data(), piece.size()};  // empty for a group that took no part
  }
};

namespace {

Error unfit(std::string_view what, std::string_view text, std::string_view why) {
  std::string detail(what);
  detail.append(" \"").append(text).append("\": ").append(why);
  return Error{Fault::router, Code::internal, false, std::move(detail)};
}

bool is_refused(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '#' || c == '\\'; }

// "https://host" of an absolute target; "" when it is a path.
std::string_view origin_of(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.starts_with(scheme)) return target.substr(0, target.find_first_of("/?", scheme.size()));
  }
  return "";
}

bool is_host(std::string_view origin) {
  return !origin.ends_with('/') && origin.find_first_of("$@") == std::string_view::npos;
}

// A path may hold what separates the fields of a query: "&admin=1" in a name must not become a field of its own.
void append_in_query(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "%26";
        break;
      case ';':
        out += "%3B";
        break;
      case '+':
        out += "%2B";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

RewritePattern::RewritePattern() = default;
RewritePattern::RewritePattern(RewritePattern&&) noexcept = default;
RewritePattern& RewritePattern::operator=(RewritePattern&&) noexcept = default;
RewritePattern::~RewritePattern() = default;

Result<RewritePattern> RewritePattern::read(std::string_view pattern, std::string_view target, Use use) {
  re2::RE2::Options options(re2::RE2::Latin1);  // canonical paths are ASCII
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  RewritePattern made;
  made.pattern_ = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!made.pattern_->ok()) return unfit("pattern", pattern, made.pattern_->error());
  if (auto good = made.read_target(target, use); !good) return good.error();
  return made;
}

Result<void> RewritePattern::read_target(std::string_view target, Use use) {
  if (std::any_of(target.begin(), target.end(), is_refused))
    return unfit("target", target, "a space, a control character, '\\' or '#'");
  origin_ = origin_of(target);
  std::string_view rest = target.substr(origin_.size());
  if (!origin_.empty() && use == Use::rewrite) return unfit("target", target, "a rewrite needs a path");
  if (!origin_.empty() && !is_host(origin_))
    return unfit("target", target, "needs a host without '$' and '@', and a '/' behind it");
  if (origin_.empty() && !rest.starts_with('/'))
    return unfit("target", target, use == Use::rewrite ? "no '/' at the start" : "neither a path nor an http URL");
  const std::size_t end = std::min(rest.find('?'), rest.size());
  has_query_ = end < rest.size();
  if (auto good = read_pieces(end == 0 ? "/" : rest.substr(0, end), path_); !good) return good;
  return read_pieces(has_query_ ? rest.substr(end + 1) : "", query_);
}

Result<void> RewritePattern::read_pieces(std::string_view text, Pieces& pieces) const {
  pieces.emplace_back();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      pieces.back().literal += text[at];
      continue;
    }
    const char next = ++at < text.size() ? text[at] : '\0';
    if (next == '$') {
      pieces.back().literal += '$';
      continue;
    }
    if (next < '0' || next > '9') return unfit("target", text, "'$' without a digit: there are $0 to $9, and $$");
    const int group = next - '0', groups = pattern_->NumberOfCapturingGroups();
    if (group > groups) {
      return unfit("target", text,
                   std::string("$") + next + ", but the pattern \"" + pattern_->pattern() + "\" has " +
                       std::to_string(groups) + " groups");
    }
    pieces.back().group = group;
    pieces.emplace_back();
  }
  return {};
}

Result<RewritePattern::Matched> RewritePattern::write(const CanonicalPath& from, std::string& out) const {
  Groups groups;
  const re2::StringPiece path(from.path.data(), from.path.size());
  const int wanted = std::min(pattern_->NumberOfCapturingGroups() + 1, static_cast<int>(groups.texts.size()));
  if (!pattern_->Match(path, 0, path.size(), re2::RE2::UNANCHORED, groups.texts.data(), wanted)) return Matched::no;
  std::string text, storage;
  for (const Piece& piece : path_) {
    text += piece.literal;
    if (piece.group >= 0) text += groups.text(piece.group);
  }
  const auto made = canonical_path(text, storage);
  if (!made) return made.error();
  std::string_view new_path = made->path;
  while (new_path.starts_with("//")) new_path.remove_prefix(1);
  const std::string query = query_after(from.query(), groups);
  out.assign(origin_).append(new_path).append(query);
  return Matched::yes;
}

std::string RewritePattern::query_after(std::string_view query, const Groups& groups) const {
  if (!has_query_) return std::string(query);
  std::string made;
  for (const Piece& piece : query_) {
    made += piece.literal;
    if (piece.group >= 0) append_in_query(groups.text(piece.group), made);
  }
  const bool drops = query_.size() == 1 && query_.front().literal.empty();
  if (drops) return made;
  if (query.size() > 1) made.append(made.empty() ? "" : "&").append(query.substr(1));
  return made.empty() ? made : "?" + made;
}

}  // namespace zeroway
