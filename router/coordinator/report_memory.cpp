#include "router/coordinator/report_memory.h"

#include <algorithm>
#include <set>

#include "router/coordinator/limits.h"

namespace zeroway {

bool ReportMemory::is_known(const CircuitState& state) const {
  const auto found = circuits_.find(state.id);
  return state.is_used_as(found == circuits_.end() ? CircuitState{} : found->second);
}

bool ReportMemory::is_known(const BackendState& state) const {
  const auto found = backends_.find({state.circuit, state.name});
  return (found == backends_.end() ? true : found->second) == state.is_healthy;
}

CoordinatorReport ReportMemory::news(const CoordinatorReport& now) const {
  CoordinatorReport news;
  for (const CircuitState& state : now.circuits)
    if (news.circuits.size() < kMostReported && !is_known(state)) news.circuits.push_back(state);
  for (const BackendState& state : now.backends)
    if (news.backends.size() < kMostReported && !is_known(state)) news.backends.push_back(state);
  return news;
}

bool ReportMemory::has_changed_health(const CoordinatorReport& now) const {
  return std::any_of(now.backends.begin(), now.backends.end(),
                     [this](const BackendState& state) { return !is_known(state); });
}

void ReportMemory::told(const CoordinatorReport& report, const CoordinatorReport& now) {
  for (const CircuitState& state : report.circuits) circuits_[state.id] = state;
  for (const BackendState& state : report.backends) backends_[{state.circuit, state.name}] = state.is_healthy;
  std::set<std::string> ids;
  std::set<Backend> names;
  for (const CircuitState& state : now.circuits) ids.insert(state.id);
  for (const BackendState& state : now.backends) names.insert({state.circuit, state.name});
  std::erase_if(circuits_, [&](const auto& one) { return !ids.contains(one.first); });
  std::erase_if(backends_, [&](const auto& one) { return !names.contains(one.first); });
}

void ReportMemory::clear() {
  circuits_.clear();
  backends_.clear();
}

}  // namespace zeroway
