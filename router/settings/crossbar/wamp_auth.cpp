#include "router/settings/crossbar/wamp_auth.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/wamp_auth_checks.h"
#include "router/settings/wamp_auth_keys.h"

namespace zeroway::crossbar {

namespace {

constexpr std::uint64_t kLeastCookie = 16;                // characters: a shorter one could be guessed
constexpr std::uint64_t kMostCookieAge = 86'400L * 3600;  // seconds: ten years of 360 days

// As Crossbar.io has it: the variable's value, or the text as it stands.
Taken<std::string> take_secret(const Value& value) {
  const Node& node = value.node;
  if (node.kind != Node::Kind::text) return {};
  const std::string variable = variable_in(node.text);
  if (variable.empty()) return {node.text, Fit::yes};
  auto text = value.reading.expand(variable, Reading::Dollars::unescape, node.place, value.where);
  const Fit fit = text ? Fit::yes : Fit::said;
  return {std::move(text), fit};
}

constexpr ProofNotation kNotation{take_secret, "stored-key", "server-key"};

// --- methods

template <class S>
using DescribeProof = void (*)(Keys<S>& keys);

struct Method {};

// Whether the file itself says who its clients are. Without a type it must do so.
bool is_static(const Value& method) {
  const Node* type = method.node.find("type");
  if (type == nullptr || (type->kind == Node::Kind::text && type->text == "static")) return true;
  method.reading.misfit(*type, method.reading.join(method.where, "type"),
                        "static: the router calls no procedure and no function to check clients");
  return false;
}

template <class S>
void read_principal(const Node& node, const std::string& where, std::vector<S>& principals, DescribeProof<S> describe,
                    Reading& reading) {
  if (!is_principal_name(node.key))
    reading.error(node.key_place, where + " is no name of a principal: wants " + kNameForms);
  S& principal = principals.emplace_back();
  principal.who.authid = node.key;
  if constexpr (std::is_same_v<S, WampTlsSettings>) principal.located.renamed = {{"fingerprint", "certificate-sha1"}};
  read_into(principal, node, where, reading, [describe](Keys<S>& keys) {
    describe_role(keys.located());
    describe(keys);
  });
}

// `list`: the method's key with the table of principals.
template <class S>
Fit read_method(const Value& value, const char* list, std::vector<S>& principals, DescribeProof<S> describe) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  if (!is_static(value)) return Fit::said;
  Method none;
  read_into(none, value.node, value.where, value.reading, [list](Keys<Method>& keys) {
    keys.other("type", "WORD", "static", "", "", "Who knows the principals", leave<Method>)
        .other(list, "{…}", "a table of names and principals", "", "", "Who may join",
               [](Method&, const Value& all) { return all.node.kind == Node::Kind::table ? Fit::yes : Fit::no; })
        .required();
  });
  const Node* all = value.node.find(list);
  if (all == nullptr || all->kind != Node::Kind::table) return Fit::yes;
  const std::string where = value.reading.join(value.where, list);
  for (const Node& one : all->children)
    read_principal(one, value.reading.join(where, one.key), principals, describe, value.reading);
  return Fit::yes;
}

// Crossbar.io itself says `users`; its documentation also `principals`.
const char* list_of_wampcra(const Node& method) {
  return method.find("users") == nullptr && method.find("principals") != nullptr ? "principals" : "users";
}

Fit read_anonymous(WampAuthSettings& auth, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  if (!is_static(value)) return Fit::said;
  read_into(auth.anonymous.emplace(), without(value.node, "type"), value.where, value.reading, describe_anonymous);
  return Fit::yes;
}

Fit read_ticket(WampAuthSettings& auth, const Value& value) {
  return read_method<TicketSettings>(value, "principals", auth.ticket,
                                     [](auto& keys) { describe_ticket_proof(keys, kNotation); });
}

Fit read_wampcra(WampAuthSettings& auth, const Value& value) {
  return read_method<WampCraSettings>(value, list_of_wampcra(value.node), auth.wampcra,
                                      [](auto& keys) { describe_wampcra_proof(keys, kNotation); });
}

// Crossbar.io wants `memory` with either kdf, and uses it with one.
Fit read_scram(WampAuthSettings& auth, const Value& value) {
  const Fit fit = read_method<ScramSettings>(value, "principals", auth.scram,
                                             [](auto& keys) { describe_scram_proof(keys, kNotation); });
  for (ScramSettings& one : auth.scram) {
    if (one.kdf != "pbkdf2") continue;
    one.memory = 0;
    std::erase_if(one.located.keys, [](const auto& key) { return key.first == "memory"; });
  }
  return fit;
}

Fit read_cryptosign(WampAuthSettings& auth, const Value& value) {
  return read_method<CryptosignSettings>(value, "principals", auth.cryptosign, describe_cryptosign_proof);
}

bool is_sha1(const std::string& text) { return bare_fingerprint(text).size() == 40; }

Fit read_tls(WampAuthSettings& auth, const Value& value) {
  return read_method<WampTlsSettings>(value, "principals", auth.tls, [](Keys<WampTlsSettings>& keys) {
    keys.text("certificate-sha1", &WampTlsSettings::fingerprint, is_sha1, "40 hex digits, perhaps with colons", "",
              "Of the client's certificate")
        .required();
  });
}

// Whether the method is there. The cookie itself is the path's.
Fit read_cookie_method(WampAuthSettings& auth, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  if (!is_static(value)) return Fit::said;
  Method none;
  read_into(none, without(value.node, "type"), value.where, value.reading, [](Keys<Method>&) {});
  auth.cookie.emplace();
  return Fit::yes;
}

void describe_methods(Keys<WampAuthSettings>& keys) {
  const char* const wants = "a table";
  keys.located()
      .other("anonymous", "{…}", wants, "", "", "Everybody", read_anonymous)
      .other("ticket", "{…}", wants, "", "", "By a ticket", read_ticket)
      .other("wampcra", "{…}", wants, "", "", "By a shared secret", read_wampcra)
      .other("scram", "{…}", wants, "", "", "By a password", read_scram)
      .other("cryptosign", "{…}", wants, "", "", "By a key", read_cryptosign)
      .other("tls", "{…}", wants, "", "", "By a certificate", read_tls)
      .other("cookie", "{…}", wants, "", "", "By a cookie of before", read_cookie_method);
}

// --- the cookie

Fit read_length(WampCookieSettings& cookie, const Value& value) {
  const auto length = take_number(value);
  if (!length.value) return length.fit;
  if (*length.value < 6 || *length.value > 64) return Fit::no;
  if (*length.value < kLeastCookie)
    value.reading.warn(value.node.place, value.where + " = " + value.node.show() + ": could be guessed; it has " +
                                             std::to_string(kLeastCookie) + " characters");
  cookie.length = static_cast<std::uint32_t>(std::max(*length.value, kLeastCookie));
  return Fit::yes;
}

Fit read_max_age(WampCookieSettings& cookie, const Value& value) {
  const auto seconds = take_number(value);
  if (!seconds.value) return seconds.fit;
  if (*seconds.value < 1 || *seconds.value > kMostCookieAge) return Fit::no;
  cookie.max_age = Millis(1'000 * *seconds.value);
  return Fit::yes;
}

Fit read_store(WampCookieSettings& cookie, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  const std::string type = type_of(value.node, value.where, value.reading);
  if (type.empty()) return Fit::said;
  if (type != "memory" && type != "file") {
    value.reading.misfit(*value.node.find("type"), value.reading.join(value.where, "type"),
                         "memory or file: the router has no database");
    return Fit::said;
  }
  read_into(cookie, without(value.node, "type"), value.where, value.reading,
            [is_file = type == "file"](Keys<WampCookieSettings>& keys) {
              if (!is_file) return;
              keys.path("filename", &WampCookieSettings::file, "", "Where logins are kept")
                  .required()
                  .idle("purge_on_startup", "at each start the file is left with the logins that hold");
            });
  return Fit::yes;
}

void describe_cookie(Keys<WampCookieSettings>& keys) {
  using S = WampCookieSettings;
  keys.located()
      .text("name", &S::name, is_cookie_name, "letters, digits, '-' and '_'", "", "Of the cookie")
      .other("length", "N", "a number from 6 to 64", "24", "", "Characters of its value", read_length)
      .other("max_age", "N", "seconds: a number from 1 to " + std::to_string(kMostCookieAge), "86400", "",
             "Until who has joined has to show again who it is", read_max_age)
      .other("store", "{…}", "a table", "", "", "Where logins are kept", read_store);
}

// `auth` is null when the item has none.
void use_cookie(const Node& item, const std::string& where, WampAuthSettings* auth, Reading& reading) {
  const Node* node = item.find("cookie");
  const bool is_wanted = auth != nullptr && auth->cookie;
  if (node == nullptr) {
    if (is_wanted)
      reading.error(auth->located.place_of("cookie"),
                    auth->located.name_of("cookie") + ": wants a table cookie beside auth, too");
    return;
  }
  const std::string name = reading.join(where, "cookie");
  WampCookieSettings cookie;
  read_into(cookie, *node, name, reading, describe_cookie);
  if (is_wanted) {
    auth->cookie = std::move(cookie);
  } else {
    reading.without_effect(node->key_place, name, "clients get a cookie where auth has cookie, too");
  }
}

}  // namespace

std::optional<WampAuthSettings> read_wamp_auth(const Node& item, const std::string& where, Reading& reading) {
  const std::size_t errors = reading.errors().size();
  std::optional<WampAuthSettings> auth;
  if (const Node* node = item.find("auth"))
    read_into(auth.emplace(), *node, reading.join(where, "auth"), reading, describe_methods);
  use_cookie(item, where, auth ? &*auth : nullptr, reading);
  if (reading.errors().size() > errors) auth.reset();  // else what is missing after an error were a second one
  return auth;
}

}  // namespace zeroway::crossbar
