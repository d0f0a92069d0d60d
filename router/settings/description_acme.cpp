#include <string>
#include <utility>
#include <vector>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

// lego keeps the account of an address in a folder of that name.
bool is_mail_address(const std::string& text) {
  const bool is_graphic = text.find_first_of("/\\ \t\r\n\"") == std::string::npos;
  const auto at = text.find('@');
  return is_graphic && at != std::string::npos && at > 0 && at + 1 < text.size() && text.front() != '-' &&
         text.size() <= 254;
}

bool is_base64url(const std::string& text) {
  return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
                              std::string::npos;
}

bool is_key_id(const std::string& text) { return is_some(text) && text.front() != '-'; }

// Each URL is the name of a folder, in which some letters become three.
bool is_directory_url(const std::string& text) { return is_http_url(text) && text.size() <= 80; }

const std::vector<std::pair<std::string, AcmeChallenge>> kChallenges{{"automatic", AcmeChallenge::automatic},
                                                                     {"http-01", AcmeChallenge::http_01},
                                                                     {"tls-alpn-01", AcmeChallenge::tls_alpn_01}};

}  // namespace

Fit read_auto_cert(SslSettings& ssl, const Value& value) {
  const auto text = take_text(value);
  if (text.value && *text.value == "internal") {
    ssl.auto_cert = AutoCert::internal;
    return Fit::yes;
  }
  const auto flag = take_flag(value);
  if (!flag.value) return flag.fit;
  ssl.auto_cert = *flag.value ? AutoCert::acme : AutoCert::off;
  return Fit::yes;
}

void describe_acme(Keys<AcmeSettings>& keys) {
  using S = AcmeSettings;
  keys.located()
      .flag("enabled", &S::enabled, "Whether certificates are ordered; without it those that are stored are served")
      .text("email", &S::email, is_mail_address, "an address, as admin@example.com", "admin@example.com",
            "Where the authority writes about certificates that end; names the account")
      .flag("staging", &S::staging, "Certificates of Let's Encrypt for tests, which no browser believes")
      .text("directory_url", &S::directory_url, is_directory_url, "an https:// or http:// URL of at most 80 letters",
            "https://acme.example.com/directory", "Another authority than Let's Encrypt")
      .path("ca_file", &S::ca_file, "acme-root.crt",
            "PEM: who signed the certificate of the authority's own server; by default the system's store")
      .text("eab_key_id", &S::eab_key_id, is_key_id, "a text", "kid-1",
            "Key id of an account that the authority has given out beforehand (external account binding)")
      .text("eab_hmac", &S::eab_hmac, is_base64url, "a key in base64url without padding", "${EAB_HMAC}",
            "Key of that account")
      .choice("challenge", &S::challenge, kChallenges,
              "How the authority sees that a name is ours: over HTTP at port 80, or by TLS at port 443. automatic = "
              "over HTTP where the file has a listener for it, and by the other one after a failure")
      .path("challenge_dir", &S::challenge_dir, "acme-challenges",
            "Folder where another ACME client puts its answers; the router serves them below "
            "/.well-known/acme-challenge/");
}

}  // namespace zeroway
