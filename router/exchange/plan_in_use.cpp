#include "router/exchange/plan_in_use.h"

#include <algorithm>

namespace zeroway {

void PlanInUse::use(std::shared_ptr<const Plan> plan, std::vector<std::shared_ptr<Backend>> backends) {
  pinned_.push_back(std::make_unique<Pinned>(Pinned{std::move(plan), std::move(backends), 0}));
}

PlanInUse::Answer PlanInUse::match(const ClientInfo&, const Head& head) {
  Pinned& pinned = *pinned_.back();
  const Route* route = pinned.plan->match(head.authority(), head.path());
  return route == nullptr ? Answer() : Answer(pinned, *route);
}

void PlanInUse::sweep() {
  if (pinned_.size() == 1) return;
  const auto is_over = [this](const auto& one) { return one != pinned_.back() && one->pins == 0; };
  pinned_.erase(std::remove_if(pinned_.begin(), pinned_.end() - 1, is_over), pinned_.end() - 1);
}

}  // namespace zeroway
