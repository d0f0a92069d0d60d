// Keys of whom routers trust, and tokens that such a key signs; for tests, also wrong ones.
//
// Owner: a test.   Thread: one.
// Not here: reading them (router/access).
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

inline std::string to_base64url(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xffffffU;
    for (count += 8; count >= 6; count -= 6) text.push_back(kDigits[bits >> (count - 6) & 63U]);
  }
  if (count > 0) text.push_back(kDigits[bits << (6 - count) & 63U]);
  return text;
}

class SigningKey {
 public:
  enum class Sign : std::uint8_t { pkcs1, pss, ecdsa, eddsa };

  static SigningKey rsa(unsigned bits = 2'048) {
    return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
  }
  static SigningKey p256() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }
  static SigningKey ed25519() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

  [[nodiscard]] std::string public_pem() const {
    return pem_of([this](BIO* to) { return PEM_write_bio_PUBKEY(to, key_.get()); });
  }
  [[nodiscard]] std::string private_pem() const {
    return pem_of(
        [this](BIO* to) { return PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  // An entry of a key set; `more` is put in front: "\"kid\":\"a\","
  [[nodiscard]] std::string jwk(const std::string& more = "") const {
    if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA)
      return "{" + more + R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
             number(OSSL_PKEY_PARAM_RSA_E) + "\"}";
    if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_EC)
      return "{" + more + R"("kty":"EC","crv":"P-256","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
             number(OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"}";
    unsigned char raw[32];
    std::size_t size = sizeof(raw);
    EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
    return "{" + more + R"("kty":"OKP","crv":"Ed25519","x":")" +
           to_base64url({reinterpret_cast<const char*>(raw), size}) + "\"}";
  }

  [[nodiscard]] std::string sign(std::string_view text, Sign how) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* of_key = nullptr;
    EVP_DigestSignInit(context.get(), &of_key, how == Sign::eddsa ? nullptr : EVP_sha256(), nullptr, key_.get());
    if (how == Sign::pss) {
      EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST);
    }
    std::string made(1'024, '\0');
    std::size_t size = made.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    made.resize(size);
    return how == Sign::ecdsa ? pair_of(made) : made;
  }

 private:
  explicit SigningKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}

  template <class Write>
  static std::string pem_of(Write write) {
    BIO* to = BIO_new(BIO_s_mem());
    write(to);
    char* at = nullptr;
    const long size = BIO_get_mem_data(to, &at);
    std::string text(at, static_cast<std::size_t>(size));
    BIO_free(to);
    return text;
  }
  [[nodiscard]] std::string number(const char* name, int size = 0) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    const int bytes = size > 0 ? size : BN_num_bytes(value);
    std::string text(static_cast<std::size_t>(bytes), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(text.data()), bytes);
    BN_free(value);
    return to_base64url(text);
  }
  // R and S end to end, of a DER sequence.
  static std::string pair_of(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string text(64, '\0');
    auto* to = reinterpret_cast<unsigned char*>(text.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), to + 32, 32);
    ECDSA_SIG_free(pair);
    return text;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

inline std::string unsigned_token(std::string_view header, std::string_view claims) {
  return to_base64url(header) + "." + to_base64url(claims);
}
inline std::string token_of(const SigningKey& key, SigningKey::Sign how, std::string_view header,
                            std::string_view claims) {
  const std::string text = unsigned_token(header, claims);
  return text + "." + to_base64url(key.sign(text, how));
}
// HS256
inline std::string token_of(const std::string& secret, std::string_view header, std::string_view claims) {
  const std::string text = unsigned_token(header, claims);
  unsigned char made[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), made, &size);
  return text + "." + to_base64url({reinterpret_cast<const char*>(made), size});
}

}  // namespace zeroway
