// What a connection knows of its client.
//
// Owner: the client's session; exchanges and backends read it.   Thread: one loop.
// Not here: what the client says of itself in fields (exchange/client_address.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace zeroway {

struct ListenerInUse;  // router/exchange/plan_in_use.h

// What the TLS handshake told of a client's certificate, in printable ASCII.
struct ClientCertificate {
  std::string subject, issuer;  // as RFC 4514 writes them
  std::string serial;           // hex
  std::string fingerprint;      // SHA-256 of the certificate, hex
  std::string encoded;          // the certificate, base64
};

struct ClientInfo {
  std::string address;  // numeric, without port or brackets; "" of a unix socket
  bool is_tls = false;
  std::string_view tls_version = {};     // "TLSv1.3": a literal; "" without TLS
  std::string_view tls_cipher = {};      // OpenSSL's name, "TLS_AES_128_GCM_SHA256": a literal; "" without TLS
  bool has_certificate = false;          // the client has shown one, and it was verified
  std::string certificate_subject = {};  // of that certificate, printable ASCII
  std::shared_ptr<const ClientCertificate> certificate = {};  // more of it; null without one
  // TlsPolicy::client_authorities() of the site that the client named in its TLS handshake.
  std::string client_authorities = {};
  std::string_view protocol = "HTTP/1.1";   // for the access log: a literal
  const ListenerInUse* listener = nullptr;  // where it came in: each request is matched there; set before the first one
  std::uint16_t port = 0;                   // of `address`; 0 = unknown
  std::string destination = {};             // the address that the client connected to; "" of a unix socket
  std::uint16_t destination_port = 0;
  std::size_t most_message = 0;  // bytes of a message that it takes, as a RawSocket has said; 0 = any
};

}  // namespace zeroway
