// The rules for TLS connections that we dial: which certificates count, our own certificate, the protocols offered, the
// name that the server must prove.
//
// Owner: a copy costs a name; all copies share one set of rules, which is never changed.   Thread: any.
// Not here: dialing (net/dialer.h), a connection's bytes (net/tls_client_connection.h).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/net/socket_address.h"
#include "router/net/tls_engine.h"
#include "router/settings/settings.h"

namespace zeroway {

struct TlsClientSettings {
  bool verify = true;                  // false: any certificate is good, and nothing protects against a false server
  std::string ca_file;                 // PEM, the only CAs that count; "" = the system's
  TlsFiles identity;                   // our certificate and key for servers that ask; "" = none
  std::vector<std::string> protocols;  // offered by ALPN (RFC 7301), best first; none = no ALPN

  bool operator==(const TlsClientSettings&) const = default;
};

class TlsClient {
 public:
  // The error names the file and what is wrong with it.
  [[nodiscard]] static Result<TlsClient> load(const TlsClientSettings& settings);

  // The same rules for a server with this name or numeric address. A name is sent (SNI) and must be in the
  // certificate; an address is not sent (RFC 6066 §3) and must be in the certificate as an address. Without any name,
  // the address that is dialled counts.
  [[nodiscard]] TlsClient named(std::string server_name) const;
  [[nodiscard]] const std::string& server_name() const { return name_; }

  // For the Dialer. Fails when there is nothing to verify: no name, and a unix socket.
  [[nodiscard]] Result<TlsClientStart> start(const SocketAddress& address) const;
  [[nodiscard]] bool offers(std::string_view protocol) const;

 private:
  struct Rules;
  TlsClient(std::shared_ptr<const Rules> rules, std::string name) : rules_(std::move(rules)), name_(std::move(name)) {}

  std::shared_ptr<const Rules> rules_;
  std::string name_;
};

}  // namespace zeroway
