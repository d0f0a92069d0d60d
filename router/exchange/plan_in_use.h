// The plan that one loop uses now, with the backends that answer its routes, and the earlier plans that open exchanges
// still need.
//
// Owner: Router keeps one per loop.   Thread: that loop.
// An exchange pins the plan that its route is from. A plan that is no longer in use ends at the first sweep() that
// finds it without pins, and with it the backends that no later plan has: never inside a verb of such a backend.
// Not here: what a plan says (router/plan), who builds backends (router/lane.cpp).
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/exchange/backend.h"
#include "router/exchange/circuits.h"
#include "router/exchange/tally_book.h"
#include "router/observe/request_log.h"
#include "router/plan/plan.h"

namespace zeroway {

// A plan with its backends, as one loop sees it.
struct LoopPlan final : ClaimLookup {
  LoopPlan(std::shared_ptr<const Plan> with_plan, std::vector<std::shared_ptr<Backend>> with_backends,
           std::vector<std::shared_ptr<RequestLog>> with_logs, PlanTallies with_tallies, CircuitSource* source,
           CircuitUses* uses)
      : circuits(source, uses),
        plan(std::move(with_plan)),
        backends(std::move(with_backends)),
        logs(std::move(with_logs)),
        tallies(std::move(with_tallies)) {}
  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t backend, std::string_view host,
                                                   std::string_view path) const override {
    return backends[backend]->claimed(host, path);
  }

  Circuits circuits;
  const std::shared_ptr<const Plan> plan;
  const std::vector<std::shared_ptr<Backend>> backends;  // in the order of Plan::backends; plans share equal ones
  const std::vector<std::shared_ptr<RequestLog>> logs;   // in the order of Plan::log_files
  const PlanTallies tallies;
  std::size_t pins = 0;
};

// Keeps a plan and its backends while it lives.
class PlanPin {
 public:
  PlanPin() = default;
  explicit PlanPin(LoopPlan& plan) : plan_(&plan) { ++plan.pins; }
  PlanPin(PlanPin&& other) noexcept : plan_(std::exchange(other.plan_, nullptr)) {}
  PlanPin& operator=(PlanPin&& other) noexcept {
    const PlanPin old(std::move(*this));
    plan_ = std::exchange(other.plan_, nullptr);
    return *this;
  }
  ~PlanPin() {
    if (plan_ != nullptr) --plan_->pins;
  }
  [[nodiscard]] LoopPlan* operator->() const { return plan_; }
  [[nodiscard]] LoopPlan& operator*() const { return *plan_; }
  [[nodiscard]] bool is_empty() const { return plan_ == nullptr; }

 private:
  LoopPlan* plan_ = nullptr;
};

// Where clients came in, under the plan that is in use for new requests there.
struct ListenerInUse {
  PlanPin pin;
  std::size_t index = 0;               // in Plan::listeners; of a circuit's port: the listener that it shares all with
  std::string circuit = {};            // "/SESSION/SERVICE", whose port it is; "" = a listener of the plan
  Language language = Language::http;  // of a circuit's port

  [[nodiscard]] const ListenerSpec& spec() const {
    const Plan& plan = *pin->plan;
    return circuit.empty() ? plan.listeners[index] : plan.circuit_ports->of(language);
  }
};

// Who answers a request. Site, route and backend stay while this object lives.
struct Answer {
  PlanPin pin;
  const Site* site = nullptr;    // null: no site has the host
  const Route* route = nullptr;  // null: `miss` says why
  Backend* backend = nullptr;    // null with an own answer
  Match::Miss miss = Match::Miss::none;
  std::string allowed{};                     // with Miss::wrong_method: the value of Allow
  bool may_come = false;                     // with Miss::no_route: a circuit that is still to come may have the path
  std::shared_ptr<const Circuit> circuit{};  // whose route and backend these are; null = the plan's

  // Where the request is counted: a route of the plan, or null.
  [[nodiscard]] const Route* counted() const { return circuit != nullptr ? circuit->model : route; }
};

class PlanInUse {
 public:
  // Both outlive the plans. `source` null: there are no circuits. `uses` null: nobody counts their requests.
  explicit PlanInUse(CircuitSource* source = nullptr, CircuitUses* uses = nullptr) : source_(source), uses_(uses) {}

  // Answers by `plan` from now on. `backends`: one for each of Plan::backends; `logs`: for each of Plan::log_files.
  // Requests are counted in `tallies`.
  void use(std::shared_ptr<const Plan> plan, std::vector<std::shared_ptr<Backend>> backends,
           std::vector<std::shared_ptr<RequestLog>> logs = {}, PlanTallies tallies = {});
  [[nodiscard]] bool is_empty() const { return plans_.empty(); }  // before the first use()
  [[nodiscard]] const LoopPlan& now() const { return *plans_.back(); }
  [[nodiscard]] ListenerInUse listen(std::size_t index, std::string circuit = {}, Language language = Language::http) {
    return {PlanPin(*plans_.back()), index, std::move(circuit), language};
  }
  // Who answers the request, by the plan of its listener. `site`: see Plan::match(). `method`: that of the request, or
  // the one that a preflight asks about.
  [[nodiscard]] static Answer match(const ListenerInUse& listener, const Site* site, const Head& head,
                                    std::string_view method, Security security = Security::none);

  // Ends the plans that nobody needs. Never to be called from a verb.
  void sweep();
  // Plans kept: the one in use, and earlier ones with open exchanges.
  [[nodiscard]] std::size_t size() const { return plans_.size(); }

 private:
  CircuitSource* source_;
  CircuitUses* uses_;
  std::vector<std::unique_ptr<LoopPlan>> plans_;  // the last one is in use
};

}  // namespace zeroway
