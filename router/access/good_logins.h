// Logins whose password was right a short time ago, so that it need not be hashed again.
//
// Owner: a Gate.   Thread: one loop.
// Holds keyed hashes, no passwords. A login contains the hash that its file has for the user: once the file has another
// one, the old login is not found. Not here: hashing (access/hash_pool.h).
#pragma once
#include <cstddef>
#include <deque>
#include <unordered_map>

#include "router/access/secret_hash.h"
#include "router/observe/time.h"

namespace zeroway {

class GoodLogins {
 public:
  [[nodiscard]] bool has(const Digest& login, Time now) const;
  // The oldest one goes when there are kMostGoodLogins.
  void add(const Digest& login, Time now);
  void clear();
  [[nodiscard]] std::size_t size() const { return ends_.size(); }

 private:
  std::unordered_map<Digest, Time, DigestHash> ends_;
  std::deque<Digest> order_;
};

}  // namespace zeroway
