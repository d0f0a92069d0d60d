// Where clients come in, and what holds for all their connections.
//
// Owner: the plan, which never changes.   Thread: any.
// Not here: binding sockets (router/router.cpp), who answers (router/plan/plan.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "router/plan/raw_socket_spec.h"
#include "router/plan/site.h"
#include "router/route/host_table.h"
#include "router/route/trusted_networks.h"
#include "router/settings/settings.h"

namespace zeroway {

// What clients speak at a listener.
enum class Language : std::uint8_t { http, tcp, raw_socket };

struct ListenerSpec {
  std::string address;          // numeric or a host's name; "" = every address, IPv6 and IPv4
  std::uint16_t port = 0;       // 0 = any free port, without `socket_path`
  std::uint16_t last_port = 0;  // the first free one from `port` to this; 0 = `port` alone
  ListenTerms terms;
  std::string socket_path;  // of a unix socket; "" = none
  Language language = Language::http;
  bool passes_tls = false;  // of tcp: the name of the handshake is read, and the handshake goes on with the backend
  std::optional<RawSocketSpec> raw_socket;  // of http: clients may speak it, too; of raw_socket: there is one
  bool is_tls = false;
  TlsSettings tls;                // with is_tls; its port is not used
  bool has_proxy_header = false;  // connections begin with a PROXY header
  TrustedNetworks proxies;        // with has_proxy_header: only they may connect; empty = everyone may
  HttpLimits limits;
  WebSocketSettings web_sockets;
  HostTable<const Site*> sites;
  bool is_management = false;       // only its site is here, and this site is nowhere else
  bool is_optional = false;         // the router serves without it when it cannot be bound
  const Site* only_site = nullptr;  // serves every host: `sites` need not be asked; null = there are several

  [[nodiscard]] bool is_same_address(const ListenerSpec& other) const {
    return address == other.address && port == other.port && last_port == other.last_port &&
           socket_path == other.socket_path;
  }
  // Whether both are served by one socket, so that a change from one to the other needs no bind.
  [[nodiscard]] bool is_same_socket(const ListenerSpec& other) const {
    return is_same_address(other) && is_tls == other.is_tls && has_proxy_header == other.has_proxy_header &&
           language == other.language && passes_tls == other.passes_tls;
  }
};

// Clients speak TCP there. A tunnel may be silent, and may be read slowly, for as long as its service allows.
void make_tcp(ListenerSpec& listener);

}  // namespace zeroway
