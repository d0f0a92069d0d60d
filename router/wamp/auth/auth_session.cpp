#include "router/wamp/auth/auth_session.h"

#include <utility>

#include "router/wamp/auth/admitted_messages.h"
#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/own_messages.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

constexpr std::string_view kViolation = "wamp.error.protocol_violation";

// The same for everybody who has not shown who he is, whatever was wrong.
constexpr std::string_view kFailed = "the client has not shown who it is";

}  // namespace

AuthVerdict AuthSession::hello(Bytes message, AuthNow now) {
  if (stage_ != Stage::expecting) return violate("a HELLO that may not come now");
  if (const auto error = read_auth_hello(serializer_, message, hello_)) return violate(error->what);
  return decide(doorkeeper_.hello(hello_, client_, now.wall), now);
}

AuthVerdict AuthSession::decide(MethodAnswer answer, AuthNow now) {
  if (auto* admission = std::get_if<WampAdmission>(&answer)) return admit(std::move(*admission), now);
  if (auto* proof = std::get_if<std::unique_ptr<PendingProof>>(&answer)) return challenge(std::move(*proof), now);
  const auto* refusal = std::get_if<AuthRefusal>(&answer);
  return refusal != nullptr ? refuse(refusal->reason, refusal->message) : refuse(auth_error::kNoMethod, "");
}

AuthVerdict AuthSession::admit(WampAdmission admission, AuthNow now) {
  if (admission.realm.empty())
    return refuse(auth_error::kNoSuchRealm, "HELLO names no realm, and nor does " + admission.method + " here");
  doorkeeper_.remember(client_, admission, now.wall);
  admission_ = std::move(admission);
  stage_ = Stage::admitted;
  return {.kind = AuthVerdict::Kind::admitted};
}

AuthVerdict AuthSession::challenge(std::unique_ptr<PendingProof> proof, AuthNow now) {
  proof_ = std::move(proof);
  deadline_ = now.time + doorkeeper_.challenge_timeout();
  stage_ = Stage::challenged;
  return {.kind = AuthVerdict::Kind::challenged, .message = write_message(serializer_, [&](ValueSink& to) {
                                                   static_cast<void>(to.natural(message_type::kChallenge));
                                                   static_cast<void>(to.text(proof_->method()));
                                                   static_cast<void>(to.begin_map());
                                                   proof_->say_challenge(to);
                                                   static_cast<void>(to.end());
                                                 })};
}

AuthVerdict AuthSession::authenticate(Bytes message, AuthNow now) {
  if (type_of(serializer_, message) == message_type::kAbort && stage_ == Stage::challenged) {
    stage_ = Stage::over;
    return {.kind = AuthVerdict::Kind::left};
  }
  if (stage_ != Stage::challenged) return violate("a message before the session is open");
  Authenticate authenticate;
  if (const auto error = read_authenticate(serializer_, message, authenticate)) return violate(error->what);
  if (now.time > deadline_) return expire();
  // A challenge is answered once.
  const std::unique_ptr<PendingProof> proof = std::move(proof_);
  auto admission = proof->accept(authenticate.signature);
  if (admission) return admit(std::move(*admission), now);
  AuthVerdict verdict = refuse(auth_error::kFailed, kFailed);
  verdict.detail.assign(proof->method()).append(": a wrong answer, or an unknown authid: ").append(hello_.authid);
  return verdict;
}

AuthVerdict AuthSession::expire() { return refuse(auth_error::kFailed, "AUTHENTICATE has not come in time"); }

void AuthSession::look_at(Bytes message) const {
  if (!client_.cookie.empty() && is_logout(serializer_, message)) doorkeeper_.forget(client_);
}

AuthVerdict AuthSession::refuse(std::string_view reason, std::string_view message) {
  stage_ = Stage::over;
  proof_.reset();
  return {AuthVerdict::Kind::refused, abort_message(serializer_, reason, message), std::string(message)};
}

AuthVerdict AuthSession::violate(std::string_view what) {
  stage_ = Stage::over;
  proof_.reset();
  return {AuthVerdict::Kind::violation, abort_message(serializer_, kViolation, what), std::string(what)};
}

std::string AuthSession::backend_hello(Bytes hello) const {
  std::string out;
  static_cast<void>(write_backend_hello(serializer_, hello, admission_, out));
  return out;
}

std::string AuthSession::client_welcome(Bytes welcome) const {
  std::string out;
  if (type_of(serializer_, welcome) == message_type::kWelcome)
    static_cast<void>(write_client_welcome(serializer_, welcome, admission_, out));
  return out;
}

}  // namespace zeroway
