#include "router/access/sticky_seal.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "router/access/base64.h"
#include "router/access/limits.h"

namespace zeroway {

namespace {

constexpr int kTag = 16;  // bytes in front of the cipher text

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const EVP_CIPHER* cipher() {
  static const std::unique_ptr<EVP_CIPHER, Free> kCipher(EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr));
  if (kCipher == nullptr) throw std::runtime_error("OpenSSL has no AES-256-SIV");
  return kCipher.get();
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }
std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

}  // namespace

void StickySeal::use(std::string_view secret) {
  opened_.clear();
  key_.emplace();
  unsigned int size = 0;
  if (EVP_Digest(secret.data(), secret.size(), key_->data(), &size, EVP_sha512(), nullptr) != 1 || size != key_->size())
    throw std::runtime_error("OpenSSL cannot hash");
}

std::string StickySeal::seal(std::string_view identity) const {
  if (!key_ || identity.empty()) return {};
  const Context context(EVP_CIPHER_CTX_new());
  std::string sealed(kTag + identity.size(), '\0');
  int size = 0;
  const bool is_done = EVP_EncryptInit_ex2(context.get(), cipher(), key_->data(), nullptr, nullptr) == 1 &&
                       EVP_EncryptUpdate(context.get(), bytes_of(sealed) + kTag, &size, bytes_of(identity),
                                         static_cast<int>(identity.size())) == 1 &&
                       EVP_EncryptFinal_ex(context.get(), bytes_of(sealed) + kTag + size, &size) == 1 &&
                       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTag, sealed.data()) == 1;
  if (!is_done) throw std::runtime_error("OpenSSL cannot seal a cookie");
  return encode_base64url(sealed);
}

std::optional<std::string> StickySeal::open(std::string_view text) {
  if (const auto known = opened_.find(text); known != opened_.end()) return known->second;
  auto identity = decrypt(text);
  if (!identity) return identity;
  if (opened_.size() >= kMostOpenedCookies) opened_.clear();
  opened_.emplace(std::string(text), *identity);
  return identity;
}

std::optional<std::string> StickySeal::decrypt(std::string_view text) const {
  if (!key_ || text.size() > kMostSealedCookie) return std::nullopt;
  auto sealed = decode_base64url(text);
  if (!sealed || sealed->size() <= kTag) return std::nullopt;
  const Context context(EVP_CIPHER_CTX_new());
  std::string identity(sealed->size() - kTag, '\0');
  int size = 0;
  const bool is_ours = EVP_DecryptInit_ex2(context.get(), cipher(), key_->data(), nullptr, nullptr) == 1 &&
                       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, sealed->data()) == 1 &&
                       EVP_DecryptUpdate(context.get(), bytes_of(identity), &size, bytes_of(*sealed) + kTag,
                                         static_cast<int>(identity.size())) == 1;
  if (!is_ours) return std::nullopt;
  return identity;
}

}  // namespace zeroway
