#include <algorithm>
#include <string>

#include "router/settings/addresses.h"
#include "router/settings/certificate_names.h"
#include "router/settings/site_checks.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

void check_name(const SiteSettings& site, const std::string& name, Reading& reading) {
  const SslSettings& ssl = site.ssl;
  const bool is_domain = !ssl.domains.empty();
  const Located& located = is_domain ? ssl.located : site.located;
  const char* key = is_domain ? "domains" : name == site.hostname ? "hostname" : "hostnames";
  const bool is_wildcard = name.starts_with("*.");
  const bool is_by_acme = ssl.auto_cert == AutoCert::acme;
  if (is_wildcard) {
    reading.error(located.place_of(key),
                  located.name_of(key) + ": auto_cert gets no certificate for \"" + name + "\"" +
                      (is_by_acme ? ": a wildcard needs the challenge DNS-01, which the router does not answer" : "") +
                      "; name each host in sites.ssl.domains, or give the site cert_file and key_file");
  } else if (is_by_acme && (is_ipv4(name) || name.find(':') != std::string::npos)) {
    reading.error(located.place_of(key), located.name_of(key) +
                                             ": auto_cert = true gets no certificate for the address " + name +
                                             "; auto_cert = \"internal\" does");
  }
}

void check_account(const SslSettings& ssl, Reading& reading) {
  const AcmeSettings& acme = ssl.acme;
  if (acme.email.empty()) {
    reading.error(ssl.located.place_of("auto_cert"),
                  ssl.located.name_of("auto_cert") + ": wants an address as email in " + ssl.located.name_of("acme"));
  }
  if (acme.eab_key_id.empty() != acme.eab_hmac.empty()) {
    const char* there = acme.eab_hmac.empty() ? "eab_key_id" : "eab_hmac";
    reading.error(acme.located.place_of(there), acme.located.name_of(there) + ": wants " +
                                                    (acme.eab_hmac.empty() ? "eab_hmac" : "eab_key_id") + ", too");
  }
  if (acme.staging && !acme.directory_url.empty()) {
    reading.error(acme.located.place_of("staging"),
                  acme.located.name_of("staging") + ": directory_url names an authority already");
  }
}

}  // namespace

void check_auto_cert(const SiteSettings& site, Reading& reading) {
  const SslSettings& ssl = site.ssl;
  if (ssl.auto_cert == AutoCert::off) return;
  if (!ssl.cert_file.empty()) {
    reading.error(ssl.located.place_of("auto_cert"),
                  ssl.located.name_of("auto_cert") + ": the site has cert_file already: only one of them");
    return;
  }
  if (ssl.auto_cert == AutoCert::acme) check_account(ssl, reading);
  const auto names = certificate_names(site);
  for (const std::string& name : names) check_name(site, name, reading);
  const bool has_host = std::find(names.begin(), names.end(), site.hostname) != names.end();
  if (!has_host && !site.hostname.starts_with("*.")) {
    reading.warn(ssl.located.place_of("domains"), ssl.located.name_of("domains") + ": the site's own host \"" +
                                                      site.hostname + "\" is not among them: it has no certificate");
  }
}

}  // namespace zeroway
