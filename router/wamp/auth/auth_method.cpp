#include "router/wamp/auth/auth_method.h"

namespace zeroway {

namespace {

constexpr std::size_t kRandomAuthid = 12;  // bytes

class AnonymousAuth final : public AuthMethod {
 public:
  explicit AnonymousAuth(const AnonymousSpec& spec) : who_(spec.who) {}

  std::string_view name() const override { return "anonymous"; }
  MethodAnswer hello(const AuthQuestion& question) const override {
    WampAdmission admission = admission_of(who_, question.hello, name());
    if (admission.authid.empty()) admission.authid = hex_of(question.random(kRandomAuthid));
    return admission;
  }

 private:
  const WampPrincipal who_;
};

}  // namespace

WampAdmission admission_of(const WampPrincipal& who, const AuthHello& hello, std::string_view method) {
  WampAdmission admission;
  admission.realm = who.realm.empty() ? hello.realm : who.realm;
  admission.authid = who.authid;
  admission.role = who.role;
  admission.method = method;
  return admission;
}

AuthRefusal no_channel_binding() {
  return {auth_error::kFailed, "there is no channel binding: the router ends TLS, and no backend sees its channel"};
}

std::unique_ptr<AuthMethod> make_anonymous_auth(const AnonymousSpec& spec) {
  return std::make_unique<AnonymousAuth>(spec);
}

}  // namespace zeroway
