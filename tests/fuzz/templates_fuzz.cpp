// Any template, pattern, target and request: no value ends its field, no rewritten path is in another form than the
// canonical one, and no redirect goes to a host that the rule does not name.
#include <algorithm>
#include <array>
#include <string>

#include "router/route/field_template.h"
#include "router/route/rewrite_pattern.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_field(std::string_view text, std::string_view value) {
  const auto made = FieldTemplate::read(text);
  if (!made) return;
  std::string out;
  made->write({.remote_addr = value, .host = value, .method = value, .path = value, .query = value}, out);
  must(!has_control(out));
  if (made->is_constant()) must(out.size() <= text.size());
  std::string doubled;
  for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
  const auto literal = FieldTemplate::read(doubled);
  must(literal && literal->is_constant());
  out.clear();
  literal->write({}, out);
  must(out == text);
}

void check_path(std::string_view target) {
  std::string storage;
  const auto path = canonical_path(target, storage);
  must(path && path->whole == target);
  must(target.size() < 2 || (target[1] != '/' && target[1] != '\\'));
}

void check_rewrite(std::string_view pattern, std::string_view to, std::string_view target) {
  std::string storage, out;
  const auto path = canonical_path(target, storage);
  if (!path) return;
  const FieldValues values{.host = "a.test:80", .scheme = "https", .path = path->path, .site = pattern};
  for (const auto use : {RewritePattern::Use::rewrite, RewritePattern::Use::redirect}) {
    const auto made = RewritePattern::read(pattern, to, use);
    if (!made) continue;
    const auto matched = made->write(*path, values, out);
    if (!matched || matched.value() == RewritePattern::Matched::no) continue;
    if (to.starts_with('/')) {
      check_path(out);
      continue;
    }
    must(use == RewritePattern::Use::redirect);
    const std::size_t host_end = std::min(to.find_first_of("/?", to.find("//") + 2), to.size());
    const std::string_view origin = to.substr(0, host_end);
    if (origin.find('$') == std::string_view::npos) must(out.starts_with(origin));
    const std::size_t path_at = out.find('/', out.find("//") + 2);
    must(path_at != std::string::npos);
    check_path(std::string_view(out).substr(path_at));
  }
}

}  // namespace

// Lines: a template or pattern, a rule's target, a request's target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 500) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 3> lines;
  for (std::string_view& line : lines) {
    line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  check_field(lines[0], lines[2]);
  check_rewrite(lines[0], lines[1], lines[2]);
  return 0;
}
