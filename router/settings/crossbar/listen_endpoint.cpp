#include "router/settings/crossbar/listen_endpoint.h"

#include <utility>

#include "router/settings/addresses.h"
#include "router/settings/cipher_names.h"
#include "router/settings/crossbar/keys_of.h"

namespace zeroway::crossbar {

namespace {

struct Endpoint {
  Located located;
  bool is_unix = false;
  ListenAddress listen;
  ListenTerms terms;
  SslSettings ssl;
};
using S = Endpoint;

constexpr const char* kEveryV4 = "0.0.0.0";
constexpr const char* kPortForms = "a port from 1 to 65535, or \"$NAME\" of an environment variable";

// The port as the file or the environment says it; 0 = none.
std::uint16_t port_in(const std::string& text) {
  const bool is_short = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const unsigned long port = is_short ? std::stoul(text) : 0;
  return port <= 65'535 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
}

Fit read_port(S& endpoint, const Value& value) {
  const Node& node = value.node;
  const std::string variable = node.kind == Node::Kind::text ? variable_in(node.text) : "";
  if (!variable.empty()) {
    const auto text = value.reading.expand(variable, Reading::Dollars::unescape, node.place, value.where);
    if (!text) return Fit::said;
    endpoint.listen.port = port_in(*text);
    if (endpoint.listen.port > 0) return Fit::yes;
    value.reading.error(node.place, value.where + " = " + node.show() + ": the variable's value is \"" + *text +
                                        "\": wants a port from 1 to 65535");
    return Fit::said;
  }
  if (node.kind != Node::Kind::number || node.number < 1 || node.number > 65'535) return Fit::no;
  endpoint.listen.port = static_cast<std::uint16_t>(node.number);
  return Fit::yes;
}

// [first, last], both included.
Fit read_port_range(S& endpoint, const Value& value) {
  const auto& ports = value.node.children;
  if (value.node.kind != Node::Kind::list || ports.size() != 2) return Fit::no;
  for (const Node& port : ports)
    if (port.kind != Node::Kind::number || port.number < 1 || port.number > 65'535) return Fit::no;
  if (ports[0].number > ports[1].number) return Fit::no;
  endpoint.listen.port = static_cast<std::uint16_t>(ports[0].number);
  endpoint.listen.last_port = static_cast<std::uint16_t>(ports[1].number);
  return Fit::yes;
}

// Without a version, and with IPv6, the router listens for both at once.
Fit read_version(S& endpoint, const Value& value) {
  if (value.node.kind != Node::Kind::number || (value.node.number != 4 && value.node.number != 6)) return Fit::no;
  if (value.node.number == 4 && endpoint.listen.address.empty()) endpoint.listen.address = kEveryV4;
  return Fit::yes;
}

void warn_of_cipher(const std::string& name, const Value& value) {
  value.reading.warn(value.node.place, value.where + ": the router has no cipher \"" + name + "\": left out");
}

// OpenSSL's notation: names with ':' between. Its words for groups of ciphers are nobody's choice here.
Fit read_ciphers(SslSettings& ssl, const Value& value) {
  const auto text = take_text(value);
  if (!text.value) return text.fit;
  for (std::size_t at = 0; at < text.value->size();) {
    const std::size_t end = std::min(text.value->find_first_of(":, ", at), text.value->size());
    const std::string name = text.value->substr(at, end - at);
    at = end + 1;
    if (name.empty()) continue;
    std::string cipher = cipher_of(name);
    if (cipher.empty()) {
      warn_of_cipher(name, value);
    } else {
      ssl.policy.ciphers.push_back(std::move(cipher));
    }
  }
  return Fit::yes;
}

void describe_tls(Keys<SslSettings>& keys) {
  using T = SslSettings;
  keys.located()
      .path("key", &T::key_file, "server.key", "PEM: the certificate's key")
      .required()
      .path("certificate", &T::cert_file, "server.crt", "PEM: the certificate")
      .required()
      .other("chain_certificates", "[PATH, …]", "a list of paths", "", "", "PEM: those that signed it",
             [](T& ssl, const Value& value) { return read_paths(value, ssl.chain_files); })
      .other("ca_certificates", "[PATH, …]", "a list of paths", "", "",
             "PEM: authorities; clients then show a certificate of one of them",
             [](T& ssl, const Value& value) { return read_paths(value, ssl.policy.client_ca); })
      .other("ciphers", "TEXT", "names of ciphers with : between", "", "", "Ciphers, best first", read_ciphers)
      .idle("dhparam", "keys are exchanged by elliptic curves only");
}

SslSettings& begin_tls(S& endpoint) {
  endpoint.ssl.enabled = true;
  endpoint.ssl.located.renamed = {{"key_file", "key"},
                                  {"cert_file", "certificate"},
                                  {"chain_files", "chain_certificates"},
                                  {"client_ca", "ca_certificates"}};
  return endpoint.ssl;
}

void describe_endpoint(Keys<S>& keys) {
  keys.located()
      .choice("type", &S::is_unix, std::vector<std::pair<std::string, bool>>{{"tcp", false}, {"unix", true}},
              "TCP, or a unix socket")
      .required()
      .other("port", "PORT", kPortForms, "", "", "Port", read_port)
      .other("portrange", "[PORT, PORT]", "two ports, the first one not above the second one", "", "",
             "The first one that is free", read_port_range)
      .text(
          "interface", [](S& s) -> std::string& { return s.listen.address; }, is_address, "an address", "",
          "Address; by default every one")
      .other("version", "N", "4 or 6", "4", "", "Of the Internet Protocol", read_version)
      .number(
          "backlog", [](S& s) -> std::uint32_t& { return s.terms.backlog; }, 1, 65'535,
          "Connections that may wait to be accepted")
      .flag(
          "shared", [](S& s) -> bool& { return s.terms.shared; }, "Whether other processes may listen there, too")
      .other("user_timeout", "N", "milliseconds: a number from 0 to 65535", "0", "",
             "Longest time for a client's machine to acknowledge what was sent",
             [](S& s, const Value& value) {
               const auto taken = take_number(value);
               if (!taken.value) return taken.fit;
               if (*taken.value > 65'535) return Fit::no;
               s.terms.user_timeout = Millis(*taken.value);
               return Fit::yes;
             })
      .other("path", "PATH", "a path", "", "", "Path of the unix socket",
             [](S& s, const Value& value) { return read_socket_path(s.listen.path, value); })
      .table("tls", begin_tls, "TLS", describe_tls);
}

// What one kind of endpoint wants, and the other one does not have.
void check_kind(const Endpoint& endpoint, const std::string& where, Reading& reading) {
  const Located& located = endpoint.located;
  const bool has_port = located.has("port") || located.has("portrange");
  if (endpoint.is_unix && !located.has("path"))
    reading.error(located.place, reading.join(where, "path") + " is missing: wants the path of a unix socket");
  if (!endpoint.is_unix && !has_port)
    reading.error(located.place, reading.join(where, "port") + " is missing: wants " + kPortForms);
  if (located.has("port") && located.has("portrange"))
    reading.error(located.place_of("portrange"), located.name_of("portrange") + ": there is a port, too: one of them");
  const auto refuse = [&](const char* key, const char* kind) {
    if (located.has(key))
      reading.error(located.place_of(key), located.name_of(key) + ": the endpoint is of type " + kind);
  };
  if (!endpoint.is_unix) return refuse("path", "tcp");
  for (const char* key : {"port", "portrange", "interface", "version", "shared", "user_timeout", "tls"})
    refuse(key, "unix");
}

}  // namespace

void read_listen_endpoint(const Node& transport, const std::string& where, SiteSettings& site, Reading& reading) {
  const std::string name = reading.join(where, "endpoint");
  const Node* node = transport.find("endpoint");
  if (node == nullptr) return reading.error(transport.place, name + " is missing: wants a table");
  Endpoint endpoint;
  endpoint.ssl = site.ssl;
  read_into(endpoint, *node, name, reading, describe_endpoint);
  if (node->kind != Node::Kind::table) return;
  check_kind(endpoint, name, reading);
  if (!endpoint.is_unix) endpoint.listen.path.clear();
  site.listen.assign(1, endpoint.listen);
  site.listen_terms = endpoint.terms;
  site.ssl = endpoint.ssl;
}

}  // namespace zeroway::crossbar
