#include "router/access/good_logins.h"

#include "router/access/limits.h"

namespace zeroway {

bool GoodLogins::has(const Digest& login, Time now) const {
  const auto found = ends_.find(login);
  return found != ends_.end() && now < found->second;
}

void GoodLogins::add(const Digest& login, Time now) {
  if (!ends_.insert_or_assign(login, now + kGoodLoginLife).second) return;
  order_.push_back(login);
  if (order_.size() <= kMostGoodLogins) return;
  ends_.erase(order_.front());
  order_.pop_front();
}

void GoodLogins::clear() {
  ends_.clear();
  order_.clear();
}

}  // namespace zeroway
