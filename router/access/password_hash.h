// Hashes of passwords as libcrypt makes and checks them: bcrypt, SHA-crypt, yescrypt.
//
// Owner: nobody; free functions.   Thread: any; fits_hash() takes a good part of a second on purpose: never on a loop.
// Not here: files of them (access/password_file.h), on which threads they run (access/hash_pool.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

// Whether `hash` is one that is taken: $2a$, $2b$, $2y$ (bcrypt), $5$, $6$ (SHA-crypt), $y$ (yescrypt). The error says
// what it is in its place, and what to do.
[[nodiscard]] Result<> check_hash(std::string_view hash);

// Whether `hash`, which check_hash() takes, is of `password`.
[[nodiscard]] bool fits_hash(const std::string& password, const std::string& hash);

}  // namespace zeroway
