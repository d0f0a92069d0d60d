// A plan in use whose only route is answered by one backend that the test owns.
#pragma once
#include <memory>

#include "router/exchange/plan_in_use.h"
#include "router/plan/make_plan.h"
#include "tests/exchange/fake_circuits.h"

namespace zeroway {

class OneRoute {
 public:
  OneRoute(const ExchangeSettings& settings, Backend& backend, const EdgeSettings& edge = {}) {
    use(make_plan(edge, settings), backend);
  }
  // Every backend of the plan is the one.
  void use(std::shared_ptr<const Plan> made, Backend& backend, std::vector<std::shared_ptr<RequestLog>> logs = {}) {
    std::vector<std::shared_ptr<Backend>> backends;
    for (std::size_t index = 0; index < made->backends.size(); ++index)
      backends.emplace_back(&backend, [](Backend*) {});
    plan.use(std::move(made), std::move(backends), std::move(logs));
    listener = plan.listen(0);
  }

  FakeCircuits circuits;
  CircuitUses uses;
  PlanInUse plan{&circuits, &uses};
  ListenerInUse listener;
};

}  // namespace zeroway
