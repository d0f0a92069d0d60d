#include <cstdio>
#include <ctime>

#include "router/access/secret_hash.h"
#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/principals.h"
#include "router/wamp/json_writer.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

constexpr std::string_view kName = "wampcra";
constexpr std::size_t kNonce = 32;                                     // bytes
constexpr std::uint64_t kSessionMask = (std::uint64_t{1} << 53U) - 1;  // WAMP, "IDs"

// As ISO 8601 writes it, in UTC.
std::string timestamp(WampWallTime wall) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(since / 1'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(since % 1'000));
  return text;
}

// The id of a session that has none yet: it only makes the challenge another one.
std::uint64_t session_of(const std::string& random) {
  std::uint64_t id = 0;
  for (const char c : random) id = id << 8U | static_cast<unsigned char>(c);
  return (id & kSessionMask) | 1U;
}

class CraProof final : public PendingProof {
 public:
  CraProof(WampAdmission who, const CraSpec& spec, std::string salt, std::string challenge, bool is_known)
      : who_(std::move(who)),
        salt_(std::move(salt)),
        iterations_(spec.iterations),
        keylen_(spec.keylen),
        challenge_(std::move(challenge)),
        wanted_(base64_of(hmac_sha256(spec.secret, challenge_))),
        is_known_(is_known) {}

  std::string_view method() const override { return kName; }
  // A salt and its numbers go together: without them no client derives a key.
  void say_challenge(ValueSink& to) const override {
    say_text(to, "challenge", challenge_);
    if (salt_.empty()) return;
    say_text(to, "salt", salt_);
    say_number(to, "iterations", iterations_);
    say_number(to, "keylen", keylen_);
  }
  std::optional<WampAdmission> accept(std::string_view signature) override {
    const bool is_right = is_same_secret(signature, wanted_);
    return is_right && is_known_ ? std::optional(who_) : std::nullopt;
  }

 private:
  const WampAdmission who_;
  const std::string salt_;
  const std::uint32_t iterations_, keylen_;
  const std::string challenge_;
  const std::string wanted_;  // the signature
  const bool is_known_;
};

class CraAuth final : public AuthMethod {
 public:
  explicit CraAuth(const std::vector<CraSpec>& specs)
      : principals_(specs, [](const CraSpec& spec) { return spec.secret; }) {}

  std::string_view name() const override { return kName; }
  MethodAnswer hello(const AuthQuestion& question) const override {
    const AuthHello& hello = question.hello;
    if (hello.authid.empty()) return AuthRefusal{auth_error::kFailed, "wampcra wants an authid in HELLO"};
    const auto [spec, is_known] = principals_.find(hello.authid);
    const std::string& salt = spec.salt;
    const std::string unknown = salt_text(principals_.hidden(hello.authid, salt.size()), salt.size());
    return std::make_unique<CraProof>(admission_of(spec.who, hello, kName), spec, is_known ? salt : unknown,
                                      challenge_of(question, spec.who.role), is_known);
  }

 private:
  // The client signs this text octet by octet: no reader and no writer may change it.
  [[nodiscard]] static std::string challenge_of(const AuthQuestion& question, std::string_view role) {
    std::string out;
    JsonWriter writer;
    writer.begin(out, ~std::size_t{0});
    static_cast<void>(writer.begin_map());
    say_text(writer, "authid", question.hello.authid);
    say_text(writer, "authrole", role);
    say_text(writer, "authmethod", kName);
    say_text(writer, "authprovider", "static");
    say_text(writer, "nonce", hex_of(question.random(kNonce)));
    say_text(writer, "timestamp", timestamp(question.wall));
    say_number(writer, "session", session_of(question.random(8)));
    static_cast<void>(writer.end());
    static_cast<void>(writer.finish());
    return out;
  }

  const Principals<CraSpec> principals_;
};

}  // namespace

std::unique_ptr<AuthMethod> make_cra_auth(const std::vector<CraSpec>& principals) {
  return std::make_unique<CraAuth>(principals);
}

}  // namespace zeroway
