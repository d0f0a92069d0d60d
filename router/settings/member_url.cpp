#include "router/settings/member_url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "proto/control.h"
#include "router/settings/addresses.h"
#include "router/settings/limits.h"

namespace zeroway {

namespace {

struct Scheme {
  std::string_view prefix;
  MemberScheme scheme;
  std::uint16_t port;
};
constexpr std::array<Scheme, 5> kSchemes{{{"http://", MemberScheme::http, 80},
                                          {"https://", MemberScheme::https, 443},
                                          {"h2c://", MemberScheme::h2c, 80},
                                          {"tcp://", MemberScheme::tcp, 0},
                                          {"tls://", MemberScheme::tls, 0}}};

Error wrong(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_graphic(unsigned char c) { return c > 0x20 && c < 0x7f; }

// A path that is put in front of others: no dot segments, no slash at the end.
Result<std::string> read_base(std::string_view path) {
  if ((std::string(path) + "/").find("/../") != std::string::npos) return wrong("its path climbs with '..'");
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

Result<std::uint16_t> read_port(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65'535) {
    return wrong("its port '" + std::string(text) + "' is no number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

Result<MemberUrl> with_port(MemberUrl url, std::string_view after_host) {
  if (after_host.empty()) return url;
  if (after_host.front() != ':') return wrong("nothing but a port may follow the host");
  const auto port = read_port(after_host.substr(1));
  if (!port) return port.error();
  url.port = *port;
  return url;
}

Result<MemberUrl> read_authority(std::string_view authority, MemberUrl url) {
  if (authority.find('@') != std::string_view::npos) return wrong("it has a user name or password");
  const bool has_brackets = authority.starts_with('[');
  const auto end = authority.find(has_brackets ? ']' : ':');
  if (has_brackets && end == std::string_view::npos) return wrong("its '[' has no ']'");
  url.host = lower(authority.substr(has_brackets ? 1 : 0, has_brackets ? end - 1 : end));
  if (url.host.empty()) return wrong("it names no host");
  const bool is_v6 = url.host.find(':') != std::string::npos;
  if (!is_address(url.host) || is_v6 != has_brackets) return wrong("'" + url.host + "' is no host");
  const std::size_t rest = has_brackets ? end + 1 : std::min(end, authority.size());
  return with_port(std::move(url), authority.substr(rest));
}

Result<MemberUrl> read_socket(std::string_view text) {
  MemberUrl url;
  url.scheme = MemberScheme::unix_socket;
  const auto colon = text.find(":/");
  url.socket_path = text.substr(0, colon);
  if (!url.socket_path.starts_with('/')) return wrong("the socket's path must begin with '/'");
  if (url.socket_path.size() > kLongestSocketPath) return wrong("the socket's path is longer than 107 bytes");
  if (colon == std::string_view::npos) return url;
  auto base = read_base(text.substr(colon + 1));
  if (!base) return base.error();
  url.base = std::move(*base);
  return url;
}

Result<MemberUrl> read_group(std::string_view group) {
  MemberUrl url;
  url.scheme = MemberScheme::fabric;
  if (!group.empty() && !is_group_name(group)) return wrong("'" + std::string(group) + "' is no name of a group");
  url.group = group;
  return url;
}

std::optional<Scheme> scheme_of(std::string_view text) {
  for (const Scheme& one : kSchemes) {
    if (lower(text.substr(0, one.prefix.size())) == one.prefix) return one;
  }
  return std::nullopt;
}

}  // namespace

bool is_fabric_name(std::string_view text) { return text == "fabric" || text.starts_with("fabric:"); }

Result<MemberUrl> read_member_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_graphic)) return wrong("it has a space or a control character");
  if (text.starts_with("unix:")) return read_socket(text.substr(5));
  if (text.starts_with("fabric:")) return read_group(text.substr(7));
  const auto scheme = scheme_of(text);
  if (!scheme) return wrong(text.empty() ? "it is empty" : "its scheme is none of these");
  if (text.find_first_of("?#") != std::string_view::npos) return wrong("it has a query or a fragment");
  text.remove_prefix(scheme->prefix.size());
  const auto slash = std::min(text.find('/'), text.size());
  MemberUrl url;
  url.scheme = scheme->scheme;
  url.port = scheme->port;
  auto base = read_base(text.substr(slash));
  if (!base) return base.error();
  url.base = std::move(*base);
  auto read = read_authority(text.substr(0, slash), std::move(url));
  if (!read || (read->scheme != MemberScheme::tcp && read->scheme != MemberScheme::tls)) return read;
  if (read->port == 0) return wrong("it has no port");
  if (!read->base.empty()) return wrong("bytes have no path");
  return read;
}

Result<MemberUrl> read_tcp_server(std::string_view text) {
  const bool is_whole = text.starts_with("tls://") || text.starts_with("unix:");
  if (!is_whole && text.find("://") != std::string_view::npos) return wrong("its scheme is none of these");
  auto read = read_member_url(is_whole ? std::string(text) : "tcp://" + std::string(text));
  if (read && !read->base.empty()) return wrong("bytes have no path");
  return read;
}

}  // namespace zeroway
