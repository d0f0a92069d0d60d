#include "router/plan/login_maker.h"

#include <algorithm>
#include <utility>

#include "router/plan/permit_rule.h"
#include "router/plan/server_of.h"

namespace zeroway {

namespace {

BasicRule make_basic(const BasicAuthSettings& said) {
  BasicRule rule;
  rule.passwords = {SecretSpec::Kind::passwords, said.file, {}};
  rule.realm = said.realm;
  rule.user_field = said.user_field;
  rule.strips_authorization = said.strip_authorization;
  return rule;
}

SecretSpec keys_of(const JwtSettings& said) {
  if (!said.key_file.empty()) return {SecretSpec::Kind::pem, said.key_file, said.algorithms};
  if (!said.secret_file.empty()) return {SecretSpec::Kind::hmac_secret, said.secret_file, said.algorithms};
  return {SecretSpec::Kind::key_set, said.jwks_file, said.algorithms};
}

JwtRule make_jwt(const JwtSettings& said) {
  JwtRule rule;
  rule.keys = keys_of(said);
  rule.realm = said.realm;
  rule.issuers = said.issuers;
  rule.audiences = said.audiences;
  rule.leeway = std::chrono::duration_cast<std::chrono::seconds>(said.leeway);
  rule.wants_expiry = said.require_exp;
  rule.is_optional = said.optional;
  rule.cookie = said.cookie;
  rule.query = said.query;
  rule.strips_token = said.strip_token;
  for (const WantedClaim& wanted : said.required) rule.wanted.push_back({wanted.claim, wanted.values});
  for (const auto& [claim, field] : said.claims) rule.told.push_back({claim, field});
  return rule;
}

// One server. It is asked with its own host, and a request never waits for room there.
PoolSpec pool_of(const ForwardAuthSettings& said) {
  MemberSettings member;
  member.target = said.target;
  member.ca_file = said.ca_file;
  PoolSpec spec;
  spec.servers.push_back(server_of(member));
  spec.name = "login service " + spec.servers.front().name;
  spec.times = {said.timeout, said.timeout, said.timeout};
  spec.queue_timeout = said.timeout;
  spec.preserve_host = false;
  spec.health.fail_open = true;  // the only server: to leave it out would refuse every request for a while
  return spec;
}

ForwardRule make_forward(const ForwardAuthSettings& said, const IndexOfBackend& backend_of) {
  ForwardRule rule;
  rule.backend = backend_of(BackendSpec(pool_of(said)));
  rule.path = said.path;
  rule.timeout = said.timeout;
  rule.copy_request = said.copy_headers;
  rule.copy_reply = said.copy_reply_headers;
  return rule;
}

void add_fields(const LoginSettings& login, std::vector<std::string>& fields) {
  if (login.basic && !login.basic->user_field.empty()) fields.push_back(login.basic->user_field);
  if (login.jwt)
    for (const auto& told : login.jwt->claims) fields.push_back(told.second);
  if (login.forward)
    fields.insert(fields.end(), login.forward->copy_headers.begin(), login.forward->copy_headers.end());
}

// In order, each once.
std::vector<std::string> as_set(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

LoginRule make_login(const LoginSettings& said, const IndexOfBackend& backend_of) {
  if (said.basic) return make_basic(*said.basic);
  if (said.jwt) return make_jwt(*said.jwt);
  if (said.forward) return make_forward(*said.forward, backend_of);
  return {};
}

LoginSettings login_of(const SiteSettings& site, const RouteSettings& route) {
  if (route.login.is_there()) return route.login;
  return route.login.use == LoginSettings::Use::off ? LoginSettings() : site.login;
}

std::vector<std::string> login_fields(const SiteSettings& site) {
  std::vector<std::string> fields;
  add_fields(site.login, fields);
  for (const RouteSettings& route : site.proxy.routes) add_fields(route.login, fields);
  return as_set(std::move(fields));
}

std::vector<std::string> secret_parameters_of(const SiteSettings& site) {
  std::vector<std::string> names;
  const auto add = [&](const LoginSettings& login) {
    if (login.jwt && !login.jwt->query.empty()) names.push_back(login.jwt->query);
  };
  add(site.login);
  for (const RouteSettings& route : site.proxy.routes) add(route.login);
  if (site.sessions.enabled && !site.sessions.permits.jwt_secret_file.empty()) names.emplace_back(kSetupToken);
  return as_set(std::move(names));
}

void add_secret_file(const SecretSpec& wanted, std::vector<SecretSpec>& secrets) {
  if (std::find(secrets.begin(), secrets.end(), wanted) == secrets.end()) secrets.push_back(wanted);
}

void add_secret(const LoginRule& rule, std::vector<SecretSpec>& secrets) {
  if (const auto* basic = std::get_if<BasicRule>(&rule)) add_secret_file(basic->passwords, secrets);
  if (const auto* jwt = std::get_if<JwtRule>(&rule)) add_secret_file(jwt->keys, secrets);
}

}  // namespace zeroway
