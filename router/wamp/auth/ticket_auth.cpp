#include "router/access/secret_hash.h"
#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/principals.h"

namespace zeroway {

namespace {

constexpr std::string_view kName = "ticket";

class TicketProof final : public PendingProof {
 public:
  TicketProof(WampAdmission who, std::string digest, bool is_known)
      : who_(std::move(who)), digest_(std::move(digest)), is_known_(is_known) {}

  std::string_view method() const override { return kName; }
  void say_challenge(ValueSink&) const override {}
  // Digests have one length: that of the ticket stays hidden.
  std::optional<WampAdmission> accept(std::string_view signature) override {
    const bool is_right = is_same_secret(sha256(signature), digest_);
    return is_right && is_known_ ? std::optional(who_) : std::nullopt;
  }

 private:
  const WampAdmission who_;
  const std::string digest_;  // of the ticket
  const bool is_known_;
};

class TicketAuth final : public AuthMethod {
 public:
  explicit TicketAuth(const std::vector<TicketSpec>& specs)
      : principals_(specs, [](const TicketSpec& spec) { return spec.ticket; }) {}

  std::string_view name() const override { return kName; }
  MethodAnswer hello(const AuthQuestion& question) const override {
    const AuthHello& hello = question.hello;
    if (hello.authid.empty()) return AuthRefusal{auth_error::kFailed, "ticket wants an authid in HELLO"};
    const auto [spec, is_known] = principals_.find(hello.authid);
    return std::make_unique<TicketProof>(admission_of(spec.who, hello, kName), sha256(spec.ticket), is_known);
  }

 private:
  const Principals<TicketSpec> principals_;
};

}  // namespace

std::unique_ptr<AuthMethod> make_ticket_auth(const std::vector<TicketSpec>& principals) {
  return std::make_unique<TicketAuth>(principals);
}

}  // namespace zeroway
