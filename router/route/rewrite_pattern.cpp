#include "router/route/rewrite_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "proto/escapes.h"
#include "router/route/host_name.h"
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

// "https://host" of an absolute target; "" when it is a path. $path begins with a '/'.
std::string_view origin_of(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://", "$scheme://"}) {
    if (!target.starts_with(scheme)) continue;
    return target.substr(0, std::min(target.find_first_of("/?", scheme.size()), target.find("$path", scheme.size())));
  }
  return "";
}

// What a canonical path may hold as it is; a '%' of a path or a query is that of an escape.
bool fits_in_path(char c) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

void append_in_path(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (fits_in_path(c)) {
      out += c;
    } else {
      append_escape(out, c);
    }
  }
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
        append_in_path(std::string_view(&c, 1), out);
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
  const std::string_view origin = origin_of(target);
  std::string_view rest = target.substr(origin.size());
  if (!origin.empty() && use == Use::rewrite) return unfit("target", target, "a rewrite needs a path");
  if (auto good = read_origin(target, origin); !good) return good;
  if (origin.empty() && !rest.starts_with('/'))
    return unfit("target", target, use == Use::rewrite ? "no '/' at the start" : "neither a path nor an http URL");
  const std::size_t end = std::min(rest.find('?'), rest.size());
  has_query_ = end < rest.size();
  if (auto good = read_pieces(end == 0 ? "/" : rest.substr(0, end), path_); !good) return good;
  if (auto good = read_pieces(has_query_ ? rest.substr(end + 1) : "", query_); !good) return good;
  const bool has_own = std::any_of(query_.begin(), query_.end(),
                                   [](const Piece& piece) { return piece.variable == &FieldValues::query; });
  const bool drops = has_query_ && query_.size() == 1 && query_.front().literal.empty();
  keeps_query_ = !has_own && !drops;
  return {};
}

Result<void> RewritePattern::read_origin(std::string_view target, std::string_view origin) {
  if (origin.empty()) return {};
  if (auto good = read_pieces(origin, origin_); !good) return good;
  const auto fits = [](const Piece& piece) {
    const FieldVariable variable = piece.variable;
    return piece.group < 0 &&
           (variable == nullptr || variable == &FieldValues::scheme || variable == &FieldValues::host);
  };
  const bool has_host = !origin.ends_with('/') && origin.find('@') == std::string_view::npos;
  if (has_host && std::all_of(origin_.begin(), origin_.end(), fits)) return {};
  return unfit("target", target,
               "needs a host without '@', with no variable but $scheme and $host, and a '/' or $path behind it");
}

Result<void> RewritePattern::read_pieces(std::string_view text, Pieces& pieces) const {
  pieces.emplace_back();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      pieces.back().literal += text[at];
      continue;
    }
    if (text.substr(at + 1).starts_with('$')) {
      pieces.back().literal += '$';
      ++at;
      continue;
    }
    const auto size = read_variable(text, text.substr(at + 1), pieces.back());
    if (!size) return size.error();
    at += *size;
    pieces.emplace_back();
  }
  return {};
}

// `text` is what follows the '$'; returns how much of it is the name. A group's name is one digit.
Result<std::size_t> RewritePattern::read_variable(std::string_view target, std::string_view text, Piece& piece) const {
  const char first = text.empty() ? '\0' : text.front();
  if (first >= '0' && first <= '9') {
    piece.group = first - '0';
    const int groups = pattern_->NumberOfCapturingGroups();
    if (piece.group <= groups) return std::size_t{1};
    return unfit("target", target,
                 std::string("$") + first + ", but the pattern \"" + pattern_->pattern() + "\" has " +
                     std::to_string(groups) + " groups");
  }
  const std::string_view name = text.substr(0, variable_size(text));
  piece.variable = find_variable(name);
  if (piece.variable != nullptr) return name.size();
  return unfit(
      "target", target,
      "unknown variable $" + std::string(name) + ": there are $0 to $9, " + variable_names() + ", and $$ for a dollar");
}

Result<RewritePattern::Matched> RewritePattern::write(const CanonicalPath& from, const FieldValues& values,
                                                      std::string& out) const {
  Groups groups;
  const re2::StringPiece path(from.path.data(), from.path.size());
  const int wanted = std::min(pattern_->NumberOfCapturingGroups() + 1, static_cast<int>(groups.texts.size()));
  if (!pattern_->Match(path, 0, path.size(), re2::RE2::UNANCHORED, groups.texts.data(), wanted)) return Matched::no;
  std::string text, storage;
  for (const Piece& piece : path_) {
    text += piece.literal;
    if (piece.group >= 0) text += groups.text(piece.group);
    if (piece.variable != nullptr) append_in_path(values.*piece.variable, text);
  }
  const auto made = canonical_path(text, storage);
  if (!made) return made.error();
  std::string_view new_path = made->path;
  while (new_path.starts_with("//")) new_path.remove_prefix(1);
  out.clear();
  if (const auto good = write_origin(values, out); !good) return good.error();
  out.append(new_path).append(query_after(from.query(), groups, values));
  return Matched::yes;
}

// The host's own port is that of the listener, and the target says which port it wants.
Result<> RewritePattern::write_origin(const FieldValues& values, std::string& out) const {
  for (const Piece& piece : origin_) {
    out += piece.literal;
    if (piece.variable == nullptr) continue;
    if (piece.variable == &FieldValues::scheme) {
      out += values.scheme;
      continue;
    }
    const HostName host(values.host);
    if (host.text().empty()) return Error{Fault::client, Code::bad_request, false, "no host to redirect to"};
    out += host.text();
  }
  return {};
}

std::string RewritePattern::query_after(std::string_view query, const Groups& groups, const FieldValues& values) const {
  if (!has_query_) return std::string(query);
  std::string made;
  for (const Piece& piece : query_) {
    made += piece.literal;
    if (piece.group >= 0) append_in_query(groups.text(piece.group), made);
    if (piece.variable == nullptr) continue;
    if (piece.variable == &FieldValues::query) {
      made += values.query;
    } else {
      append_in_query(values.*piece.variable, made);
    }
  }
  if (keeps_query_ && query.size() > 1) made.append(made.empty() ? "" : "&").append(query.substr(1));
  return made.empty() ? made : "?" + made;
}

}  // namespace zeroway
