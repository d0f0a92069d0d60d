// What an operator may know of the circuits that the management API has named.
//
// Owner: shared by those who asked; never changed once it is made.   Thread: any; members() looks at what loops share.
// Not here: how it is shown (router/admin/circuits_json.h), who keeps them (router/circuits/circuit_store.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "router/exchange/circuit_use.h"
#include "router/exchange/member_facts.h"
#include "router/observe/time.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

class CircuitView {
 public:
  virtual ~CircuitView() = default;
  [[nodiscard]] virtual const CircuitSpec& spec() const = 0;
  // Whether it says what holds for its session's service: it was put last.
  [[nodiscard]] virtual bool is_in_force() const = 0;
  // Its servers now, with `state` and `open` of all loops together.
  [[nodiscard]] virtual std::vector<MemberFacts> members(Time now) const = 0;
  // Of all circuits of its session's service; null = no request has come.
  [[nodiscard]] virtual const CircuitUse* use() const = 0;
};

// Of the ports that circuits get beside their paths.
struct PortCounts {
  std::size_t range = 0;    // how many there are
  std::size_t used = 0;     // circuits that have one
  std::size_t missing = 0;  // circuits for which none was free
};

struct CircuitList {
  std::vector<std::shared_ptr<const CircuitView>> all;  // by id
  // Of all circuits on which a request has come, also those of workers.
  std::vector<std::pair<std::string, std::shared_ptr<const CircuitUse>>> uses;
  std::map<std::string, std::uint16_t> ports;  // of circuits, by path
};

}  // namespace zeroway
