// The SHA-256 of bytes that come in pieces.
//
// Owner: a value.   Thread: any, one at a time.
#pragma once
#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  // The hash of all added bytes, as lower-case hex. May be called once.
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &size);
    std::string text;
    for (unsigned int at = 0; at < size; ++at) {
      text += "0123456789abcdef"[digest[at] >> 4];
      text += "0123456789abcdef"[digest[at] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};
