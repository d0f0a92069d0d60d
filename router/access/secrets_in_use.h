// The secrets that rules find their files in: those in use, and those before, as connections that end with an earlier
// plan still have requests.
//
// Owner: each judge of logins.   Thread: one loop.
// Not here: what the files hold (access/secrets.h).
#pragma once
#include <utility>

#include "router/access/secrets.h"

namespace zeroway {

class SecretsInUse {
 public:
  void use(Secrets secrets) { before_ = std::exchange(now_, std::move(secrets)); }
  // Null when no list has it. Good until the next use().
  [[nodiscard]] const Secret* find(const SecretSpec& spec) const {
    const Secret* secret = find_secret(now_, spec);
    return secret != nullptr ? secret : find_secret(before_, spec);
  }

 private:
  Secrets now_, before_;
};

}  // namespace zeroway
