// Where a Crossbar.io node file says that something is dialled: a table `endpoint` of a backend.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: endpoints that are listened at (crossbar/listen_endpoint.h).
#pragma once
#include <string>

#include "router/settings/member_url.h"
#include "router/settings/reading.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway::crossbar {

struct ConnectEndpoint {
  Located located;
  bool is_unix = false;
  std::string host;
  std::uint16_t port = 0;
  std::string path;  // of a unix socket
  Millis timeout{10'000};
  bool has_tls = false;
  std::string server_name, ca_file, client_cert, client_key;  // of TLS; "" = none
};

// False, and the error is noted, when there is none at `where` or when it is not right.
[[nodiscard]] bool read_connect_endpoint(const Node& node, const std::string& where, ConnectEndpoint& endpoint,
                                         Reading& reading);
// Whoever has an `endpoint` says there what our own notation says in its table: errors call these keys so.
void rename_tls_keys(Located& located);
// `plain`: http or tcp; where the endpoint has TLS, https or tls.
[[nodiscard]] MemberUrl target_of(const ConnectEndpoint& endpoint, MemberScheme plain);

}  // namespace zeroway::crossbar
