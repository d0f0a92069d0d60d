// A desk of hashes that answers when the test says so.
#pragma once
#include <map>
#include <utility>

#include "router/access/basic_login.h"
#include "router/access/secret_hash.h"

namespace zeroway {

// Keeps what is to be hashed until the test says the answer.
class FakeDesk final : public HashDesk {
 public:
  Digest name(std::string_view user, std::string_view password, std::string_view hash) const override {
    return hash_.of({user, password, hash});
  }
  HashPool::Ticket ask(HashWork work, HashPool::Told told) override {
    if (is_full) return 0;
    last = std::move(work);
    asked[++count] = std::move(told);
    return count;
  }
  void forget(HashPool::Ticket ticket) override { asked.erase(ticket); }
  void say(HashPool::Answer answer) {
    for (const auto& one : std::exchange(asked, {})) one.second(answer);
  }

  HashWork last;
  std::map<HashPool::Ticket, HashPool::Told> asked;
  HashPool::Ticket count = 0;
  bool is_full = false;

 private:
  SecretHash hash_;
};

}  // namespace zeroway
