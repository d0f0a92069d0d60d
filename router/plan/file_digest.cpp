#include "router/plan/file_digest.h"

#include <openssl/evp.h>

#include <array>

namespace zeroway {

std::string sha256_hex(std::string_view content) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int at = 0; at < size; ++at) {
    hex.push_back(kDigits[digest[at] >> 4]);
    hex.push_back(kDigits[digest[at] & 15]);
  }
  return hex;
}

}  // namespace zeroway
