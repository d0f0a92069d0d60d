#include <algorithm>
#include <string>

#include "router/settings/site_checks.h"

namespace zeroway {

namespace {

void check_origins(const AccessControlSettings& access, Reading& reading) {
  const auto& origins = access.allow_origins;
  if (access.allow_credentials && std::find(origins.begin(), origins.end(), "*") != origins.end()) {
    reading.error(access.located.place_of("allow_credentials"),
                  access.located.name_of("allow_credentials") +
                      ": together with the origin * every page of the world could act as its reader; name the origins");
  }
  const bool says_more = access.allow_credentials || !access.allow_methods.empty() || !access.allow_headers.empty() ||
                         !access.expose_headers.empty();
  if (origins.empty() && says_more)
    reading.warn(access.located.place, access.located.where + " changes nothing: wants allow_origins");
}

void check_rate(const RateSettings& rate, Reading& reading) {
  if (!rate.enabled) return;
  const bool has_both = rate.requests_per_second > 0 && rate.requests_per_minute > 0;
  if (has_both) {
    reading.error(rate.located.place_of("requests_per_minute"),
                  rate.located.name_of("requests_per_minute") + ": requests_per_second is there, too; one of them");
  } else if (rate.requests_per_second + rate.requests_per_minute == 0) {
    reading.warn(rate.located.place,
                 rate.located.where + " changes nothing: wants requests_per_second or requests_per_minute");
  }
}

bool is_by_claim(const std::optional<RateSettings>& rate) {
  return rate && rate->enabled && rate->key.starts_with("claim:");
}

bool has_tokens(const SiteSettings& site, const RouteSettings& route) {
  if (route.login.is_there()) return route.login.jwt.has_value();
  return route.login.use != LoginSettings::Use::off && site.login.jwt;
}

// A limit by a claim that no login finds out would count by address without a word.
void check_claim(const RateSettings& rate, bool has_token, Reading& reading) {
  if (has_token) return;
  reading.error(rate.located.place_of("key"),
                rate.located.name_of("key") + " = \"" + rate.key + "\": no table jwt says how clients log in here");
}

void check_claims(const SiteSettings& site, Reading& reading) {
  bool has_token = site.login.jwt.has_value();
  for (const RouteSettings& route : site.proxy.routes) {
    const bool has_own = route.located.has("rate_limit");
    if (!has_own) has_token = has_token || has_tokens(site, route);
    if (has_own && is_by_claim(route.access.rate)) check_claim(*route.access.rate, has_tokens(site, route), reading);
  }
  if (is_by_claim(site.access.rate)) check_claim(*site.access.rate, has_token, reading);
}

}  // namespace

void check_access(const SiteSettings& site, Reading& reading) {
  check_origins(site.access_control, reading);
  if (site.access.rate) check_rate(*site.access.rate, reading);
  for (const RouteSettings& route : site.proxy.routes)
    if (route.access.rate && route.located.has("rate_limit")) check_rate(*route.access.rate, reading);
  check_claims(site, reading);
}

}  // namespace zeroway
