// A plan in use whose only route is answered by one backend that the test owns.
#pragma once
#include <memory>

#include "router/exchange/plan_in_use.h"

namespace zeroway {

inline PlanInUse one_route(const ExchangeSettings& settings, Backend& backend) {
  PlanInUse plan;
  plan.use(make_plan(settings), {std::shared_ptr<Backend>(&backend, [](Backend*) {})});
  return plan;
}

}  // namespace zeroway
