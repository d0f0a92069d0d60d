// Who knows which services of sessions are there.
//
// Owner: the fabric implements it for workers, LaneCircuits for these and for what the management API names.
// Thread: one loop. Not here: the circuits that are made of them (exchange/circuits.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/exchange/backend.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

// Who is told of services that appear, disappear or speak another protocol.
class CircuitWatcher {
 public:
  virtual ~CircuitWatcher() = default;
  // Called from within the source: it must not be asked before the caller has returned. `path`: "/SESSION/SERVICE".
  virtual void circuit_changed(const std::string& path) = 0;
};

class CircuitSource {
 public:
  enum class Presence : std::uint8_t {
    unknown,   // nobody announces it
    expected,  // nobody does yet, or any more; but workers may come, so its requests may wait
    announced,
  };

  virtual ~CircuitSource() = default;
  // `path`: "/SESSION/SERVICE".
  [[nodiscard]] virtual Presence presence(std::string_view path) const = 0;
  [[nodiscard]] virtual std::shared_ptr<Backend> backend_of(const std::string& path) = 0;
  // Whether the service speaks TCP. Its backend_of() takes WebSockets that carry the bytes, its tunnels_of() takes
  // tunnels.
  [[nodiscard]] virtual bool is_tcp(std::string_view) const { return false; }
  [[nodiscard]] virtual std::shared_ptr<Backend> tunnels_of(const std::string&) { return nullptr; }
  // The port that the service has beside its path; 0 = none.
  [[nodiscard]] virtual std::uint16_t port_of(std::string_view) const { return 0; }
  // What was said of it by the management API; null = nothing. Another object after each change.
  [[nodiscard]] virtual std::shared_ptr<const CircuitSpec> spec_of(std::string_view) const { return nullptr; }
  // The path of the circuit that has this subdomain; "" = none.
  [[nodiscard]] virtual std::string_view path_of_subdomain(std::string_view) const { return {}; }
  // The path of the circuit that spec_of() gives this id; "" = none.
  [[nodiscard]] virtual std::string_view path_of_id(std::string_view) const { return {}; }
  // Whether there may be circuits that nobody has named yet: the coordinator's table is still to come.
  [[nodiscard]] virtual bool is_waiting_for_circuits() const { return false; }
  // Changes whenever a service appears, disappears or is changed.
  [[nodiscard]] virtual std::uint64_t circuits_version() const = 0;
  // Tells `watcher` of workers' services from now on; it outlives the source.
  virtual void watch(CircuitWatcher&) {}
};

}  // namespace zeroway
