#include "router/wamp/auth/scram_proof.h"

#include "router/access/secret_hash.h"
#include "router/wamp/auth/auth_crypto.h"

namespace zeroway {

bool is_scram_proof(std::string_view stored_key, std::string_view auth_message, std::string_view proof) {
  std::string key = hmac_sha256(stored_key, auth_message);
  if (proof.size() != key.size()) return false;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(key[i] ^ proof[i]);
  return is_same_secret(sha256(key), stored_key);
}

std::string scram_server_signature(std::string_view server_key, std::string_view auth_message) {
  return hmac_sha256(server_key, auth_message);
}

}  // namespace zeroway
