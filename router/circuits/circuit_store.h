// The circuits that the management API and the coordinator name: all records, kept on disk, told to all loops.
//
//     change() ── some of it in each turn ──▶ records, pools ──▶ users.tell: all loops
//                    └── users.aside: a file for each circuit ──▶ users.when_known ──▶ done
//
// Owner: Router.   Thread: the first loop.
// Changes are made one after the other. A change works at once; `done` is told once the files are written and all loops
// know the change.
// Not here: JSON (circuits/circuit_json.h), requests (exchange/circuits.h), circuits of workers (router/fabric).
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "router/circuits/circuit_files.h"
#include "router/circuits/served_circuit.h"
#include "router/exchange/circuit_facts.h"
#include "router/exchange/circuit_use.h"
#include "router/net/loop.h"

namespace zeroway {

// What the store needs of the router.
struct CircuitUsers {
  std::function<void(std::shared_ptr<const CircuitUpdate>)> tell;  // all loops
  // Runs tasks one after the other where they may wait for the disk.
  std::function<void(std::function<void()>)> aside;
  // Calls back on the first loop, in a later turn, once every loop has taken what it was told before.
  std::function<void(std::function<void()>)> when_known;
};

class CircuitStore {
 public:
  // How many circuits changed, or why nothing has.
  using Done = std::function<void(Result<std::size_t>)>;

  // `uses` outlives this.
  CircuitStore(Loop& loop, const std::string& state_dir, CircuitUses& uses, CircuitUsers users);

  // Reads what the files keep; before the loops run.
  void open();
  // `change` has passed check_circuits(). `done` is called on the first loop, in a later turn. Errors: bad_request when
  // there would be too many circuits, and nothing is changed; internal when the change works, but cannot be kept.
  void change(CircuitChange change, Done done);
  // All of it but the ports, for operators.
  [[nodiscard]] std::shared_ptr<CircuitList> list() const;
  [[nodiscard]] std::size_t size() const { return records_.size(); }

 private:
  // A circuit that was put.
  class Record;
  struct Kept {
    std::shared_ptr<const CircuitSpec> spec;
    std::uint64_t turn = 0;                        // when it was put: the one that came last says what holds
    std::map<std::string, Time> draining_since{};  // by the names of those of its servers that drain
    Time put_at{};
  };

  // A change under way.
  struct Work {
    CircuitChange change;
    Done done;
    std::vector<std::string> removed{};  // that are there
    std::size_t next_removed = 0, next_put = 0;
  };

  void step();
  void go_on();
  [[nodiscard]] std::vector<std::string> removed_by(const CircuitChange& change) const;
  void put(const CircuitSpec& spec, CircuitUpdate& update);
  void remove(const std::string& id, std::set<std::string>& paths);
  void build(const std::string& path, CircuitUpdate& update);
  // Of the servers of all circuits of `path` that have not drained; null = there is none.
  [[nodiscard]] std::shared_ptr<ServersPool> make_pool(const std::string& path, const std::vector<const Kept*>& all,
                                                       Time now) const;
  [[nodiscard]] std::vector<const Kept*> of_path(const std::string& path) const;
  void keep(Work& work);
  void finish(Done done, Result<std::size_t> changed);
  void tell(CircuitUpdate update);
  void sweep();
  // Since when each draining server drains: one that did so before goes on.
  [[nodiscard]] std::map<std::string, Time> draining_since(const CircuitSpec& spec) const;
  // Clients leave a server that has drained for long enough.
  [[nodiscard]] static std::shared_ptr<const CircuitSpec> without_drained(const Kept& kept, Time now);
  // When the next server of these has drained for long enough; Time::max() = none is left that drains.
  [[nodiscard]] static Time next_drained(const std::vector<const Kept*>& all, Time now);
  [[nodiscard]] bool is_idle(const Kept& kept, Time now) const;

  Loop& loop_;
  CircuitUses& uses_;
  const CircuitUsers users_;
  const CircuitFiles files_;
  std::map<std::string, Kept> records_;                                              // by id
  std::map<std::string, std::set<std::string>> ids_;                                 // by path
  std::map<std::string, std::shared_ptr<const ServedCircuit>, std::less<>> served_;  // by path
  std::map<std::string, Time> next_drained_;  // by path: when a server leaves its pool
  std::uint64_t turn_ = 0;
  std::deque<Work> works_;  // the first one is under way
  Timer sweep_;
};

}  // namespace zeroway
