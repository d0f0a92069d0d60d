#include "router/access/base64.h"
#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/principals.h"
#include "router/wamp/auth/scram_proof.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

constexpr std::string_view kName = "scram";
constexpr std::size_t kNonce = 18;  // bytes: their base64 has no padding

// What a client without channel binding has behind "c=": the base64 of "n,," as RFC 5802 wants it, or nothing, as
// Autobahn has it.
constexpr std::string_view kBindings[] = {"", "biws"};

// One principal, read: bytes, but the salt as the client gets it.
struct ScramKeys {
  WampPrincipal who;
  std::string kdf, salt;
  std::uint32_t iterations, memory;
  std::string stored_key, server_key;
};

std::vector<ScramKeys> read_keys(const std::vector<ScramSpec>& specs) {
  std::vector<ScramKeys> keys;
  for (const ScramSpec& spec : specs)
    keys.push_back({spec.who, spec.kdf, base64_of(bytes_of_hex(spec.salt)), spec.iterations, spec.memory,
                    bytes_of_hex(spec.stored_key), bytes_of_hex(spec.server_key)});
  return keys;
}

struct ScramChallenge {
  std::string client;  // "n=…,r=…"
  std::string nonce, salt;
  std::uint32_t iterations = 0;

  [[nodiscard]] std::string auth_message(std::string_view binding) const {
    std::string text = client + ",r=" + nonce + ",s=" + salt + ",i=" + std::to_string(iterations) + ",c=";
    return text.append(binding).append(",r=").append(nonce);
  }
};

class ScramProof final : public PendingProof {
 public:
  ScramProof(WampAdmission who, const ScramKeys& keys, ScramChallenge challenge, bool is_known)
      : who_(std::move(who)), keys_(keys), challenge_(std::move(challenge)), is_known_(is_known) {}

  std::string_view method() const override { return kName; }
  void say_challenge(ValueSink& to) const override {
    say_text(to, "nonce", challenge_.nonce);
    say_text(to, "kdf", keys_.kdf);
    say_text(to, "salt", challenge_.salt);
    say_number(to, "iterations", keys_.iterations);
    if (keys_.memory > 0) say_number(to, "memory", keys_.memory);
  }
  // Both bindings are tried always: which one fits takes no other time.
  std::optional<WampAdmission> accept(std::string_view signature) override {
    const auto proof = decode_base64(signature);
    std::optional<WampAdmission> accepted;
    for (const std::string_view binding : kBindings) {
      const std::string message = challenge_.auth_message(binding);
      const bool is_right = is_scram_proof(keys_.stored_key, message, proof.value_or(""));
      const std::string server = base64_of(scram_server_signature(keys_.server_key, message));
      if (is_right && is_known_) accepted = with_signature(server);
    }
    return accepted;
  }

 private:
  // By its name in WAMP's specification, and as Autobahn calls it.
  [[nodiscard]] WampAdmission with_signature(const std::string& server) const {
    WampAdmission admission = who_;
    admission.extra = {{"verifier", server}, {"scram_server_signature", server}};
    return admission;
  }

  const WampAdmission who_;
  const ScramKeys keys_;
  const ScramChallenge challenge_;
  const bool is_known_;
};

class ScramAuth final : public AuthMethod {
 public:
  explicit ScramAuth(const std::vector<ScramSpec>& specs)
      : principals_(read_keys(specs), [](const ScramKeys& keys) { return keys.stored_key; }) {}

  std::string_view name() const override { return kName; }
  MethodAnswer hello(const AuthQuestion& question) const override {
    const AuthHello& hello = question.hello;
    if (hello.authid.empty()) return AuthRefusal{auth_error::kFailed, "scram wants an authid in HELLO"};
    if (hello.nonce.empty()) return AuthRefusal{auth_error::kFailed, "scram wants a nonce in the authextra of HELLO"};
    if (!hello.channel_binding.empty()) return no_channel_binding();
    const auto [spec, is_known] = principals_.find(hello.authid);
    ScramChallenge challenge;
    challenge.client = "n=" + hello.authid + ",r=" + hello.nonce;
    challenge.nonce = hello.nonce + base64_of(question.random(kNonce));
    challenge.salt = is_known ? spec.salt : unknown_salt(spec, hello.authid);
    challenge.iterations = spec.iterations;
    return std::make_unique<ScramProof>(admission_of(spec.who, hello, kName), spec, std::move(challenge), is_known);
  }

 private:
  [[nodiscard]] std::string unknown_salt(const ScramKeys& like, const std::string& authid) const {
    return base64_of(principals_.hidden(authid, decode_base64(like.salt).value_or("").size()));
  }

  const Principals<ScramKeys> principals_;
};

}  // namespace

std::unique_ptr<AuthMethod> make_scram_auth(const std::vector<ScramSpec>& principals) {
  return std::make_unique<ScramAuth>(principals);
}

}  // namespace zeroway
