#include "proto/route_claim.h"

#include <algorithm>

#include "proto/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kMostShown = 64;          // characters of a path in a log line: enough to recognise it
constexpr std::size_t kMostClaimsInALine = 12;  // a longer log line would not be read

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

bool is_visible_text(std::string_view text) { return std::all_of(text.begin(), text.end(), is_visible); }

// A peer's text for a log line: shortened, and only visible ASCII.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kMostShown));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_visible(c); }, '?');
  return '"' + out + '"';
}

Error refuse(std::string_view what, std::string_view value, std::string_view why) {
  return Error{Fault::backend, Code::frame_error, false,
               std::string(what) + ' ' + shown(value) + ' ' + std::string(why)};
}

// ---- hosts

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_name(std::string_view name) {
  const auto is_of_a_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && !name.starts_with('.') && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), is_of_a_name);
}

bool is_bracketed_address(std::string_view host) {
  if (host.size() < 4 || !host.starts_with('[') || !host.ends_with(']')) return false;
  return host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
}

// The host without its port, which makes no difference. When the text after the colon is no port, it stays, and the
// host is then invalid.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']') || !is_digits(host.substr(colon + 1))) return host;
  return host.substr(0, colon);
}

Result<> check_host(std::string_view host) {
  if (host.empty()) return {};
  if (host.size() > kMaxHostLength)
    return refuse("host", host, "is longer than " + std::to_string(kMaxHostLength) + " characters");
  std::string_view name = without_port(host);
  if (is_bracketed_address(name)) return {};
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.find('*') != std::string_view::npos)
    return refuse("host", host, "has a '*' that is not its whole first label, as in *.example.com");
  if (!is_name(name)) return refuse("host", host, "is no host: a name, *.NAME or an address, like example.com");
  return {};
}

// ---- paths

Result<> check_path(std::string_view path) {
  if (!path.starts_with('/') || !is_visible_text(path) || path.size() > kMaxFramePayload)
    return refuse("path", path, "is not visible ASCII that starts with '/'");
  if (path.find_first_of("?#") != std::string_view::npos)
    return refuse("path", path, "has a query: '?' and '#' stand in no path");
  return {};
}

bool is_root(std::string_view path) { return path.find_first_not_of('/') == std::string_view::npos; }

// Cuts off the last segment when it is a capture.
bool cut_capture(std::string_view& path) {
  const std::string_view segment = path.substr(path.rfind('/') + 1);
  const bool is_capture = segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
                          segment.find_first_of("{}", 1) == segment.size() - 1;
  if (is_capture) path.remove_suffix(segment.size() + 1);
  return is_capture;
}

// A prefix as it was written; it may end like a pattern.
Result<RouteClaim> read_prefix(const RouteClaim& written) {
  std::string_view path = written.path;
  PathMatch match = PathMatch::prefix;
  if (path.ends_with("/*")) path.remove_suffix(2);
  if (cut_capture(path)) match = PathMatch::below;
  if (path.find('*') != std::string_view::npos)
    return refuse("path", written.path, "has a '*' that is not at its end, behind '/', as in /api/*");
  if (path.find_first_of("{}") != std::string_view::npos)
    return refuse("path", written.path, "has braces that are not its last segment, as in /users/{id}");
  if (is_root(path)) return RouteClaim{written.host, "/", PathMatch::prefix};
  return RouteClaim{written.host, std::string(path), match};
}

}  // namespace

std::string_view path_match_name(PathMatch match) {
  switch (match) {
    case PathMatch::exact:
      return "exact";
    case PathMatch::below:
      return "below";
    case PathMatch::prefix:
      break;
  }
  return "prefix";
}

Result<RouteClaim> read_claim(const RouteClaim& written) {
  RouteClaim claim = written;
  if (claim.host == "*") claim.host.clear();
  if (auto host = check_host(claim.host); !host) return host.error();
  if (auto path = check_path(claim.path); !path) return path.error();
  if (claim.match == PathMatch::prefix) return read_prefix(claim);
  if (claim.match == PathMatch::below && is_root(claim.path)) return RouteClaim{claim.host, "/", PathMatch::prefix};
  return claim;
}

bool is_everything(const RouteClaim& claim) {
  return claim.host.empty() && claim.match != PathMatch::exact && is_root(claim.path);
}

std::string claim_text(const RouteClaim& claim) {
  std::string text = claim.host + claim.path;
  if (claim.match != PathMatch::exact && !text.ends_with('/')) text += '/';
  if (claim.match == PathMatch::prefix) text += '*';
  return text;
}

std::string claims_text(const std::vector<RouteClaim>& claims) {
  if (claims.empty()) return "everything";
  std::string text;
  const std::size_t shown_claims = std::min(claims.size(), kMostClaimsInALine);
  for (std::size_t i = 0; i < shown_claims; ++i)
    text += (i == 0 ? "" : ", ") + claim_text(claims[i]).substr(0, kMostShown);
  if (claims.size() > shown_claims) text += " and " + std::to_string(claims.size() - shown_claims) + " more";
  return text;
}

}  // namespace zeroway
