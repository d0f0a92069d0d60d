#include "router/settings/description_wamp_auth.h"

#include "router/settings/limits.h"
#include "router/settings/wamp_auth_checks.h"
#include "router/settings/wamp_auth_keys.h"

namespace zeroway {

namespace {

constexpr ProofNotation kNotation{[](const Value& value) { return take_text(value); }, "stored_key", "server_key"};

bool is_fingerprint(const std::string& text) { return !bare_fingerprint(text).empty(); }

template <class S>
void describe_principal(Keys<S>& keys) {
  keys.located()
      .text(
          "authid", [](S & s) -> auto& { return s.who.authid; }, is_principal_name, kNameForms, "joe",
          "Who the client says it is")
      .required();
  describe_role(keys);
}

void describe_ticket(Keys<TicketSettings>& keys) {
  describe_principal(keys);
  describe_ticket_proof(keys, kNotation);
}

void describe_wampcra(Keys<WampCraSettings>& keys) {
  describe_principal(keys);
  describe_wampcra_proof(keys, kNotation);
}

void describe_scram(Keys<ScramSettings>& keys) {
  describe_principal(keys);
  describe_scram_proof(keys, kNotation);
}

void describe_cryptosign(Keys<CryptosignSettings>& keys) {
  describe_principal(keys);
  describe_cryptosign_proof(keys);
}

void describe_certificate(Keys<WampTlsSettings>& keys) {
  using S = WampTlsSettings;
  describe_principal(keys);
  keys.text("fingerprint", &S::fingerprint, is_fingerprint,
            "64 hex digits (SHA-256) or 40 (SHA-1), perhaps with colons",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "Of the client's certificate")
      .text("common_name", &S::common_name, is_principal_name, kNameForms, "joe.example",
            "CN of the client's certificate, whoever of the site's client authorities has signed it");
}

void describe_cookie(Keys<WampCookieSettings>& keys) {
  using S = WampCookieSettings;
  keys.located()
      .text("name", &S::name, is_cookie_name, "letters, digits, '-' and '_'", "", "Of the cookie")
      .number("length", &S::length, 16, 64, "Characters of its value, which are random")
      .time("max_age", &S::max_age, Millis(1'000), Zero::refused, "Until who has joined has to show again who it is")
      .path("file", &S::file, "cookies.txt",
            "Where logins are kept while the router does not run; by default they are forgotten then");
}

}  // namespace

void describe_wamp_auth(Keys<WampAuthSettings>& keys) {
  using S = WampAuthSettings;
  const auto begin = [](const S&) { return TicketSettings{}; };
  keys.located()
      .time("challenge_timeout", &S::challenge_timeout, Millis(100), Zero::refused,
            "Longest time for the answer to a challenge")
      .optional_table("anonymous", &S::anonymous, "Everybody may join", describe_anonymous)
      .tables("ticket", &S::ticket, begin, "Who joins with a ticket, which the connection shows to all who can read it",
              describe_ticket)
      .tables(
          "wampcra", &S::wampcra, [](const S&) { return WampCraSettings{}; },
          "Who joins by a signature with a shared secret (WAMP-CRA)", describe_wampcra)
      .tables(
          "scram", &S::scram, [](const S&) { return ScramSettings{}; },
          "Who joins by a password that the router does not know (SCRAM-SHA-256)", describe_scram)
      .tables(
          "cryptosign", &S::cryptosign, [](const S&) { return CryptosignSettings{}; },
          "Who joins by a signature with its own key (Ed25519)", describe_cryptosign)
      .tables(
          "tls", &S::tls, [](const S&) { return WampTlsSettings{}; },
          "Who joins by the certificate of its TLS connection", describe_certificate)
      .optional_table("cookie", &S::cookie, "Browsers that have joined by one of these are known again by a cookie",
                      describe_cookie);
}

}  // namespace zeroway
