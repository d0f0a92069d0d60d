#include <algorithm>

#include "router/access/base64.h"
#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/common_name.h"

namespace zeroway {

namespace {

constexpr std::string_view kName = "tls";
constexpr std::size_t kSha1Hex = 40;

class TlsAuth final : public AuthMethod {
 public:
  explicit TlsAuth(const std::vector<CertificateLoginSpec>& specs) : specs_(specs) {}

  std::string_view name() const override { return kName; }
  // A client without a certificate may have another method.
  MethodAnswer hello(const AuthQuestion& question) const override {
    const AuthClient& client = question.client;
    if (client.fingerprint.empty()) return NextMethod{};
    const std::string der = decode_base64(client.certificate).value_or("");
    const std::string common_name = common_name_of(client.subject);
    const auto fits = [&, old = hex_of(sha1(der))](const CertificateLoginSpec& spec) {
      if (!spec.common_name.empty()) return spec.common_name == common_name;
      return spec.fingerprint == (spec.fingerprint.size() == kSha1Hex ? old : client.fingerprint);
    };
    const auto found = std::find_if(specs_.begin(), specs_.end(), fits);
    if (found == specs_.end())
      return AuthRefusal{auth_error::kFailed, "the certificate of the client is nobody's who may join"};
    return admission_of(found->who, question.hello, kName);
  }

 private:
  const std::vector<CertificateLoginSpec> specs_;
};

}  // namespace

std::unique_ptr<AuthMethod> make_tls_auth(const std::vector<CertificateLoginSpec>& principals) {
  return std::make_unique<TlsAuth>(principals);
}

}  // namespace zeroway
