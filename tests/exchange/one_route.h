// A plan in use whose only route is answered by one backend that the test owns.
#pragma once
#include <memory>

#include "router/exchange/plan_in_use.h"
#include "router/plan/make_plan.h"

namespace zeroway {

class OneRoute {
 public:
  OneRoute(const ExchangeSettings& settings, Backend& backend, const EdgeSettings& edge = {}) {
    plan.use(make_plan(edge, settings), {std::shared_ptr<Backend>(&backend, [](Backend*) {})});
    listener = plan.listen(0);
  }

  PlanInUse plan;
  ListenerInUse listener;
};

}  // namespace zeroway
