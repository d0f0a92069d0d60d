#include <algorithm>

#include "router/access/secret_hash.h"
#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/principals.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

constexpr std::string_view kName = "cryptosign";
constexpr std::size_t kKey = 32, kChallenge = 32, kSignature = 64;  // bytes

// With keys as bytes.
std::vector<CryptosignSpec> read_keys(std::vector<CryptosignSpec> specs) {
  for (CryptosignSpec& spec : specs)
    for (std::string& key : spec.keys) key = bytes_of_hex(key);
  return specs;
}

class CryptosignProof final : public PendingProof {
 public:
  // One of `keys` has to sign.
  CryptosignProof(WampAdmission who, std::vector<std::string> keys, std::string challenge, bool is_known)
      : who_(std::move(who)), keys_(std::move(keys)), challenge_(std::move(challenge)), is_known_(is_known) {}

  std::string_view method() const override { return kName; }
  void say_challenge(ValueSink& to) const override { say_text(to, "challenge", hex_of(challenge_)); }
  // In hex: the signature, and behind it the challenge that it is of.
  std::optional<WampAdmission> accept(std::string_view signature) override {
    const std::string said = bytes_of_hex(signature, kSignature + kChallenge);
    if (said.empty() || !is_same_secret(std::string_view(said).substr(kSignature), challenge_)) return std::nullopt;
    const auto has_signed = [&](const std::string& key) {
      return is_signed_by(key, challenge_, std::string_view(said).substr(0, kSignature));
    };
    const bool is_right = std::any_of(keys_.begin(), keys_.end(), has_signed);
    return is_right && is_known_ ? std::optional(who_) : std::nullopt;
  }

 private:
  const WampAdmission who_;
  const std::vector<std::string> keys_;
  const std::string challenge_;
  const bool is_known_;
};

class CryptosignAuth final : public AuthMethod {
 public:
  explicit CryptosignAuth(const std::vector<CryptosignSpec>& specs)
      : principals_(read_keys(specs), [](const CryptosignSpec& spec) { return spec.keys.front(); }) {}

  std::string_view name() const override { return kName; }
  MethodAnswer hello(const AuthQuestion& question) const override;

 private:
  // Who has the key; null for nobody, and for several: then the key alone does not say who it is.
  [[nodiscard]] const CryptosignSpec* owner_of(const std::string& key) const;

  const Principals<CryptosignSpec> principals_;
};

MethodAnswer CryptosignAuth::hello(const AuthQuestion& question) const {
  const AuthHello& hello = question.hello;
  if (!hello.channel_binding.empty()) return no_channel_binding();
  if (hello.authid.empty() && hello.public_key.empty())
    return AuthRefusal{auth_error::kFailed, "cryptosign wants an authid, or a pubkey in the authextra of HELLO"};
  const std::string key = bytes_of_hex(hello.public_key, kKey);
  const CryptosignSpec* owner = hello.authid.empty() ? owner_of(key) : nullptr;
  const auto [spec, is_authid] = principals_.find(hello.authid);
  const CryptosignSpec& who = owner != nullptr ? *owner : spec;
  const bool has_key = std::find(who.keys.begin(), who.keys.end(), key) != who.keys.end();
  const bool is_known = (owner != nullptr || is_authid) && (hello.public_key.empty() || has_key);
  // Also for somebody unknown a signature is checked: with a key of the stand-in.
  std::vector<std::string> keys = hello.public_key.empty() ? who.keys : std::vector{has_key ? key : who.keys.front()};
  return std::make_unique<CryptosignProof>(admission_of(who.who, hello, kName), std::move(keys),
                                           question.random(kChallenge), is_known);
}

const CryptosignSpec* CryptosignAuth::owner_of(const std::string& key) const {
  const CryptosignSpec* owner = nullptr;
  for (const CryptosignSpec& spec : principals_.all()) {
    if (std::find(spec.keys.begin(), spec.keys.end(), key) == spec.keys.end()) continue;
    if (owner != nullptr) return nullptr;
    owner = &spec;
  }
  return owner;
}

}  // namespace

std::unique_ptr<AuthMethod> make_cryptosign_auth(const std::vector<CryptosignSpec>& principals) {
  return std::make_unique<CryptosignAuth>(principals);
}

}  // namespace zeroway
