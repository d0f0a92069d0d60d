// Who may use the services of sessions on a site, as far as the operator says it; and who may use one of them.
//
// Owner: PermitRule: the plan, which never changes. CircuitGuard: the circuit (router/exchange/circuit.h).
// Thread: any.
// Not here: judging a request (router/access/permits.h), the text of the cookie (router/access/permit.h).
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/plan/circuit_spec.h"
#include "router/plan/login_rules.h"
#include "router/route/network_set.h"
#include "router/settings/session_settings.h"

namespace zeroway {

// The cookie of a permit. No backend gets it.
inline constexpr std::string_view kPermitCookie = "appproxy_permit";
// Where a client gets it, and the parameter with the token that it is made of.
inline constexpr std::string_view kSetupPath = "/setup";
inline constexpr std::string_view kSetupToken = "token";

struct PermitRule {
  bool is_open = true;               // of services that do not say it
  NetworkSet allowed;                // of services without a list; empty = all clients
  std::optional<SecretSpec> tokens;  // none = no token is right
  std::optional<SecretSpec> key;     // of the cookies; none = the router's own
  std::chrono::seconds lifetime{0};  // the longest one of a permit
  std::string attributes;            // of the cookie, behind its Path: "; HttpOnly; SameSite=Lax"
  bool forwards_token = false;       // the backend gets the token by which a request passed
};

[[nodiscard]] PermitRule permit_rule_of(const PermitSettings& said);

// What the service itself says.
struct CircuitRights {
  std::string id;    // that tokens name; "" = the service of a worker, which they name by its path
  std::string user;  // whose permits hold; "" = permits name the service
  std::optional<bool> open_to_public;
  std::optional<NetworkSet> allowed;
};

// Who has said nothing of the clients' networks takes those of its site.
[[nodiscard]] CircuitRights rights_of(const CircuitSpec& spec);

// Who may use one circuit.
struct CircuitGuard {
  const PermitRule* rule = nullptr;  // of the plan
  std::string path;                  // "/SESSION/SERVICE"
  CircuitRights rights;

  // Whether clients need neither a token nor a permit.
  [[nodiscard]] bool is_open() const { return rights.open_to_public.value_or(rule->is_open); }
  [[nodiscard]] const NetworkSet& allowed() const { return rights.allowed ? *rights.allowed : rule->allowed; }
  // Whether nobody is asked anything.
  [[nodiscard]] bool is_idle() const { return is_open() && allowed().is_empty(); }
  // How tokens name the circuit.
  [[nodiscard]] const std::string& name() const { return rights.id.empty() ? path : rights.id; }
};

// `address`: numeric. The error is the client's. A client without an address, of a unix socket, is in no network.
[[nodiscard]] std::optional<Error> judge_address(const CircuitGuard& guard, std::string_view address);

}  // namespace zeroway
