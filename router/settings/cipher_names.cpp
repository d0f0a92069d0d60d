#include "router/settings/cipher_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace zeroway {

namespace {

struct Names {
  std::string_view openssl;
  std::string_view iana;
};

constexpr std::array kNames{
    Names{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
    Names{"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
    Names{"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
    Names{"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    Names{"ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    Names{"ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    Names{"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    Names{"ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    Names{"ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    Names{"ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    Names{"ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    Names{"ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    Names{"ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    Names{"ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    Names{"ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    Names{"ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    Names{"ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
};

}  // namespace

std::string cipher_of(const std::string& name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Names& names) { return names.openssl == name || names.iana == name; });
  return found == kNames.end() ? "" : std::string(found->openssl);
}

const std::vector<std::string>& all_ciphers() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names;
    for (const Names& one : kNames) names.emplace_back(one.openssl);
    return names;
  }();
  return all;
}

}  // namespace zeroway
