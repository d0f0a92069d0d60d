// The keys by which clients of WAMP show who they are, as far as both notations of a file have them: our own one, and
// Crossbar.io's node file.
//
// Owner: the reading of a file.   Thread: any.
// An error about a secret repeats what fits, and not what is there.
// Not here: how each notation lists its principals (settings/description_wamp_auth.cpp, crossbar/wamp_auth.cpp).
#pragma once
#include <string>

#include "router/settings/keys.h"
#include "router/settings/wamp_auth_settings.h"

namespace zeroway {

// What one notation says in its own way.
struct ProofNotation {
  Taken<std::string> (*take_secret)(const Value& value);
  const char* stored_key;
  const char* server_key;
};

inline constexpr const char* kNameForms = "a text of 1 to 1024 bytes";

[[nodiscard]] bool is_principal_name(const std::string& text);
[[nodiscard]] bool is_realm_name(const std::string& text);
[[nodiscard]] bool is_cookie_name(const std::string& text);

void describe_anonymous(Keys<AnonymousSettings>& keys);
// What a principal shows, of each method.
void describe_ticket_proof(Keys<TicketSettings>& keys, const ProofNotation& notation);
void describe_wampcra_proof(Keys<WampCraSettings>& keys, const ProofNotation& notation);
void describe_scram_proof(Keys<ScramSettings>& keys, const ProofNotation& notation);
void describe_cryptosign_proof(Keys<CryptosignSettings>& keys);

// As what a principal joins, and where.
template <class S>
void describe_role(Keys<S>& keys) {
  keys.text(
          "role", [](S & s) -> auto& { return s.who.role; }, is_principal_name, kNameForms, "frontend",
          "As what it joins; what a client wishes is ignored")
      .required()
      .text(
          "realm", [](S & s) -> auto& { return s.who.realm; }, is_realm_name, "the name of a realm", "realm1",
          "What it joins, whatever it names; by default the realm that it names");
}

}  // namespace zeroway
