#include "router/plan/origin_rule.h"

#include <algorithm>

#include "proto/ascii.h"

namespace zeroway {
namespace {

struct Parts {
  std::string_view scheme, host, port;  // empty when absent
};

Parts cut(std::string_view text) {
  Parts parts;
  if (const auto colon = text.find("://"); colon != std::string_view::npos) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 3);
  }
  const auto bracket = text.rfind(']');  // the end of an IPv6 address, whose colons begin no port
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = text.substr(0, colon);
  if (colon != std::string_view::npos) parts.port = text.substr(colon + 1);
  return parts;
}

// `*` matches any run of characters, also an empty one.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, in_text = 0, star = std::string_view::npos, tried = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      tried = in_text;
    } else if (at < pattern.size() && to_lower(pattern[at]) == to_lower(text[in_text])) {
      ++at;
      ++in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++tried;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(at), pattern.end(), [](char c) { return c == '*'; });
}

std::string_view default_port(std::string_view scheme) {
  if (matches("http", scheme) || matches("ws", scheme)) return "80";
  if (matches("https", scheme) || matches("wss", scheme)) return "443";
  return {};
}

}  // namespace

bool matches_origin(std::string_view pattern, std::string_view origin) {
  if (pattern == "*") return true;
  const Parts wanted = cut(pattern);
  const Parts is = cut(origin);
  // An origin has only scheme, host and port. Anything else is refused: a path could look like the host of a pattern.
  if (is.scheme.empty() || is.host.empty() || is.host.find_first_of("/?#@\\ ") != std::string_view::npos) return false;
  const auto usual = default_port(is.scheme);
  return matches(wanted.scheme, is.scheme) && matches(wanted.host, is.host) &&
         matches(wanted.port.empty() ? usual : wanted.port, is.port.empty() ? usual : is.port);
}

Result<> check_origin(const Head& head, const WebSocketSettings& settings) {
  if (head.count("origin") > 1) return Error{Fault::client, Code::bad_request, false, "Origin twice"};
  const auto origin = head.find("origin");
  if (!origin) return {};  // browsers always send Origin: the client is no browser
  const auto& allowed = settings.allowed_origins;
  const bool is_allowed = *origin == "null" ? settings.allow_null_origin
                                            : std::any_of(allowed.begin(), allowed.end(), [&](const auto& pattern) {
                                                return matches_origin(pattern, *origin);
                                              });
  if (is_allowed) return {};
  return Error{Fault::client, Code::forbidden, false, "WebSocket from origin " + std::string(*origin)};
}

}  // namespace zeroway
