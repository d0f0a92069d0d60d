// What was found out a short time ago of something secret, by its keyed hash: the secret itself is not kept.
//
// Owner: the logins of one loop.   Thread: that loop.
// A bounded number: the oldest one goes first. Not here: hashing (access/secret_hash.h), how long a value holds.
#pragma once
#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

#include "router/access/secret_hash.h"

namespace zeroway {

template <class Value>
class DigestMemory {
 public:
  explicit DigestMemory(std::size_t most) : most_(most) {}

  // Null for an unknown digest. Good until the next add() or clear().
  [[nodiscard]] const Value* find(const Digest& digest) const {
    const auto found = values_.find(digest);
    return found == values_.end() ? nullptr : &found->second;
  }
  // Replaces the value of a known digest. Returns the value as it is kept.
  const Value& add(const Digest& digest, Value value) {
    const auto [entry, is_new] = values_.insert_or_assign(digest, std::move(value));
    if (is_new) order_.push_back(digest);
    if (order_.size() > most_) {
      values_.erase(order_.front());
      order_.pop_front();
    }
    return entry->second;
  }
  void clear() {
    values_.clear();
    order_.clear();
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  const std::size_t most_;
  std::unordered_map<Digest, Value, DigestHash> values_;
  std::deque<Digest> order_;  // of the first add() of each
};

}  // namespace zeroway
