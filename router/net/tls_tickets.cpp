#include "router/net/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "router/net/tls_engine.h"

namespace zeroway {

namespace {

void fill(TicketKeys::Key& key) {
  const bool is_random = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                         RAND_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
                         RAND_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
  if (!is_random) throw std::runtime_error("no random bytes for session tickets");  // tickets are not safe without them
}

bool set_up_mac(EVP_MAC_CTX* mac, const TicketKeys::Key& key) {
  std::array<std::uint8_t, 32> secret = key.mac;
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
                              OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  const bool is_set = EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
  OPENSSL_cleanse(secret.data(), secret.size());
  return is_set;
}

constexpr int kFailed = -1, kUnknown = 0, kKnown = 1, kKnownButRenew = 2;  // results that OpenSSL expects

int seal(const TicketKeys::Key& key, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return kFailed;
  std::copy(key.name.begin(), key.name.end(), name);
  const bool is_ready = EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1;
  return is_ready && set_up_mac(mac, key) ? kKnown : kFailed;
}

int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seals) {
  const TicketKeys* keys = TlsEngine::of(ssl).ticket_keys();
  if (!keys) return kUnknown;
  if (seals) return seal(keys->current(), name, iv, cipher, mac);
  const TicketKeys::Key* key = keys->find(name);
  if (!key) return kUnknown;
  const bool is_ready = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv) == 1;
  if (!is_ready || !set_up_mac(mac, *key)) return kFailed;
  // RFC 8446 §C.4: a ticket seen twice lets observers follow the client, so each connection gets a new ticket.
  const bool is_enough = key == &keys->current() && SSL_version(ssl) < TLS1_3_VERSION;
  return is_enough ? kKnown : kKnownButRenew;
}

}  // namespace

std::shared_ptr<const TicketKeys> TicketKeys::make() {
  const std::shared_ptr<TicketKeys> keys(new TicketKeys);
  for (Key& key : keys->keys_) fill(key);
  return keys;
}

std::shared_ptr<const TicketKeys> TicketKeys::rotated() const {
  const std::shared_ptr<TicketKeys> keys(new TicketKeys);
  fill(keys->keys_.front());
  std::copy(keys_.begin(), keys_.end() - 1, keys->keys_.begin() + 1);
  return keys;
}

TicketKeys::~TicketKeys() { OPENSSL_cleanse(keys_.data(), sizeof keys_); }

const TicketKeys::Key* TicketKeys::find(const std::uint8_t* name) const {
  const auto at = std::find_if(keys_.begin(), keys_.end(), [name](const Key& key) {
    return std::memcmp(key.name.data(), name, key.name.size()) == 0;
  });
  return at == keys_.end() ? nullptr : &*at;
}

void use_ticket_keys(ssl_ctx_st* context) { SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket); }

}  // namespace zeroway
