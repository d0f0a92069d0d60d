#include "router/backends/origin_head.h"

#include "router/route/reply_paths.h"

namespace zeroway {

namespace {

bool is_default_port(const ServerSpec& server) {
  return server.port == (server.scheme == ServerSpec::Scheme::https ? 443 : 80);
}

// "*" names the server itself (RFC 9112 §3.2.4); it is below no path.
bool is_below_base(std::string_view path) { return path.starts_with('/'); }

bool keeps_host(const Head& head, const OriginTerms& terms) { return terms.preserve_host && !head.authority().empty(); }

}  // namespace

std::string authority_of(const ServerSpec& server) {
  if (server.scheme == ServerSpec::Scheme::unix_socket) return "localhost";
  const bool is_v6 = server.host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + server.host + "]" : server.host;
  if (!is_default_port(server)) text.append(":").append(std::to_string(server.port));
  return text;
}

bool fits(const Head& head, const OriginTerms& terms) {
  if (!keeps_host(head, terms)) return false;
  if (!terms.base_path.empty() && is_below_base(head.path())) return false;
  return terms.scheme.empty() || head.find(":scheme") == terms.scheme;
}

void write_origin_head(const Head& head, const OriginTerms& terms, Head& out) {
  out.clear();
  const bool is_host_kept = keeps_host(head, terms);
  bool has_authority = false;
  std::string path;
  for (const Field field : head) {
    const bool is_pseudo = field.name.starts_with(':');
    if (!is_pseudo && !has_authority) {
      out.add(":authority", terms.authority);
      has_authority = true;
    }
    if (field.name == ":authority") {
      has_authority = true;
      out.add(field.name, is_host_kept ? field.value : terms.authority);
    } else if (field.name == ":path" && !terms.base_path.empty() && is_below_base(field.value)) {
      path.append(terms.base_path).append(field.value);
      out.add(field.name, path);
    } else if (field.name == ":scheme" && !terms.scheme.empty()) {
      out.add(field.name, terms.scheme);
    } else {
      out.add(field.name, field.value);
    }
  }
  if (!has_authority) out.add(":authority", terms.authority);
}

void read_origin_head(Head& reply, const ServerSpec& server, const Route& route) {
  const PathMove move{server.base_path, ""};
  if (route.moves_locations && (reply.has("location") || reply.has("content-location")))
    move_locations(reply, move, {authority_of(server), UrlHost::Known::no});
  if (route.moves_cookies) move_cookies(reply, move);
}

}  // namespace zeroway
