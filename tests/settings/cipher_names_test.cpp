#include "router/settings/cipher_names.h"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <memory>

using namespace zeroway;

TEST_CASE("cipher names: OpenSSL has each of them, and IANA's name means the same") {
  for (const std::string& name : all_ciphers()) {
    CAPTURE(name);
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const bool is_v1_3 = name.starts_with("TLS_");
    REQUIRE(SSL_CTX_set_ciphersuites(context.get(), is_v1_3 ? name.c_str() : "") == 1);
    if (!is_v1_3) REQUIRE(SSL_CTX_set_cipher_list(context.get(), name.c_str()) == 1);
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(context.get()), 0);
    CHECK(SSL_CIPHER_get_name(cipher) == name);
    CHECK(cipher_of(name) == name);
    CHECK(cipher_of(SSL_CIPHER_standard_name(cipher)) == name);
  }
}

TEST_CASE("cipher names: no other cipher is one, and no list of OpenSSL's") {
  for (const char* name : {"", "HIGH", "HIGH:!aNULL", "AES128-SHA", "RC4-SHA", "DHE-RSA-AES128-GCM-SHA256", "NULL",
                           "tls_aes_128_gcm_sha256", "ECDHE-RSA-AES128-GCM-SHA256:NULL"}) {
    CHECK(cipher_of(name).empty());
  }
}
