// What a site or a route demands of a request before anybody answers it.
//
// Owner: the plan (router/plan/plan.h), which never changes. A route has its site's rules where it has none of its own.
// Thread: any.
// Not here: judging a request by them (router/access/access_gate.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "router/plan/cors_rule.h"
#include "router/plan/login_rules.h"
#include "router/plan/rate_rule.h"
#include "router/route/network_set.h"

namespace zeroway {

// A client in `deny` is refused, whatever `allow` says. With networks in `allow`, so is a client in none of them.
struct NetworkRule {
  NetworkSet allow, deny;

  [[nodiscard]] bool is_empty() const { return allow.is_empty() && deny.is_empty(); }
  bool operator==(const NetworkRule&) const = default;
};

// How many requests may be open at once; 0 = any number.
struct OpenRule {
  std::uint64_t id = 0;  // as RateRule::id
  std::uint32_t most = 0;
  std::uint32_t most_per_address = 0;  // of an IPv4 address, or an IPv6 /64

  [[nodiscard]] bool is_empty() const { return most == 0 && most_per_address == 0; }
  bool operator==(const OpenRule&) const = default;
};

struct AccessRules {
  NetworkRule networks;
  std::optional<CorsRule> cors;
  std::optional<RateRule> rate;
  OpenRule open;
  LoginRule login;
  std::vector<std::string> own_fields;  // only logins of the site may set them: what a client sends there goes

  // Whether every request passes: then the plan has no rules for it.
  [[nodiscard]] bool is_empty() const { return !is_guarding() && !cors && own_fields.empty(); }
  // Whether requests are counted: then all loops need a table for it.
  [[nodiscard]] bool is_counting() const { return rate || !open.is_empty(); }
  // Whether it matters which path a request is for: then paths that servers read in different ways are refused.
  [[nodiscard]] bool is_guarding() const { return !networks.is_empty() || is_counting() || has_login(); }
  [[nodiscard]] bool has_login() const { return !std::holds_alternative<std::monostate>(login); }
  // Whether clients are counted by what their tokens say: then the login comes before the limit.
  [[nodiscard]] bool is_counting_claims() const {
    return rate && rate->key == RateRule::Key::claim && std::holds_alternative<JwtRule>(login);
  }

  bool operator==(const AccessRules&) const = default;
};

}  // namespace zeroway
