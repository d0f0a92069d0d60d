#include "router/settings/description_wamp_auth.h"

#include <algorithm>
#include <utility>

#include "router/settings/limits.h"
#include "router/settings/wamp_auth_checks.h"

namespace zeroway {

namespace {

constexpr std::uint32_t kMostIterations = 10'000'000;  // the client's work: minutes already
constexpr std::uint32_t kMostMemory = 4'194'304;       // KiB, 4 GiB: the client's

constexpr const char* kHexKey = "64 hex digits";
constexpr const char* kSomeText = "a text of 1 to 1024 bytes";

bool is_named(const std::string& text) { return !text.empty() && text.size() <= 1'024; }
bool is_realm(const std::string& text) {
  return is_named(text) && text.find_first_of("# \t\n\v\f\r") == std::string::npos && !text.starts_with('.') &&
         !text.ends_with('.') && text.find("..") == std::string::npos;
}
bool is_ticket(const std::string& text) { return !text.empty() && text.size() <= 8'192; }
bool is_hex_key(const std::string& text) { return text.size() == 64 && is_hex(text); }
bool is_salt(const std::string& text) { return text.size() >= 8 && text.size() <= 128 && is_hex(text); }
bool is_fingerprint(const std::string& text) { return !bare_fingerprint(text).empty(); }
bool is_cookie_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// An error about a secret repeats what fits, and not what is there.
template <class S>
void add_secret(Keys<S>& keys, const char* name, std::string S::*at, Check check, const char* wants, const char* sample,
                const char* help) {
  keys.other(name, "TEXT", wants, "", show_text(sample), help,
             [at, check, wants = std::string(wants)](S& target, const Value& value) {
               auto text = take_text(value);
               if (text.fit == Fit::said) return Fit::said;
               if (!text.value || !check(*text.value)) {
                 value.reading.error(value.node.place, value.where + " does not fit: wants " + wants);
                 return Fit::said;
               }
               target.*at = std::move(*text.value);
               return Fit::yes;
             });
  keys.required();
}

template <class S>
void describe_principal(Keys<S>& keys) {
  keys.located()
      .text(
          "authid", [](S & s) -> auto& { return s.who.authid; }, is_named, kSomeText, "joe",
          "Who the client says it is")
      .required()
      .text(
          "role", [](S & s) -> auto& { return s.who.role; }, is_named, kSomeText, "frontend",
          "As what it joins; what a client wishes is ignored")
      .required()
      .text(
          "realm", [](S & s) -> auto& { return s.who.realm; }, is_realm, "the name of a realm", "realm1",
          "What it joins, whatever it names; by default the realm that it names");
}

void describe_anonymous(Keys<AnonymousSettings>& keys) {
  using S = AnonymousSettings;
  keys.located()
      .text("role", &S::role, is_named, kSomeText, "", "As what everybody may join")
      .text("realm", &S::realm, is_realm, "the name of a realm", "public",
            "What all join, whatever they name; by default the realm that they name")
      .text("authid", &S::authid, is_named, kSomeText, "visitor", "By default a random one for each session");
}

void describe_ticket(Keys<TicketSettings>& keys) {
  describe_principal(keys);
  add_secret(keys, "ticket", &TicketSettings::ticket, is_ticket, "a text of 1 to 8192 bytes", "${JOE_TICKET}",
             "What the client has to show");
}

void describe_wampcra(Keys<WampCraSettings>& keys) {
  using S = WampCraSettings;
  describe_principal(keys);
  add_secret(keys, "secret", &S::secret, is_named, kSomeText, "${JOE_SECRET}",
             "What both sides know; with a salt the key made of it by PBKDF2, in base64");
  keys.text("salt", &S::salt, is_named, kSomeText, "salt123",
            "Sent to the client, which makes the key of its password; then iterations and keylen must be there")
      .number("iterations", &S::iterations, 1, kMostIterations, "Rounds of PBKDF2, of a salt")
      .number("keylen", &S::keylen, 8, 64, "Bytes of the key, of a salt");
}

void describe_scram(Keys<ScramSettings>& keys) {
  using S = ScramSettings;
  describe_principal(keys);
  keys.choice<std::string S::*, std::string>("kdf", &S::kdf, {{"argon2id-13", "argon2id-13"}, {"pbkdf2", "pbkdf2"}},
                                             "How the client makes its key of its password")
      .text("salt", &S::salt, is_salt, "8 to 128 hex digits", "000102030405060708090a0b0c0d0e0f", "Sent to the client")
      .required()
      .number("iterations", &S::iterations, 1, kMostIterations, "Rounds, sent to the client")
      .required()
      .number("memory", &S::memory, 8, kMostMemory, "KiB, sent to the client; of argon2id-13");
  add_secret(keys, "stored_key", &S::stored_key, is_hex_key, kHexKey,
             "908020502aa58f94ae4ab4feeffb620ed0703c822e47c2b174756ace2f35d5ed",
             "SHA-256 of the client's key: what its proofs are checked by");
  add_secret(keys, "server_key", &S::server_key, is_hex_key, kHexKey,
             "8147c021967553ddaf15cbdf00aed19103c7118c82f67994a5ae9fc10d39802a",
             "What signs for the client that the router knows it");
}

void describe_cryptosign(Keys<CryptosignSettings>& keys) {
  using S = CryptosignSettings;
  describe_principal(keys);
  keys.list("authorized_keys", &S::authorized_keys, is_hex_key, kHexKey,
            "[\"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8\"]",
            "Its public keys (Ed25519); one of them has to sign")
      .required();
}

void describe_certificate(Keys<WampTlsSettings>& keys) {
  using S = WampTlsSettings;
  describe_principal(keys);
  keys.text("fingerprint", &S::fingerprint, is_fingerprint,
            "64 hex digits (SHA-256) or 40 (SHA-1), perhaps with colons",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "Of the client's certificate")
      .text("common_name", &S::common_name, is_named, kSomeText, "joe.example",
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
