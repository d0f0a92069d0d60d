#include "router/plan/server_of.h"

namespace zeroway {

namespace {

ServerSpec::Scheme scheme_of(MemberScheme scheme) {
  switch (scheme) {
    case MemberScheme::https:
      return ServerSpec::Scheme::https;
    case MemberScheme::h2c:
      return ServerSpec::Scheme::h2c;
    case MemberScheme::unix_socket:
      return ServerSpec::Scheme::unix_socket;
    case MemberScheme::tcp:
      return ServerSpec::Scheme::tcp;
    case MemberScheme::tls:
      return ServerSpec::Scheme::tls;
    case MemberScheme::http:
    case MemberScheme::fabric:  // never a server
      return ServerSpec::Scheme::http;
  }
  return ServerSpec::Scheme::http;
}

std::string name_of(const MemberUrl& url) {
  if (url.scheme == MemberScheme::unix_socket) return "unix:" + url.socket_path;
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

}  // namespace

ServerSpec server_of(const MemberSettings& said) {
  ServerSpec spec;
  spec.name = name_of(said.target);
  spec.scheme = scheme_of(said.target.scheme);
  spec.host = said.target.host;
  spec.port = said.target.port;
  spec.socket_path = said.target.socket_path;
  spec.base_path = said.target.base;
  spec.weight = said.weight;
  spec.max_conns = said.max_conns;
  spec.ca_file = said.ca_file;
  spec.server_name = said.server_name;
  spec.verify = said.verify;
  spec.client_certificate = said.client_cert;
  spec.client_key = said.client_key;
  if (said.proxy_protocol == ProxyProtocol::v1) spec.proxy_header = ServerSpec::ProxyHeader::v1;
  if (said.proxy_protocol == ProxyProtocol::v2) spec.proxy_header = ServerSpec::ProxyHeader::v2;
  return spec;
}

ServerSpec tunnel_server_of(const MemberSettings& said) {
  ServerSpec spec = server_of(said);
  if (spec.scheme == ServerSpec::Scheme::unix_socket) spec.scheme = ServerSpec::Scheme::unix_tunnel;
  return spec;
}

}  // namespace zeroway
