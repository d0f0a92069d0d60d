// What the operator's wishes mean: where clients come in, which route a request takes, and which backends there are.
//
// Owner: shared by all loops, and by the exchanges that began under it.   Thread: any; never changed once it is made.
// A router without a file has a plan too: one listener, one site, whose paths all go to the fabric.
// Not here: reading files (router/settings), sockets (router/edge), backends as objects
// (router/exchange/plan_in_use.h).
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/coding/coding_terms.h"
#include "router/plan/access_rules.h"
#include "router/plan/admin_spec.h"
#include "router/plan/certificate_spec.h"
#include "router/plan/files_spec.h"
#include "router/plan/mixed_spec.h"
#include "router/plan/permit_rule.h"
#include "router/plan/pool_spec.h"
#include "router/plan/route.h"
#include "router/plan/site.h"
#include "router/route/host_table.h"
#include "router/route/trusted_networks.h"
#include "router/settings/settings.h"

namespace zeroway {

// What clients speak at a listener.
enum class Language : std::uint8_t { http, tcp };

// Where clients come in, and what holds for all their connections.
struct ListenerSpec {
  std::string address;      // numeric or a host's name; "" = every address, IPv6 and IPv4
  std::uint16_t port = 0;   // 0 = any free port, without `socket_path`
  std::string socket_path;  // of a unix socket; "" = none
  Language language = Language::http;
  bool passes_tls = false;  // of tcp: the name of the handshake is read, and the handshake goes on with the backend
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
    return address == other.address && port == other.port && socket_path == other.socket_path;
  }
  // Whether both are served by one socket, so that a change from one to the other needs no bind.
  [[nodiscard]] bool is_same_socket(const ListenerSpec& other) const {
    return is_same_address(other) && is_tls == other.is_tls && has_proxy_header == other.has_proxy_header &&
           language == other.language && passes_tls == other.passes_tls;
  }
};

// A backend whose replies are coded. The plan has `inner` as a backend of its own, too, in front of this one.
struct CodedSpec {
  std::variant<GroupSpec, PoolSpec, FilesSpec> inner;
  CodingTerms terms;

  bool operator==(const CodedSpec&) const = default;
};

// A backend that joins WebSockets to tunnels: binary messages are bytes. The plan has `inner` as a backend of its own,
// too, in front of this one.
struct TunnelSpec {
  std::variant<GroupSpec, PoolSpec, MixedSpec> inner;

  bool operator==(const TunnelSpec&) const = default;
};

// Which backend is to be built. Two equal specifications are one backend, also across plans.
using BackendSpec = std::variant<GroupSpec, PoolSpec, FilesSpec, MixedSpec, CodedSpec, AdminSpec, TunnelSpec>;

// The servers of a backend; null when it has none.
[[nodiscard]] const PoolSpec* servers_of(const BackendSpec& spec);

// How long a path the workers claim that serves a request: see Backend::claimed.
class ClaimLookup {
 public:
  virtual ~ClaimLookup() = default;
  [[nodiscard]] virtual std::optional<std::size_t> claimed(std::size_t backend, std::string_view host,
                                                           std::string_view path) const = 0;
};

// Whether the request is safe from others on its way to the first proxy that we trust.
enum class Security : std::uint8_t { none, tls };

struct Match {
  enum class Miss : std::uint8_t { none, wrong_host, wrong_method, no_route };

  const Site* site = nullptr;    // null: no site has the host
  const Route* route = nullptr;  // null: nobody serves the request
  Miss miss = Miss::none;
  std::string allowed{};  // with wrong_method: the value of Allow
};

struct Plan {
  Plan() = default;
  Plan(const Plan&) = delete;  // sites and routes point to each other
  Plan& operator=(const Plan&) = delete;

  std::vector<ListenerSpec> listeners;  // at least one
  std::deque<Site> sites;
  std::deque<Route> routes;
  std::deque<AccessRules> access;   // those that are not empty
  std::deque<PermitRule> permits;   // of sites with circuits
  std::vector<SecretSpec> secrets;  // the files that logins of these rules need, each once
  std::vector<BackendSpec> backends;
  std::vector<CertificateSpec> certificates;   // that the router gets itself
  std::vector<std::string> log_files;          // of access logs, each path once
  std::optional<AccessLog> log;                // of requests that no site has
  std::string sticky_key;                      // for cookies of sticky sessions; "" = the router's own
  std::vector<std::string> secret_parameters;  // of all sites: for requests whose site is not known

  // The access log at `path`; none for "".
  [[nodiscard]] std::optional<AccessLog> log_at(const std::string& path, const LogFormat& format);

  // `site`: site_of() the request's listener and host; null when no site has the host. `path` is the whole path with
  // its query, in the form in which it is forwarded.
  [[nodiscard]] static Match match(const Site* site, std::string_view host, std::string_view path,
                                   std::string_view method, const ClaimLookup& claims,
                                   Security security = Security::none);
  [[nodiscard]] static const Site* site_of(const ListenerSpec& listener, std::string_view host) {
    if (listener.only_site != nullptr) return listener.only_site;
    const Site* const* site = listener.sites.find(host);
    return site == nullptr ? nullptr : *site;
  }
};

}  // namespace zeroway
