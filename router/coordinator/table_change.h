// What has to change so that a router has the circuits that its coordinator wants.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: the change itself (router/circuits/circuit_store.h).
#pragma once
#include <string>
#include <vector>

#include "router/exchange/circuit_facts.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

struct TableChange {
  CircuitChange change;
  std::vector<std::string> taken;  // ids that the coordinator wants, and that others have: those stay as they are

  [[nodiscard]] bool is_empty() const { return change.put.empty() && change.removed.empty(); }
};

// `wanted` are all circuits of `owner`. Circuits of others stay.
[[nodiscard]] TableChange change_to(std::vector<CircuitSpec> wanted, const CircuitList& there,
                                    const std::string& owner);

}  // namespace zeroway
