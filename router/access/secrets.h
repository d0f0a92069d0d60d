// What the files of passwords and keys hold that the rules of a plan name.
//
// Owner: shared by the loops; a new list is made when a file changes.   Thread: any; never changed.
// Not here: when files are read (access/secrets_keeper.h).
#pragma once
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "proto/error.h"
#include "router/access/jwt_keys.h"
#include "router/access/password_file.h"
#include "router/plan/login_rules.h"

namespace zeroway {

// Of cookies; an end of line behind it is the editor's.
struct CookieKey {
  std::string bytes;
};

using Secret = std::variant<PasswordFile, JwtKeys, CookieKey>;

struct NamedSecret {
  SecretSpec spec;
  std::shared_ptr<const Secret> secret;
};
using Secrets = std::vector<NamedSecret>;

// The error has a line for each thing that is wrong, with the file and, where there is one, the line.
[[nodiscard]] Result<std::shared_ptr<const Secret>> read_secret(const SecretSpec& spec);
[[nodiscard]] Result<Secrets> read_secrets(const std::vector<SecretSpec>& specs);

// Null when the list does not have it.
[[nodiscard]] const Secret* find_secret(const Secrets& secrets, const SecretSpec& spec);

}  // namespace zeroway
