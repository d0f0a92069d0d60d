#include "router/access/token_memory.h"

#include <utility>

#include "router/access/limits.h"

namespace zeroway {

const Node* TokenMemory::find(const Digest& token) const {
  const auto found = claims_.find(token);
  return found == claims_.end() ? nullptr : &found->second;
}

const Node& TokenMemory::add(const Digest& token, Node claims) {
  if (order_.size() >= kMostTokens) {
    claims_.erase(order_.front());
    order_.pop_front();
  }
  const auto [entry, is_new] = claims_.insert_or_assign(token, std::move(claims));
  if (is_new) order_.push_back(token);
  return entry->second;
}

void TokenMemory::clear() {
  claims_.clear();
  order_.clear();
}

}  // namespace zeroway
