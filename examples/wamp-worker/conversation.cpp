#include "conversation.h"

#include <algorithm>
#include <array>

#include "error_uris.h"
#include "limits.h"

namespace wamp {

namespace {

constexpr const char* kAnonymous = "anonymous";
constexpr const char* kProxyMethod = "anonymous-proxy";

constexpr int kNormal = 1000, kGoingAway = 1001, kProtocolError = 1002;  // RFC 6455 §7.4.1

constexpr std::array kRoles = {"publisher", "subscriber", "caller", "callee"};

// What this worker does beyond the basic profile.
Value our_roles() {
  return {{"broker",
           {{"features",
             {{"publisher_exclusion", true},
              {"publisher_identification", true},
              {"pattern_based_subscription", true},
              {"subscriber_blackwhite_listing", true}}}}},
          {"dealer",
           {{"features",
             {{"call_canceling", true},
              {"call_timeout", true},
              {"caller_identification", true},
              {"pattern_based_registration", true},
              {"progressive_call_results", true},
              {"shared_registration", true}}}}}};
}

const Value* find_map(const Value& map, const char* name) {
  const auto at = map.find(name);
  if (at == map.end()) return nullptr;
  if (!at->is_object()) throw ProtocolViolation("HELLO: " + std::string(name) + " must be a map");
  return &*at;
}

// Checks the roles of HELLO.
const Value& read_roles(const Value& details) {
  const Value* const roles = find_map(details, "roles");
  const auto names = [&](const char* role) { return roles != nullptr && find_map(*roles, role) != nullptr; };
  if (std::none_of(kRoles.begin(), kRoles.end(), names))
    throw ProtocolViolation("HELLO: roles must name a publisher, subscriber, caller or callee");
  return *roles;
}

bool has_feature(const Value& roles, const char* role, const char* feature) {
  const Value* const its = find_map(roles, role);
  const Value* const features = its == nullptr ? nullptr : find_map(*its, "features");
  return features != nullptr && flag(*features, feature);
}

// A router that has checked its client says so (Crossbar.io's "anonymous-proxy").
bool is_known(const Value& details) {
  const auto methods = words(details, "authmethods");
  return methods && *methods == std::vector<std::string>{kProxyMethod};
}

// Who does not say how it would be authenticated may come as anybody.
bool may_be_anonymous(const Value& details) {
  const auto methods = words(details, "authmethods");
  return !methods || methods->empty() || std::binary_search(methods->begin(), methods->end(), "anonymous");
}

}  // namespace

void Conversation::hear(Value value, Time now) {
  if (state_ == State::over) return;
  try {
    Message message(std::move(value));
    if (state_ == State::waiting) {
      hear_waiting(message);
    } else {
      hear_joined(std::move(message), now);
    }
  } catch (const ProtocolViolation& violation) {
    break_off(violation.what());
  }
}

void Conversation::wait(Time now) {
  state_ = State::waiting;
  hello_until_ = now + kHelloPatience;
  realms_.hello_wait().add(*this, hello_until_);
}

void Conversation::hello_is_overdue() {
  break_off("no session began within " + std::to_string(kHelloPatience.count()) + " seconds");
}

void Conversation::hear_waiting(const Message& message) {
  if (message.kind() == Kind::abort) return end(kNormal, {});
  if (message.kind() != Kind::hello)
    throw ProtocolViolation("a session begins with HELLO, not " + std::string(kind_name(message.kind())));
  const std::string& realm = message.text(1);
  const Value& details = message.map(2);
  (void)read_roles(details);
  realm_ = realms_.find(realm);
  if (realm_ == nullptr)
    return abort(kNoSuchRealm, "there is no realm \"" + std::string(beginning(realm, 100)) + "\" here", kNormal);
  const bool is_welcome = may_be_anonymous(details) || (names_ == Names::are_of_the_router && is_known(details));
  if (!is_welcome) return abort(kNoAuthMethod, "the only authmethod here is \"anonymous\"", kNormal);
  welcome(message);
}

void Conversation::welcome(const Message& hello) {
  const Value& roles = read_roles(hello.map(2));
  Session session;
  session.takes_progress = has_feature(roles, "callee", "progressive_call_results");
  session.takes_interrupts = has_feature(roles, "callee", "call_canceling");
  session.id = session_ = realms_.connect(transport_);
  const std::string method = is_known(hello.map(2)) ? kProxyMethod : kAnonymous;
  const bool is_proxied = method == kProxyMethod;
  session.authid = "anonymous-" + std::to_string(session_);
  if (is_proxied) session.authid = word(hello.map(2), "authid", session.authid);
  session.authrole = is_proxied ? word(hello.map(2), "authrole", kAnonymous) : kAnonymous;
  state_ = State::joined;
  realms_.hello_wait().remove(*this, hello_until_);
  const Value details = {{"realm", hello.text(1)},        {"roles", our_roles()}, {"authid", session.authid},
                         {"authrole", session.authrole},  {"authmethod", method}, {"authprovider", "static"},
                         {"agent", "zeroway-wamp-worker"}};
  realm_->join(std::move(session));
  transport_.send(Letter(make_message(Kind::welcome, {session_, details})));
}

void Conversation::hear_joined(Message message, Time now) {
  switch (message.kind()) {
    case Kind::abort:
      return end(kNormal, {});
    case Kind::goodbye:
      leave();
      wait(now);
      return transport_.send(Letter(make_message(Kind::goodbye, {Value::object(), kGoodbyeAndOut})));
    default:
      return realm_->hear(session_, std::move(message), now);
  }
}

void Conversation::break_off(const std::string& rule) {
  if (state_ != State::over) abort(kProtocolViolation, rule, kProtocolError);
}

void Conversation::abort(std::string_view reason, const std::string& text, int close_code) {
  transport_.send(Letter(make_message(Kind::abort, {Value::object({{"message", text}}), reason})));
  end(close_code, close_code == kNormal ? std::string_view{} : std::string_view(text));
}

void Conversation::end(int close_code, std::string_view reason) {
  lost();
  transport_.close(close_code, reason);
}

void Conversation::shut_down() {
  if (state_ == State::over) return;
  if (state_ == State::joined) transport_.send(Letter(make_message(Kind::goodbye, {Value::object(), kSystemShutdown})));
  end(kGoingAway, kSystemShutdown);
}

void Conversation::lost() {
  leave();
  realms_.hello_wait().remove(*this, hello_until_);
  state_ = State::over;
}

void Conversation::leave() {
  if (session_ == 0) return;
  const Id gone = std::exchange(session_, 0);
  realms_.let_go(gone);
  realm_->leave(gone);
}

}  // namespace wamp
