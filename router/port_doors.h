// The ports of circuits: each circuit has one of the plan's range, at a door of its own on every loop.
//
//     records (CircuitStore) ─┐
//                             ├─▶ who is there ── PortTable ──▶ sockets ──▶ a door on each lane
//     workers (CircuitSource) ┘        ▲                └─ none is free: told once, tried again each second
//                                  plan: the range
//
// Owner: Router.   Thread: the first loop.
// A port belongs to its circuit as long as anybody names or announces this circuit; then its connections drain.
// Not here: which port (router/circuits/port_table.h), who answers there (router/exchange/plan_in_use.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "router/circuits/port_table.h"
#include "router/circuits/served_circuit.h"
#include "router/exchange/circuit_facts.h"
#include "router/exchange/circuit_source.h"
#include "router/lane.h"
#include "router/net/loop.h"
#include "router/plan/plan.h"

namespace zeroway {

// What the doors need of the router.
struct PortUsers {
  std::function<void(Lane&, std::function<void()>)> on_lane;  // runs a task on its loop
  std::function<std::optional<TlsTerms>(std::size_t listener)> tls;
};

class PortDoors final : private CircuitWatcher {
 public:
  // `lanes` outlive this object, the first one is this thread's.
  PortDoors(std::vector<std::unique_ptr<Lane>>& lanes, PortUsers users);

  // The plan for the doors from now on. The lanes then get doors() with the plan; open_all() is called behind that.
  void use(std::shared_ptr<const Plan> plan);
  // The doors that stay open under the plan, for each lane.
  [[nodiscard]] std::vector<DoorChange> doors() const;
  // Opens the doors that circuits want under the plan and do not have.
  void open_all();
  // Opens nothing any more.
  void drain() { is_draining_ = true; }

  // Circuits of the management API that changed.
  void update(const CircuitUpdate& update);
  // Whether the ports that records ask for can be theirs. The error is the client's and names the record.
  [[nodiscard]] Result<> check(const CircuitChange& change) const;

  [[nodiscard]] PortCounts counts() const;
  // By path.
  [[nodiscard]] std::map<std::string, std::uint16_t> all() const;

 private:
  // Who may want a port.
  struct Circuit {
    std::optional<Language> named, announced;  // what a record, and what workers say that it speaks
    std::uint16_t asked = 0;                   // the port that the record asks for; 0 = any
    std::uint64_t door = 0;                    // 0 = it has none
    Language language = Language::http;        // of the door

    [[nodiscard]] bool is_wanted() const { return named || announced; }
    [[nodiscard]] Language speaks() const { return named ? *named : announced.value_or(Language::http); }
  };

  void circuit_changed(const std::string& path) override;
  void look();
  void try_again();
  void settle(const std::string& path);
  [[nodiscard]] bool is_right(const std::string& path, const Circuit& circuit) const;
  [[nodiscard]] bool open(const std::string& path, Circuit& circuit);
  void close(const std::string& path, Circuit& circuit);
  void miss(const std::string& path, const Circuit& circuit);
  [[nodiscard]] DoorChange change_of(const std::string& path, const Circuit& circuit) const;
  [[nodiscard]] const CircuitPorts& ports() const { return *plan_->circuit_ports; }

  std::vector<std::unique_ptr<Lane>>& lanes_;
  CircuitSource& source_;  // of the first lane
  const PortUsers users_;
  std::shared_ptr<const Plan> plan_;
  std::optional<PortTable> table_;           // none when the plan has no ports
  std::map<std::string, Circuit> circuits_;  // by path
  std::set<std::string> changed_;            // paths of workers' circuits to be looked at
  std::set<std::string> missing_;            // paths of those that want a port and have none
  std::uint64_t last_door_;
  Time told_until_{};  // no shortage is logged until then
  bool is_draining_ = false;
  Timer again_;
};

}  // namespace zeroway
