#include "router/route/canonical_path.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "proto/escapes.h"

namespace zeroway {

namespace {

enum class CharKind : std::uint8_t {
  refused,     // a control character, a space, '#'
  foreign,     // no path of a URI holds it: written as an escape
  plain,       // of a segment (pchar, RFC 3986 §3.3), reserved
  unreserved,  // RFC 3986 §2.3
  slash,
  percent,
};

constexpr bool is_between(unsigned c, char first, char last) {
  return c >= static_cast<unsigned>(first) && c <= static_cast<unsigned>(last);
}

constexpr CharKind kind_of(unsigned c) {
  if (c <= ' ' || c == 0x7f || c == '#') return CharKind::refused;
  if (is_between(c, 'a', 'z') || is_between(c, 'A', 'Z') || is_between(c, '0', '9')) return CharKind::unreserved;
  const auto is_of = [c](std::string_view set) { return set.find(static_cast<char>(c)) != std::string_view::npos; };
  if (c >= 0x80) return CharKind::foreign;
  if (is_of("-._~")) return CharKind::unreserved;
  if (is_of("!$&'()*+,;=:@")) return CharKind::plain;
  return c == '/' ? CharKind::slash : c == '%' ? CharKind::percent : CharKind::foreign;
}

constexpr std::array<CharKind, 256> kKinds = [] {
  std::array<CharKind, 256> kinds{};
  for (unsigned c = 0; c < kinds.size(); ++c) kinds[c] = kind_of(c);
  return kinds;
}();

CharKind kind(char c) { return kKinds[static_cast<std::uint8_t>(c)]; }

bool is_lower_digit(char c) { return c >= 'a'; }  // of a hex digit

bool is_slash_byte(int byte) { return byte == '/' || byte == '\\'; }

Error refused(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

Error refused_character(char c, std::string_view where) {
  if (c == '#') return refused("a fragment in the request's target");
  std::string detail = c == ' ' ? "a space" : "control character ";
  if (c != ' ') append_escape(detail, c);
  return refused(detail.append(" in the ").append(where));
}

// Whether the segment that begins `text` is "." or "..".
bool is_dot_segment(std::string_view text) {
  const std::string_view segment = text.substr(0, text.find('/'));
  return segment == "." || segment == "..";
}

// Looks for anything that must be changed or refused; finds encoded slashes on the way.
struct Scan {
  bool is_canonical = true;
  bool has_encoded_slash = false;

  explicit Scan(std::string_view path) {
    for (std::size_t at = 0; at < path.size() && is_canonical; ++at) look(path, at);
  }

 private:
  void look(std::string_view path, std::size_t& at) {
    switch (kind(path[at])) {
      case CharKind::plain:
      case CharKind::unreserved:
        return;
      case CharKind::slash:
        is_canonical = !is_dot_segment(path.substr(at + 1, 3));
        return;
      case CharKind::percent:
        look_at_escape(path.substr(at)), at += 2;
        return;
      case CharKind::refused:
      case CharKind::foreign:
        is_canonical = false;
    }
  }
  void look_at_escape(std::string_view text) {
    const int byte = escaped_byte(text);
    is_canonical = byte > 0 && !is_lower_digit(text[1]) && !is_lower_digit(text[2]) &&
                   kind(static_cast<char>(byte)) != CharKind::unreserved;
    has_encoded_slash = has_encoded_slash || is_slash_byte(byte);
  }
};

// Writes a path segment by segment. Escapes are decoded before dots are looked for, and a decoded character never
// begins an escape or ends a segment, so one pass is enough.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) { out_.clear(); }

  Result<void> write(std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = std::min(path.find('/', 1), path.size());
      if (auto done = write_segment(path.substr(1, end - 1), end == path.size()); !done) return done;
      path.remove_prefix(end);
    }
    return {};
  }
  [[nodiscard]] bool has_encoded_slash() const { return has_encoded_slash_; }

 private:
  Result<void> write_segment(std::string_view segment, bool is_last) {
    const std::size_t start = out_.size();
    out_ += '/';
    if (auto done = append(segment); !done) return done;
    const std::string_view written = std::string_view(out_).substr(start + 1);
    const bool is_up = written == "..";
    if (!is_up && written != ".") return {};
    out_.resize(start);
    if (is_up && out_.empty()) return refused("a path above the root");
    if (is_up) out_.resize(out_.rfind('/'));
    if (is_last) out_ += '/';  // "/a/." and "/a/b/.." are the folder "/a/" (RFC 3986 §5.2.4)
    return {};
  }

  Result<void> append(std::string_view segment) {
    for (; !segment.empty(); segment.remove_prefix(1)) {
      const char c = segment.front();
      switch (kind(c)) {
        case CharKind::refused:
          return refused_character(c, "path");
        case CharKind::foreign:
          append_byte(static_cast<std::uint8_t>(c));
          break;
        case CharKind::percent:
          if (auto done = append_escaped(segment); !done) return done;
          segment.remove_prefix(2);
          break;
        default:
          out_ += c;
      }
    }
    return {};
  }
  Result<void> append_escaped(std::string_view text) {
    const int byte = escaped_byte(text);
    if (byte < 0) return refused("a malformed escape in the path");
    if (byte == 0) return refused("%00 in the path");
    append_byte(byte);
    return {};
  }
  void append_byte(int byte) {
    has_encoded_slash_ = has_encoded_slash_ || is_slash_byte(byte);
    if (kind(static_cast<char>(byte)) == CharKind::unreserved) {
      out_ += static_cast<char>(byte);
    } else {
      append_escape(out_, static_cast<char>(byte));
    }
  }

  std::string& out_;
  bool has_encoded_slash_ = false;
};

Result<void> check_query(std::string_view query) {
  for (const char c : query) {
    if (kind(c) == CharKind::refused) return refused_character(c, "query");
  }
  return {};
}

}  // namespace

Result<CanonicalPath> canonical_path(std::string_view target, std::string& storage) {
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = target.substr(path.size());
  if (auto good = check_query(query); !good) return good.error();
  if (target == "*") return CanonicalPath{target, path, false};  // of OPTIONS (RFC 9112 §3.2.4)
  if (!path.starts_with('/')) return refused("a target that does not begin with '/'");
  if (const Scan scan(path); scan.is_canonical) return CanonicalPath{target, path, scan.has_encoded_slash};
  Writer writer(storage);
  if (auto done = writer.write(path); !done) return done.error();
  const std::size_t path_size = storage.size();
  storage += query;
  return CanonicalPath{storage, std::string_view(storage).substr(0, path_size), writer.has_encoded_slash()};
}

bool has_unclear_segments(std::string_view path) {
  while (!path.empty() && path.front() == '/') {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    const std::string_view bare = segment.substr(0, segment.find(';'));
    path.remove_prefix(segment.size());
    const bool is_cut = bare.size() < segment.size();
    if ((segment.empty() && !path.empty()) || (is_cut && (bare == "." || bare == ".."))) return true;
  }
  return false;
}

bool is_canonical(std::string_view path) { return path == "*" || (path.starts_with('/') && Scan(path).is_canonical); }

CanonicalPath strip_prefix(const CanonicalPath& from, std::string_view prefix, std::string& storage) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  std::string_view rest = from.path;
  if (!rest.starts_with(prefix)) return from;
  rest.remove_prefix(prefix.size());
  if (!rest.empty() && rest.front() != '/') return from;
  // What is left has no dot segments, for the whole path had none; but it may begin with several slashes.
  while (rest.starts_with("//")) rest.remove_prefix(1);
  if (!rest.empty()) return {from.whole.substr(from.path.size() - rest.size()), rest, from.has_encoded_slash};
  storage.assign("/").append(from.query());
  return {storage, std::string_view(storage).substr(0, 1), from.has_encoded_slash};
}

}  // namespace zeroway
