#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/site_checks.h"

namespace zeroway {

namespace {

constexpr Millis kLeastPreload{365L * 24 * 3600'000};  // hstspreload.org takes no less

void check_certificate(const SslSettings& ssl, Reading& reading) {
  const bool has_certificate = !ssl.cert_file.empty();
  const bool has_key = !ssl.key_file.empty();
  if (has_certificate != has_key) {
    const char* there = has_certificate ? "cert_file" : "key_file";
    reading.error(ssl.located.place_of(there),
                  ssl.located.name_of(there) + ": wants " +
                      std::string(ssl.located.called(has_certificate ? "key_file" : "cert_file")) + ", too");
  } else if (!has_certificate && ssl.auto_cert == AutoCert::off) {
    reading.error(ssl.located.place_of("enabled"),
                  ssl.located.name_of("enabled") + ": wants cert_file and key_file, or auto_cert = true");
  }
}

void check_hsts(const HstsSettings& hsts, Reading& reading) {
  if (!hsts.preload || (hsts.include_subdomains && hsts.max_age >= kLeastPreload)) return;
  reading.error(hsts.located.place_of("preload"),
                hsts.located.name_of("preload") +
                    ": wants include_subdomains = true and a max_age of at least 365d: browsers take no other host "
                    "into their lists");
}

void check_ciphers(const SslSettings& ssl, Reading& reading) {
  const auto& ciphers = ssl.policy.ciphers;
  const bool has_v1_3 =
      std::any_of(ciphers.begin(), ciphers.end(), [](const std::string& one) { return one.starts_with("TLS_"); });
  if (ciphers.empty() || has_v1_3 || ssl.policy.min_version != TlsVersion::v1_3) return;
  reading.error(ssl.located.place_of("ciphers"),
                ssl.located.name_of("ciphers") + ": min_version is 1.3, and none of the ciphers is for TLS 1.3");
}

void check_client_routes(const SiteSettings& site, Reading& reading) {
  if (site.ssl.enabled && !site.ssl.policy.client_ca.empty()) return;
  const std::string wanted = ": wants " + std::string(site.ssl.located.called("client_ca")) + " in the site's " +
                             std::string(site.located.called("ssl")) + ", too: no client is asked for a certificate";
  for (const RouteSettings& route : site.proxy.routes) {
    if (route.wamp.auth && !route.wamp.auth->tls.empty()) {
      const Located& first = route.wamp.auth->tls.front().located;
      reading.error(first.place, first.where + wanted);
    }
    if (!route.client_certificate) continue;
    reading.error(route.located.place_of("client_certificate"), route.located.name_of("client_certificate") + wanted);
  }
}

// The names for which some site of the file speaks HTTPS.
std::set<std::string> secure_hosts(const FileSettings& file) {
  std::set<std::string> secure;
  for (const SiteSettings& site : file.sites) {
    if (!site.ssl.enabled) continue;
    for (const auto& [host, place] : placed_hosts_of(site)) secure.insert(host);
  }
  return secure;
}

// By its name, or by a wildcard above it.
bool is_secure(const std::set<std::string>& secure, const std::string& host) {
  if (secure.contains(host)) return true;
  for (std::size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1)) {
    if (secure.contains("*" + host.substr(dot))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::pair<std::string, FilePlace>> placed_hosts_of(const SiteSettings& site) {
  std::vector<std::pair<std::string, FilePlace>> hosts{{site.hostname, site.located.place_of("hostname")}};
  for (const std::string& host : site.hostnames) hosts.emplace_back(host, site.located.place_of("hostnames"));
  return hosts;
}

void check_ssl(const SiteSettings& site, Reading& reading) {
  const SslSettings& ssl = site.ssl;
  check_client_routes(site, reading);
  if (!ssl.enabled) {
    if (!ssl.cert_file.empty() || ssl.auto_cert != AutoCert::off || ssl.hsts || !ssl.policy.client_ca.empty()) {
      reading.warn(ssl.located.place, ssl.located.where + ": enabled is not true: the site speaks HTTP without TLS");
    }
    return;
  }
  check_certificate(ssl, reading);
  if (ssl.located.has("client_auth") && ssl.policy.client_ca.empty()) {
    reading.error(ssl.located.place_of("client_auth"), ssl.located.name_of("client_auth") + ": wants client_ca, too");
  }
  if (!ssl.client_fields.empty() && ssl.policy.client_ca.empty()) {
    reading.error(ssl.located.place_of("client_fields"),
                  ssl.located.name_of("client_fields") + ": wants client_ca, too");
  }
  check_ciphers(ssl, reading);
  if (ssl.hsts) check_hsts(*ssl.hsts, reading);
}

// Behind a proxy that speaks TLS for the site, no site of the file need do so.
void check_redirects(const FileSettings& file, Reading& reading) {
  const std::set<std::string> secure = secure_hosts(file);
  for (const SiteSettings& site : file.sites) {
    const bool knows_port = site.https_port > 0 || !site.trusted_proxies.empty();
    if (!site.redirect_to_https || site.ssl.enabled || knows_port) continue;
    for (const auto& [host, place] : placed_hosts_of(site)) {
      if (host.empty() || is_secure(secure, host)) continue;
      reading.error(site.located.place_of("redirect_to_https"),
                    site.located.name_of("redirect_to_https") + ": no site of this file speaks HTTPS for \"" + host +
                        "\"; say https_port if another program does");
    }
  }
}

}  // namespace zeroway
