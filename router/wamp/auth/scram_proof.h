// The arithmetic of SCRAM-SHA-256 on the server's side (RFC 5802 §3, RFC 7677).
//
//     ClientSignature = HMAC(StoredKey, AuthMessage)      ClientKey = ClientProof xor ClientSignature
//     right when H(ClientKey) = StoredKey                 ServerSignature = HMAC(ServerKey, AuthMessage)
//
// Owner: nobody; free functions.   Thread: any.
// Not here: what the AuthMessage is (scram_auth.cpp).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// Bytes, not base64. A proof of another length is wrong.
[[nodiscard]] bool is_scram_proof(std::string_view stored_key, std::string_view auth_message, std::string_view proof);
[[nodiscard]] std::string scram_server_signature(std::string_view server_key, std::string_view auth_message);

}  // namespace zeroway
