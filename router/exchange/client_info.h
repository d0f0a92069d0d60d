// What a connection knows of its client.
//
// Owner: the client's session; exchanges and backends read it.   Thread: one loop.
// Not here: what the client says of itself in fields (exchange/client_address.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

struct Listener;  // router/plan/plan.h

struct ClientInfo {
  std::string address;  // numeric, without port or brackets
  bool is_tls = false;
  std::string certificate_subject = {};    // of a verified client certificate, printable ASCII; "" without one
  std::string_view protocol = "HTTP/1.1";  // for the access log: a literal
  const Listener* listener = nullptr;      // of the plan in use now: each request is matched there
};

}  // namespace zeroway
