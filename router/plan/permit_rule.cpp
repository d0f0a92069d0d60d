#include "router/plan/permit_rule.h"

#include "router/plan/sticky_rule.h"
#include "router/route/ip_address.h"

namespace zeroway {

PermitRule permit_rule_of(const PermitSettings& said) {
  PermitRule rule;
  rule.is_open = said.open_to_public;
  for (const std::string& network : said.allowed_client_ips)
    static_cast<void>(rule.allowed.add(network));  // the file's checks refused what is none
  if (!said.jwt_secret_file.empty())
    rule.tokens = SecretSpec{SecretSpec::Kind::hmac_secret, said.jwt_secret_file, {"HS256"}};
  if (!said.permit_key_file.empty()) rule.key = SecretSpec{SecretSpec::Kind::cookie_key, said.permit_key_file, {}};
  rule.lifetime = std::chrono::duration_cast<std::chrono::seconds>(said.permit_lifetime);
  rule.attributes = std::string("; HttpOnly; SameSite=").append(name_of(said.same_site));
  rule.forwards_token = said.forward_token;
  return rule;
}

CircuitRights rights_of(const CircuitSpec& spec) {
  CircuitRights rights{.id = spec.id, .user = spec.user, .open_to_public = spec.open_to_public, .allowed = {}};
  if (spec.allowed_client_ips.empty()) return rights;
  rights.allowed.emplace();
  for (const std::string& network : spec.allowed_client_ips)
    static_cast<void>(rights.allowed->add(network));  // who took the record refused what is none
  return rights;
}

std::optional<Error> judge_address(const CircuitGuard& guard, std::string_view address) {
  const NetworkSet& allowed = guard.allowed();
  if (allowed.is_empty()) return std::nullopt;
  const auto read = read_ip_address(address);
  if (read && allowed.contains(*read)) return std::nullopt;
  return Error{Fault::client, Code::denied, false,
               std::string(address) + " is not in allowed_client_ips of " + guard.path};
}

}  // namespace zeroway
