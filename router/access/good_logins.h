// Logins whose password was right a short time ago, so that it need not be hashed again.
//
// Owner: a Gate.   Thread: one loop.
// Holds keyed hashes, no passwords. A login contains the hash that its file has for the user: once the file has another
// one, the old login is not found. Not here: hashing (access/hash_pool.h).
#pragma once
#include <cstddef>

#include "router/access/digest_memory.h"
#include "router/access/limits.h"
#include "router/observe/time.h"

namespace zeroway {

class GoodLogins {
 public:
  [[nodiscard]] bool has(const Digest& login, Time now) const {
    const Time* const end = ends_.find(login);
    return end != nullptr && now < *end;
  }
  void add(const Digest& login, Time now) { ends_.add(login, now + kGoodLoginLife); }
  void clear() { ends_.clear(); }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }

 private:
  DigestMemory<Time> ends_{kMostGoodLogins};
};

}  // namespace zeroway
