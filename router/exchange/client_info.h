// What a connection knows of its client.
//
// Owner: the client's session; exchanges and backends read it.   Thread: one loop.
// Not here: what the client says of itself in fields (exchange/client_address.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace zeroway {

struct ListenerInUse;  // router/exchange/plan_in_use.h

struct ClientInfo {
  std::string address;  // numeric, without port or brackets
  bool is_tls = false;
  std::string_view tls_version = {};        // "TLSv1.3": a literal; "" without TLS
  std::string_view tls_cipher = {};         // OpenSSL's name, "TLS_AES_128_GCM_SHA256": a literal; "" without TLS
  std::string certificate_subject = {};     // of a verified client certificate, printable ASCII; "" without one
  std::string_view protocol = "HTTP/1.1";   // for the access log: a literal
  const ListenerInUse* listener = nullptr;  // where it came in: each request is matched there; set before the first one
  std::uint16_t port = 0;                   // of `address`; 0 = unknown
};

}  // namespace zeroway
