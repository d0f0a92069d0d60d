// What the router tells a coordinator of its circuits, and what of it the coordinator knows already.
//
// Owner: CoordinatorClient.   Thread: the first loop.
// Not here: where the numbers are from (router/router_coordinator.h), their JSON (coordinator/coordinator_json.h).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/observe/wall_clock.h"

namespace zeroway {

struct CircuitState {
  std::string id;
  std::uint64_t requests = 0;
  std::uint32_t open = 0;                 // requests, WebSockets and tunnels
  std::optional<WallTime> last_access{};  // none = nobody has used it: no sign of idleness

  [[nodiscard]] bool is_used_as(const CircuitState& other) const {
    return requests == other.requests && open == other.open;
  }
};

struct BackendState {
  std::string circuit;
  std::string name;  // HOST:PORT
  bool is_healthy = true;

  bool operator==(const BackendState&) const = default;
};

struct CoordinatorReport {
  std::vector<CircuitState> circuits;
  std::vector<BackendState> backends;

  [[nodiscard]] bool is_empty() const { return circuits.empty() && backends.empty(); }
};

class ReportMemory {
 public:
  // What of `now` the coordinator does not know, at most kMostReported of each kind. It believes that a backend it was
  // told nothing of is healthy, and that such a circuit was never used.
  [[nodiscard]] CoordinatorReport news(const CoordinatorReport& now) const;
  // Whether a backend is not as the coordinator knows it.
  [[nodiscard]] bool has_changed_health(const CoordinatorReport& now) const;
  // The coordinator knows this now. Circuits that are not in `now` are forgotten.
  void told(const CoordinatorReport& report, const CoordinatorReport& now);
  void clear();

 private:
  using Backend = std::pair<std::string, std::string>;  // circuit and name

  [[nodiscard]] bool is_known(const CircuitState& state) const;
  [[nodiscard]] bool is_known(const BackendState& state) const;

  std::map<std::string, CircuitState> circuits_;
  std::map<Backend, bool> backends_;
};

}  // namespace zeroway
