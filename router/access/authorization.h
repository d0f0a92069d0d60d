// The field Authorization (RFC 9110 §11.6.2): its scheme and its credentials, and those of Basic (RFC 7617).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: whether the password is right (access/password_hash.h), tokens (access/jwt.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"

namespace zeroway {

struct Authorization {
  std::string scheme;            // lower case
  std::string_view credentials;  // good as long as the head
};

// Nothing without the field. Two fields are the client's error: the backend could take the other one.
[[nodiscard]] Result<std::optional<Authorization>> read_authorization(const Head& head);

struct Credentials {
  std::string user, password;
};

// Nothing for credentials that are no strict base64 of USER:PASSWORD, have a control character, or are too long.
[[nodiscard]] std::optional<Credentials> read_credentials(std::string_view credentials);

}  // namespace zeroway
