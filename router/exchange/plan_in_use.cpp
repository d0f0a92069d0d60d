#include "router/exchange/plan_in_use.h"

#include <algorithm>

namespace zeroway {

void PlanInUse::use(std::shared_ptr<const Plan> plan, std::vector<std::shared_ptr<Backend>> backends) {
  plans_.push_back(std::make_unique<LoopPlan>(LoopPlan{std::move(plan), std::move(backends), 0}));
}

Answer PlanInUse::match(const ListenerInUse& listener, const Head& head) {
  LoopPlan& plan = *listener.pin;
  const Route* route = plan.plan->match(listener.spec(), head.authority(), head.path());
  if (route == nullptr) return {};
  return {PlanPin(plan), route, plan.backends[route->backend].get()};
}

void PlanInUse::sweep() {
  if (plans_.size() <= 1) return;
  const auto is_over = [](const auto& one) { return one->pins == 0; };
  plans_.erase(std::remove_if(plans_.begin(), plans_.end() - 1, is_over), plans_.end() - 1);
}

}  // namespace zeroway
