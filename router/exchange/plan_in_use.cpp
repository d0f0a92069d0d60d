#include "router/exchange/plan_in_use.h"

#include <algorithm>
#include <cassert>

#include "router/exchange/setup_reply.h"
#include "router/route/circuit_path.h"

namespace zeroway {

namespace {

// By its host, where the site has such hosts, else by its path.
std::shared_ptr<const Circuit> circuit_for(LoopPlan& plan, const Site& site, const Head& head) {
  if (!site.circuit_domains.empty()) {
    const std::string label = label_below(head.authority(), site.circuit_domains);
    if (auto circuit = plan.circuits.find_label(label, *site.circuits)) return circuit;
  }
  return plan.circuits.find(head.path(), *site.circuits);
}

Answer answer_of(LoopPlan& plan, const Site* site, const Head& head, std::shared_ptr<const Circuit> circuit) {
  const bool is_closed_host = circuit->route.path.empty() && !circuit->guard.is_open();
  if (is_closed_host && site->setup != nullptr && asks_for_permit(head)) {
    Answer answer{PlanPin(plan), site, site->setup};
    answer.circuit = std::move(circuit);
    return answer;
  }
  const std::string_view path = head.path();
  const bool is_bare = path.substr(0, path.find('?')) == circuit->route.path;
  Answer answer{PlanPin(plan), site, is_bare ? &circuit->to_slash : &circuit->route};
  if (!is_bare) answer.backend = circuit->backend.get();
  answer.circuit = std::move(circuit);
  return answer;
}

// At the circuit's own port, whatever host and path the request names.
Answer answer_at_port(const ListenerInUse& listener, const Site* site, const Head& head) {
  LoopPlan& plan = *listener.pin;
  auto circuit = plan.circuits.find_whole(listener.circuit, *site->circuits);
  const bool is_tunnel = listener.language == Language::tcp;
  if (circuit == nullptr || (is_tunnel && circuit->tunnels == nullptr)) {
    Answer answer{PlanPin(plan), site, nullptr, nullptr, Match::Miss::no_route};
    answer.may_come = plan.circuits.may_come(listener.circuit, "");
    return answer;
  }
  if (!is_tunnel) return answer_of(plan, site, head, std::move(circuit));
  Answer answer{PlanPin(plan), site, &circuit->route, circuit->tunnels.get()};
  answer.circuit = std::move(circuit);
  return answer;
}

}  // namespace

void PlanInUse::use(std::shared_ptr<const Plan> plan, std::vector<std::shared_ptr<Backend>> backends,
                    std::vector<std::shared_ptr<RequestLog>> logs, PlanTallies tallies) {
  assert(logs.size() == plan->log_files.size());
  plans_.push_back(std::make_unique<LoopPlan>(std::move(plan), std::move(backends), std::move(logs), std::move(tallies),
                                              source_, uses_));
}

Answer PlanInUse::match(const ListenerInUse& listener, const Site* site, const Head& head, std::string_view method,
                        Security security) {
  if (!listener.circuit.empty()) return answer_at_port(listener, site, head);
  LoopPlan& plan = *listener.pin;
  if (site != nullptr && site->circuits != nullptr && (site->to_https == nullptr || security == Security::tls)) {
    if (auto circuit = circuit_for(plan, *site, head)) return answer_of(plan, site, head, std::move(circuit));
  }
  Match match = Plan::match(site, head.authority(), head.path(), method, plan, security);
  Answer answer{PlanPin(plan), match.site, match.route, nullptr, match.miss, std::move(match.allowed)};
  if (match.route != nullptr && match.route->own_answer == OwnAnswer::none)
    answer.backend = plan.backends[match.route->backend].get();
  if (match.miss == Match::Miss::no_route && site->circuits != nullptr &&
      plan.circuits.may_come(head.path(), label_below(head.authority(), site->circuit_domains)))
    answer.may_come = true;
  return answer;
}

void PlanInUse::sweep() {
  if (plans_.size() <= 1) return;
  const auto is_over = [](const auto& one) { return one->pins == 0; };
  plans_.erase(std::remove_if(plans_.begin(), plans_.end() - 1, is_over), plans_.end() - 1);
}

}  // namespace zeroway
