#include "router/settings/crossbar/connect_endpoint.h"

#include <utility>

#include "router/settings/addresses.h"
#include "router/settings/crossbar/keys_of.h"
#include "router/settings/words.h"

namespace zeroway::crossbar {

namespace {

using S = ConnectEndpoint;

// The router takes one file of authorities for a server.
Fit read_authorities(S& endpoint, const Value& value) {
  std::vector<std::string> files;
  const Fit fit = read_paths(value, files);
  if (fit != Fit::yes) return fit;
  if (files.size() != 1) return Fit::no;
  endpoint.ca_file = files.front();
  return Fit::yes;
}

S& begin_tls(S& endpoint) {
  endpoint.has_tls = true;
  return endpoint;
}

void describe_tls(Keys<S>& keys) {
  keys.text("hostname", &S::server_name, is_site_host, "a host", "", "Name that the certificate must have")
      .required()
      .other("ca_certificates", "[PATH]", "a list with one path", "", "", "PEM: authorities", read_authorities)
      .path("certificate", &S::client_cert, "", "PEM: the router's own certificate")
      .path("key", &S::client_key, "", "PEM: its key");
}

void describe_endpoint(Keys<S>& keys) {
  keys.located()
      .choice("type", &S::is_unix, std::vector<std::pair<std::string, bool>>{{"tcp", false}, {"unix", true}},
              "TCP, or a unix socket")
      .required()
      .text("host", &S::host, is_address, "a host or an address", "", "Host")
      .number("port", &S::port, 1, 65'535, "Port")
      .other("version", "N", "4 or 6", "4", "", "Of the Internet Protocol; the router takes what the host has",
             [](S&, const Value& value) {
               const bool fits = value.node.kind == Node::Kind::number && (value.node.number | 2) == 6;
               return fits ? Fit::yes : Fit::no;
             })
      .other("timeout", "N", "seconds: a number from 0 to 600", "10", "", "Longest time to connect; 0 = 600 seconds",
             [](S& s, const Value& value) {
               const auto taken = take_number(value);
               if (!taken.value) return taken.fit;
               if (*taken.value > 600) return Fit::no;
               s.timeout = Millis(1'000 * (*taken.value == 0 ? 600 : *taken.value));
               return Fit::yes;
             })
      .other("path", "PATH", "a path", "", "", "Path of the unix socket",
             [](S& s, const Value& value) { return read_socket_path(s.path, value); })
      .table("tls", begin_tls, "TLS", describe_tls);
}

bool has_all(const S& endpoint, const std::string& where, Reading& reading) {
  bool has_all = true;
  const auto want = [&](const char* key, bool is_there) {
    if (is_there) return;
    has_all = false;
    if (!endpoint.located.has(key)) reading.error(endpoint.located.place, reading.join(where, key) + " is missing");
  };
  if (endpoint.is_unix) {
    want("path", !endpoint.path.empty());
  } else {
    want("host", !endpoint.host.empty());
    want("port", endpoint.port > 0);
  }
  return has_all;
}

}  // namespace

bool read_connect_endpoint(const Node& node, const std::string& where, ConnectEndpoint& endpoint, Reading& reading) {
  const std::string name = reading.join(where, "endpoint");
  const Node* const child = node.find("endpoint");
  if (child == nullptr) {
    reading.error(node.place, name + " is missing: wants a table");
    return false;
  }
  read_into(endpoint, *child, name, reading, describe_endpoint);
  return child->kind == Node::Kind::table && has_all(endpoint, name, reading);
}

void rename_tls_keys(Located& located) {
  located.renamed = {{"ca_file", "endpoint/tls/ca_certificates"},
                     {"client_cert", "endpoint/tls/certificate"},
                     {"client_key", "endpoint/tls/key"},
                     {"server_name", "endpoint/tls/hostname"}};
}

MemberUrl target_of(const ConnectEndpoint& endpoint, MemberScheme plain) {
  MemberUrl target;
  if (endpoint.is_unix) {
    target.scheme = MemberScheme::unix_socket;
    target.socket_path = endpoint.path;
    return target;
  }
  const MemberScheme secure = plain == MemberScheme::tcp ? MemberScheme::tls : MemberScheme::https;
  target.scheme = endpoint.has_tls ? secure : plain;
  target.host = lower_case(endpoint.host);
  target.port = endpoint.port;
  return target;
}

}  // namespace zeroway::crossbar
