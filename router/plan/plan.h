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
#include "router/plan/archive_spec.h"
#include "router/plan/certificate_spec.h"
#include "router/plan/circuit_ports.h"
#include "router/plan/files_spec.h"
#include "router/plan/listener_spec.h"
#include "router/plan/mixed_spec.h"
#include "router/plan/page_spec.h"
#include "router/plan/permit_rule.h"
#include "router/plan/pool_spec.h"
#include "router/plan/route.h"
#include "router/plan/site.h"
#include "router/plan/wamp_spec.h"
#include "router/settings/settings.h"

namespace zeroway {

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
using BackendSpec =
    std::variant<GroupSpec, PoolSpec, FilesSpec, MixedSpec, CodedSpec, AdminSpec, TunnelSpec, WampSpec, PageSpec>;

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
  std::optional<CircuitPorts> circuit_ports;
  std::deque<Site> sites;
  std::deque<Route> routes;
  std::deque<AccessRules> access;   // those that are not empty
  std::deque<PermitRule> permits;   // of sites with circuits
  std::vector<SecretSpec> secrets;  // the files that logins of these rules need, each once
  std::vector<BackendSpec> backends;
  std::vector<CertificateSpec> certificates;   // that the router gets itself
  std::vector<ArchiveSpec> archives;           // to be unpacked before the first request
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
