#include "router/plan/access_maker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "router/route/text_hash.h"

namespace zeroway {

namespace {

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

NetworkSet networks_of(const std::vector<std::string>& texts) {
  NetworkSet set;
  for (const std::string& text : texts) static_cast<void>(set.add(text));  // the file's checks refused what is none
  return set;
}

std::optional<CorsRule> cors_of(const AccessControlSettings& said) {
  if (said.allow_origins.empty()) return std::nullopt;
  CorsRule rule;
  rule.origins = said.allow_origins;
  rule.takes_all = std::find(rule.origins.begin(), rule.origins.end(), "*") != rule.origins.end();
  rule.credentials = said.allow_credentials;
  rule.methods = said.allow_methods.empty() ? "GET, HEAD, POST" : list_of(said.allow_methods);
  rule.headers = list_of(said.allow_headers);
  rule.exposed = list_of(said.expose_headers);
  if (said.max_age > Millis(0))
    rule.max_age = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(said.max_age).count());
  return rule;
}

std::optional<RateRule> rate_of(const std::optional<RateSettings>& said, std::uint64_t id) {
  if (!said || !said->enabled || said->requests_per_second + said->requests_per_minute == 0) return std::nullopt;
  const bool is_of_second = said->requests_per_second > 0;
  RateRule rule;
  rule.id = id;
  rule.requests = is_of_second ? said->requests_per_second : said->requests_per_minute;
  rule.per = is_of_second ? std::chrono::seconds(1) : std::chrono::seconds(60);
  rule.burst = said->burst > 0 ? said->burst : rule.requests;
  if (said->key.starts_with("header:")) {
    rule.key = RateRule::Key::field;
    rule.name = said->key.substr(7);
  } else if (said->key.starts_with("claim:")) {
    rule.key = RateRule::Key::claim;
    rule.name = said->key.substr(6);
  }
  rule.ipv4_bits = said->ipv4_prefix;
  rule.ipv6_bits = said->ipv6_prefix;
  rule.tells_all = said->headers;
  return rule;
}

// Of the site's counts; with a route, of that route's own ones.
std::uint64_t id_of(const SiteSettings& site, const RouteSettings* route = nullptr) {
  std::string text = site.name + "\n" + site.hostname;
  if (route != nullptr) text.append("\n").append(route->path).append("\n").append(list_of(route->methods));
  return text_hash(text);
}

AccessRules rules_of(const AccessSettings& said, std::uint64_t rate_id, std::uint64_t open_id) {
  AccessRules rules;
  rules.networks = {networks_of(said.allow), networks_of(said.deny)};
  rules.rate = rate_of(said.rate, rate_id);
  rules.open = {open_id, said.max_open_requests, said.max_open_requests_per_address};
  return rules;
}

}  // namespace

AccessRules AccessMaker::rules_of_site(const LoginSettings& login) const {
  const std::uint64_t id = id_of(said_);
  AccessRules rules = rules_of(said_.access, id, id);
  rules.cors = cors_of(said_.access_control);
  rules.login = make_login(login, backend_of_);
  rules.own_fields = login_fields(said_);
  return rules;
}

const AccessRules* AccessMaker::of_route(const RouteSettings& route) {
  const bool has_rate = route.located.has("rate_limit");
  const bool has_open = route.located.has("max_open_requests") || route.located.has("max_open_requests_per_address");
  const std::uint64_t own = id_of(said_, &route);
  AccessRules rules = rules_of(route.access, has_rate ? own : id_of(said_), has_open ? own : id_of(said_));
  rules.cors = cors_of(said_.access_control);
  rules.login = make_login(login_of(said_, route), backend_of_);
  rules.own_fields = login_fields(said_);
  if (of_site_ != nullptr && rules == *of_site_) return of_site_;
  return keep(std::move(rules));
}

const AccessRules* AccessMaker::keep(AccessRules rules) {
  if (rules.is_empty()) return nullptr;
  add_secret(rules.login, plan_.secrets);
  const auto same = std::find(plan_.access.begin(), plan_.access.end(), rules);
  return same == plan_.access.end() ? &plan_.access.emplace_back(std::move(rules)) : &*same;
}

}  // namespace zeroway
