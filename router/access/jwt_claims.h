// What the claims of a token whose signature is right must say (RFC 7519 §4.1), and what backends learn of them.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: signatures (access/jwt_keys.h), the answer to a refused token (access/jwt_login.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/plan/login_rules.h"
#include "router/settings/node.h"

namespace zeroway {

using Seconds = std::chrono::duration<double>;  // since 1970, as tokens count

// The claim of this name; else, for a name with dots, the member of a member: "realm.roles". Null when it is absent.
[[nodiscard]] const Node* find_claim(const Node& claims, std::string_view name);

// When the token ends; nothing without an `exp`, or with one that is no number.
[[nodiscard]] std::optional<Seconds> expiry_of(const Node& claims);
// Time, issuer and audience. The error says what is wrong, for the log.
[[nodiscard]] Result<> check_claims(const Node& claims, const JwtRule& rule, Seconds now);
// The first claim of the rule that the token does not have as wanted; null = it has all of them.
[[nodiscard]] const JwtRule::Wanted* missing_claim(const Node& claims, const JwtRule& rule);

// A claim as the value of a field: texts, numbers and flags as they are, the elements of lists with ',' between.
// Nothing for a value that a field cannot have, or that could be read in two ways: an element with a ','.
[[nodiscard]] std::optional<std::string> field_of(const Node& claim);

}  // namespace zeroway
