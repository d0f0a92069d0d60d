#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/cipher_names.h"
#include "router/settings/description.h"
#include "router/settings/nearest_word.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

Fit read_client_ca(SslSettings& ssl, const Value& value) {
  std::vector<std::string> files;
  if (value.node.kind == Node::Kind::text) {
    const auto one = take_text(value);
    if (!one.value) return one.fit;
    files.push_back(*one.value);
  } else if (const Fit fit = read_texts(value, is_some, "a path", files); fit != Fit::yes) {
    return fit;
  }
  if (files.empty() || files.front().empty()) return Fit::no;
  for (const std::string& file : files) ssl.policy.client_ca.push_back(value.reading.resolve(file));
  return Fit::yes;
}

bool read_cipher(SslSettings& ssl, const std::string& name, const Value& value, FilePlace place) {
  std::string cipher = cipher_of(name);
  if (!cipher.empty()) return ssl.policy.ciphers.push_back(std::move(cipher)), true;
  const std::string nearest = nearest_word(name, all_ciphers());
  std::string all;
  for (const std::string& one : all_ciphers()) all += (all.empty() ? "" : ", ") + one;
  value.reading.error(place, value.where + ": there is no cipher \"" + name + "\"" +
                                 (nearest.empty() ? ": wants some of " + all : "; is \"" + nearest + "\" meant?"));
  return false;
}

Fit read_ciphers(SslSettings& ssl, const Value& value) {
  std::vector<std::string> names;
  const Fit fit = read_texts(value, is_some, "a cipher, as TLS_AES_128_GCM_SHA256", names);
  if (fit != Fit::yes) return fit;
  bool is_good = true;
  for (std::size_t at = 0; at < names.size(); ++at) {
    is_good = read_cipher(ssl, names[at], value, value.node.children[at].place) && is_good;
  }
  return is_good ? Fit::yes : Fit::said;
}

bool read_client_field(SslSettings& ssl, const Value& value, const Node& field) {
  static const std::vector<std::pair<std::string, CertificateWord>> kWords{
      {"subject", CertificateWord::subject},
      {"issuer", CertificateWord::issuer},
      {"serial", CertificateWord::serial},
      {"fingerprint", CertificateWord::fingerprint},
      {"certificate", CertificateWord::certificate}};
  const std::string where = value.reading.join(value.where, field.key);
  const auto name = take_field_name(field.key);
  if (!name) return value.reading.error(field.key_place, where + " is no name of a field"), false;
  const auto text = take_text({field, where, value.reading});
  const auto word = std::find_if(kWords.begin(), kWords.end(),
                                 [&](const auto& one) { return text.value && one.first == *text.value; });
  if (word != kWords.end()) return ssl.client_fields.push_back({*name, word->second}), true;
  if (text.fit != Fit::said) {
    value.reading.error(
        field.place, where + " = " + field.show() + ": wants one of subject, issuer, serial, fingerprint, certificate");
  }
  return false;
}

Fit read_client_fields(SslSettings& ssl, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  bool is_good = true;
  for (const Node& field : value.node.children) is_good = read_client_field(ssl, value, field) && is_good;
  return is_good ? Fit::yes : Fit::said;
}

void describe_hsts(Keys<HstsSettings>& keys) {
  using S = HstsSettings;
  keys.located()
      .time("max_age", &S::max_age, Millis(0), Zero::is_off,
            "How long a browser comes back by HTTPS only; 0 = it forgets what it was told")
      .flag("include_subdomains", &S::include_subdomains, "Also to all hosts below the site's")
      .flag("preload", &S::preload, "The hosts may be on the browsers' own lists (hstspreload.org)");
}

}  // namespace

void describe_ssl(Keys<SslSettings>& keys) {
  using S = SslSettings;
  keys.located()
      .flag("enabled", &S::enabled, "Whether the site speaks HTTPS")
      .other("auto_cert", "true, false or \"internal\"", "true, false or \"internal\"", "false", "",
             "Get the site's certificates: true = from an ACME authority, \"internal\" = from the router's own",
             read_auto_cert)
      .list("domains", &S::domains, is_site_host, kHostForms, "[\"example.com\", \"www.example.com\"]",
            "Names that auto_cert gets certificates for, one for each; by default the site's hosts")
      .path("cert_file", &S::cert_file, "site.crt", "PEM: the certificate and those that signed it")
      .other("chain_files", "[PATH, …]", "a list of paths", "", "[\"intermediate.crt\"]",
             "PEM: certificates of those that signed, where cert_file has only the certificate",
             [](S& ssl, const Value& value) { return read_paths(value, ssl.chain_files); })
      .path("key_file", &S::key_file, "site.key", "PEM: the certificate's key")
      .other("client_ca", "[PATH, …]", "a path, or a list of paths", "", "[\"clients.crt\"]",
             "Clients show a certificate that an authority in these files has signed", read_client_ca)
      .choice(
          "client_auth", [](S& ssl) -> bool& { return ssl.policy.client_optional; },
          std::vector<std::pair<std::string, bool>>{{"require", false}, {"optional", true}},
          "Whether clients may come without a certificate: optional; routes may then ask for one")
      .choice("min_version", [](S& ssl) -> TlsVersion& { return ssl.policy.min_version; },
              std::vector<std::pair<std::string, TlsVersion>>{{"1.2", TlsVersion::v1_2}, {"1.3", TlsVersion::v1_3}},
              "Oldest version of TLS that clients may use",
              {{"TLSv1.2", TlsVersion::v1_2},
               {"tls1.2", TlsVersion::v1_2},
               {"TLSv1.3", TlsVersion::v1_3},
               {"tls1.3", TlsVersion::v1_3}})
      .other("ciphers", "[CIPHER, …]", "a list of ciphers, as TLS_AES_128_GCM_SHA256", "",
             "[\"TLS_AES_256_GCM_SHA384\", \"ECDHE-ECDSA-AES256-GCM-SHA384\"]",
             "Ciphers, best first; for a version of TLS that has none here the router's own", read_ciphers)
      .other(
          "client_fields", "{ FIELD = WORD, … }", "a table of field names and words", "",
          "{ \"X-Client-Fingerprint\" = \"fingerprint\", \"Client-Cert\" = \"certificate\" }",
          "What backends learn of a client's certificate: subject, issuer, serial, fingerprint (SHA-256) or the whole "
          "certificate (RFC 9440); clients' own fields of these names are removed",
          read_client_fields)
      .flag("stapling", &S::stapling, "Whether clients get what the certificate's responder says of it (OCSP)")
      .optional_table("hsts", &S::hsts, "Strict-Transport-Security on all replies of the site (RFC 6797)",
                      describe_hsts)
      .table("acme", &S::acme, "How certificates are fetched", describe_acme);
}

}  // namespace zeroway
