// The names of the errors that a realm answers with, and the texts that go with them.
#pragma once
#include <string>
#include <string_view>

#include "limits.h"
#include "message.h"
#include "uri.h"
#include "utf8.h"

namespace wamp {

inline constexpr std::string_view kInvalidUri = "wamp.error.invalid_uri";
inline constexpr std::string_view kNoSuchRealm = "wamp.error.no_such_realm";
inline constexpr std::string_view kNoAuthMethod = "wamp.error.no_auth_method";
inline constexpr std::string_view kProtocolViolation = "wamp.error.protocol_violation";
inline constexpr std::string_view kNoSuchSubscription = "wamp.error.no_such_subscription";
inline constexpr std::string_view kNoSuchRegistration = "wamp.error.no_such_registration";
inline constexpr std::string_view kNoSuchProcedure = "wamp.error.no_such_procedure";
inline constexpr std::string_view kProcedureExists = "wamp.error.procedure_already_exists";
inline constexpr std::string_view kOptionNotAllowed = "wamp.error.option_not_allowed";
inline constexpr std::string_view kCanceled = "wamp.error.canceled";
inline constexpr std::string_view kTimeout = "wamp.error.timeout";
inline constexpr std::string_view kLimitExceeded = "zeroway.error.limit_exceeded";  // the specification names none
inline constexpr std::string_view kSystemShutdown = "wamp.close.system_shutdown";
inline constexpr std::string_view kGoodbyeAndOut = "wamp.close.goodbye_and_out";

[[nodiscard]] inline std::string_view match_option(const Value& options) { return word(options, "match", "exact"); }

[[nodiscard]] inline std::string unknown_match(std::string_view text) {
  return "match \"" + std::string(text) + "\": must be exact, prefix or wildcard";
}

[[nodiscard]] inline std::string bad_uri(std::string_view uri, Match match) {
  return "\"" + std::string(beginning(uri, 100)) + "\" is no " + (match == Match::exact ? "name" : "pattern") +
         ": components with dots between them, at most " + std::to_string(kMaxUri) +
         " bytes without spaces and #; match is " + std::string(match_word(match));
}

// Of a name that clients publish or register.
[[nodiscard]] inline std::string bad_name(std::string_view uri) {
  return is_reserved(uri) ? "names that begin with wamp. are WAMP's own" : bad_uri(uri, Match::exact);
}

[[nodiscard]] inline std::string too_many(std::string_view what) {
  return "a session has at most " + std::to_string(kMaxPerSession) + " " + std::string(what);
}

}  // namespace wamp
