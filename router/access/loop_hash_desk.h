// The hash pool, as one loop sees it: answers come as turns of the loop.
//
// Owner: the lane.   Thread: that loop's.
// Not here: the threads (access/hash_pool.h).
#pragma once
#include <utility>

#include "router/access/basic_login.h"
#include "router/net/loop.h"

namespace zeroway {

class LoopHashDesk final : public HashDesk {
 public:
  // Both outlive this object; the pool ends before the loop is destroyed.
  LoopHashDesk(Loop& loop, HashPool& pool) : loop_(loop), pool_(pool) {}

  [[nodiscard]] Digest name(std::string_view user, std::string_view password, std::string_view hash) const override {
    return pool_.name(user, password, hash);
  }
  [[nodiscard]] HashPool::Ticket ask(HashWork work, HashPool::Told told) override {
    return pool_.ask(std::move(work), loop_.now(), [&loop = loop_, told = std::move(told)](HashPool::Answer answer) {
      loop.post([told, answer] { told(answer); });
    });
  }
  void forget(HashPool::Ticket ticket) override { pool_.forget(ticket); }

 private:
  Loop& loop_;
  HashPool& pool_;
};

}  // namespace zeroway
