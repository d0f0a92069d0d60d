#include "router/settings/wamp_auth_keys.h"

#include <algorithm>
#include <utility>

#include "router/settings/wamp_auth_checks.h"

namespace zeroway {

namespace {

constexpr std::uint32_t kMostIterations = 10'000'000;  // the client's work: minutes already
constexpr std::uint32_t kMostMemory = 4'194'304;       // KiB, 4 GiB: the client's

constexpr const char* kHexKey = "64 hex digits";

bool is_ticket(const std::string& text) { return !text.empty() && text.size() <= 8'192; }
bool is_hex_key(const std::string& text) { return text.size() == 64 && is_hex(text); }
bool is_salt(const std::string& text) { return text.size() >= 8 && text.size() <= 128 && is_hex(text); }

// What fits a secret, and how the manual describes it.
struct Secret {
  Check check;
  const char* wants;
  const char* sample;
  const char* help;
};

template <class S>
void add_secret(Keys<S>& keys, const char* name, std::string S::*at, const Secret& secret,
                const ProofNotation& notation) {
  keys.other(
      name, "TEXT", secret.wants, "", show_text(secret.sample), secret.help,
      [at, take = notation.take_secret, check = secret.check, wants = secret.wants](S& target, const Value& value) {
        auto text = take(value);
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

}  // namespace

bool is_principal_name(const std::string& text) { return !text.empty() && text.size() <= 1'024; }

bool is_realm_name(const std::string& text) {
  return is_principal_name(text) && text.find_first_of("# \t\n\v\f\r") == std::string::npos && !text.starts_with('.') &&
         !text.ends_with('.') && text.find("..") == std::string::npos;
}

bool is_cookie_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void describe_anonymous(Keys<AnonymousSettings>& keys) {
  using S = AnonymousSettings;
  keys.located()
      .text("role", &S::role, is_principal_name, kNameForms, "", "As what everybody may join")
      .text("realm", &S::realm, is_realm_name, "the name of a realm", "public",
            "What all join, whatever they name; by default the realm that they name")
      .text("authid", &S::authid, is_principal_name, kNameForms, "visitor", "By default a random one for each session");
}

void describe_ticket_proof(Keys<TicketSettings>& keys, const ProofNotation& notation) {
  add_secret(keys, "ticket", &TicketSettings::ticket,
             {is_ticket, "a text of 1 to 8192 bytes", "${JOE_TICKET}", "What the client has to show"}, notation);
}

void describe_wampcra_proof(Keys<WampCraSettings>& keys, const ProofNotation& notation) {
  using S = WampCraSettings;
  add_secret(keys, "secret", &S::secret,
             {is_principal_name, kNameForms, "${JOE_SECRET}",
              "What both sides know; with a salt the key made of it by PBKDF2, in base64"},
             notation);
  keys.text("salt", &S::salt, is_principal_name, kNameForms, "salt123",
            "Sent to the client, which makes the key of its password; then iterations and keylen must be there")
      .number("iterations", &S::iterations, 1, kMostIterations, "Rounds of PBKDF2, of a salt")
      .number("keylen", &S::keylen, 8, 64, "Bytes of the key, of a salt");
}

void describe_scram_proof(Keys<ScramSettings>& keys, const ProofNotation& notation) {
  using S = ScramSettings;
  keys.choice<std::string S::*, std::string>("kdf", &S::kdf, {{"argon2id-13", "argon2id-13"}, {"pbkdf2", "pbkdf2"}},
                                             "How the client makes its key of its password")
      .text("salt", &S::salt, is_salt, "8 to 128 hex digits", "000102030405060708090a0b0c0d0e0f", "Sent to the client")
      .required()
      .number("iterations", &S::iterations, 1, kMostIterations, "Rounds, sent to the client")
      .required()
      .number("memory", &S::memory, 8, kMostMemory, "KiB, sent to the client; of argon2id-13");
  add_secret(keys, notation.stored_key, &S::stored_key,
             {is_hex_key, kHexKey, "908020502aa58f94ae4ab4feeffb620ed0703c822e47c2b174756ace2f35d5ed",
              "SHA-256 of the client's key: what its proofs are checked by"},
             notation);
  add_secret(keys, notation.server_key, &S::server_key,
             {is_hex_key, kHexKey, "8147c021967553ddaf15cbdf00aed19103c7118c82f67994a5ae9fc10d39802a",
              "What signs for the client that the router knows it"},
             notation);
}

void describe_cryptosign_proof(Keys<CryptosignSettings>& keys) {
  keys.list("authorized_keys", &CryptosignSettings::authorized_keys, is_hex_key, kHexKey,
            "[\"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8\"]",
            "Its public keys (Ed25519); one of them has to sign")
      .required();
}

}  // namespace zeroway
