#include "router/settings/wamp_auth_checks.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

namespace zeroway {

namespace {

void error_at(const Located& located, const std::string& what, Reading& reading) {
  reading.error(located.place, located.where + ": " + what);
}

// Nobody could say which of two is meant.
template <class S, class NameOf>
void check_once(const std::vector<S>& entries, const char* key, NameOf name_of, Reading& reading) {
  std::map<std::string, FilePlace> seen;
  for (const S& entry : entries) {
    const std::string name = name_of(entry);
    const auto [first, is_new] = seen.emplace(name, entry.located.place_of(key));
    if (is_new || name.empty()) continue;
    reading.error(entry.located.place_of(key), entry.located.name_of(key) + " = \"" + name + "\" is there twice: " +
                                                   Reading::line_of(first->second) + " has it, too");
  }
}

template <class S>
void check_authids(const std::vector<S>& entries, Reading& reading) {
  check_once(
      entries, "authid", [](const S& entry) { return entry.who.authid; }, reading);
}

bool is_base64_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// Whether `text` has the form of so many bytes in base64, with padding.
bool is_base64_of(const std::string& text, std::size_t bytes) {
  const std::size_t padding = (3 - bytes % 3) % 3;
  const std::size_t size = (bytes + 2) / 3 * 4;
  const auto letters = static_cast<std::ptrdiff_t>(size - padding);
  return text.size() == size && std::all_of(text.begin(), text.begin() + letters, is_base64_letter) &&
         std::all_of(text.begin() + letters, text.end(), [](char c) { return c == '='; });
}

// A client derives a key as soon as it sees a salt, and needs the other two then.
void check_salt(const WampCraSettings& one, Reading& reading) {
  const int count = (one.salt.empty() ? 0 : 1) + (one.iterations == 0 ? 0 : 1) + (one.keylen == 0 ? 0 : 1);
  if (count != 0 && count != 3)
    return error_at(one.located, "wants all of salt, iterations and keylen, or none of them", reading);
  if (count == 3 && !is_base64_of(one.secret, one.keylen))
    reading.error(one.located.place_of("secret"), one.located.name_of("secret") +
                                                      " does not fit: with a salt it is the key, " +
                                                      std::to_string(one.keylen) + " bytes in base64");
}

// The authid is a part of the text that is signed, which has ',' and '=' of its own (RFC 5802 §5.1); beyond ASCII
// clients write it in different ways.
bool is_scram_name(const std::string& authid) {
  return std::all_of(authid.begin(), authid.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f && c != ',' && c != '='; });
}

// A node file of Crossbar.io names its principals by the keys of their tables.
void check_scram_name(const ScramSettings& one, Reading& reading) {
  if (is_scram_name(one.who.authid)) return;
  const Located& located = one.located;
  const std::string name = located.has("authid") ? located.name_of("authid") : located.where;
  reading.error(located.place_of("authid"),
                name + " = \"" + one.who.authid + "\": wants printable ASCII without spaces, ',' and '='");
}

void check_scram(const ScramSettings& one, Reading& reading) {
  check_scram_name(one, reading);
  const bool wants_memory = one.kdf == "argon2id-13";
  if (one.located.has("memory") != wants_memory)
    error_at(one.located, wants_memory ? "memory is missing, which argon2id-13 wants" : "pbkdf2 has no memory",
             reading);
  if (one.salt.size() % 2 != 0)
    reading.error(one.located.place_of("salt"), one.located.name_of("salt") + ": a hex digit is missing");
}

void check_keys(const CryptosignSettings& one, Reading& reading) {
  if (one.located.has("authorized_keys") && one.authorized_keys.empty())
    reading.error(one.located.place_of("authorized_keys"),
                  one.located.name_of("authorized_keys") + " is empty: wants at least one key");
}

void check_certificate(const WampTlsSettings& one, Reading& reading) {
  if (one.fingerprint.empty() == one.common_name.empty())
    error_at(one.located, "wants either fingerprint or common_name", reading);
}

bool has_methods(const WampAuthSettings& auth) {
  return auth.anonymous || !auth.ticket.empty() || !auth.wampcra.empty() || !auth.scram.empty() ||
         !auth.cryptosign.empty() || !auth.tls.empty();
}

}  // namespace

void check_wamp_auth(const WampAuthSettings& auth, Reading& reading) {
  if (!has_methods(auth))
    error_at(auth.located,
             "nobody could join: wants at least one of anonymous, ticket, wampcra, scram, cryptosign, tls", reading);
  check_authids(auth.ticket, reading);
  check_authids(auth.wampcra, reading);
  check_authids(auth.scram, reading);
  check_authids(auth.cryptosign, reading);
  check_once(
      auth.tls, "fingerprint", [](const WampTlsSettings& one) { return bare_fingerprint(one.fingerprint); }, reading);
  check_once(
      auth.tls, "common_name", [](const WampTlsSettings& one) { return one.common_name; }, reading);
  for (const WampCraSettings& one : auth.wampcra) check_salt(one, reading);
  for (const ScramSettings& one : auth.scram) check_scram(one, reading);
  for (const CryptosignSettings& one : auth.cryptosign) check_keys(one, reading);
  for (const WampTlsSettings& one : auth.tls) check_certificate(one, reading);
}

bool is_hex(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

std::string bare_fingerprint(const std::string& text) {
  std::string bare;
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'F';
    if (c != ':') bare.push_back(is_upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  const bool fits = (bare.size() == 64 || bare.size() == 40) && is_hex(bare);
  return fits ? bare : "";
}

}  // namespace zeroway
