// The circuits of one plan on one loop, by path: each is made when a request asks for it first.
//
//     path ── "/SESSION/SERVICE" of it ──▶ known, and as it was? ──▶ the circuit
//                                            └── announced or expected: made; else nobody has the path
//
// Owner: LoopPlan.   Thread: one loop.
// Requests keep their circuit until they are over. A change of one circuit costs a request of another one a single
// look, however many circuits there are. Not here: who announces them (CircuitSource).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/exchange/circuit.h"
#include "router/exchange/circuit_source.h"
#include "router/route/by_text.h"

namespace zeroway {

class Circuits {
 public:
  // Both outlive this. `source` null: there are no circuits. `uses` null: nobody counts them.
  explicit Circuits(CircuitSource* source, CircuitUses* uses = nullptr) : source_(source), uses_(uses) {}

  // The circuit of a canonical path, which may have a query; made by `model`, a route of the plan. Null: no such
  // service is announced.
  [[nodiscard]] std::shared_ptr<const Circuit> find(std::string_view path, const Route& model);
  // The same by the label "SERVICE-SESSION" or the subdomain of a host, in lower case. Every path of such a host is the
  // circuit's.
  [[nodiscard]] std::shared_ptr<const Circuit> find_label(std::string_view label, const Route& model);
  // The same by the path of the circuit itself, where the client's connection names it: every path is the circuit's.
  [[nodiscard]] std::shared_ptr<const Circuit> find_whole(std::string_view circuit, const Route& model);
  // The port that the circuit of this path has; 0 = none.
  [[nodiscard]] std::uint16_t port_of(std::string_view circuit) const {
    return source_ == nullptr ? std::uint16_t{0} : source_->port_of(circuit);
  }
  // Whether the path, or the label of a host, may be that of a circuit that is still to come.
  [[nodiscard]] bool may_come(std::string_view path, std::string_view label) const;

  // The same as find(), by the name by which tokens call it: CircuitGuard::name().
  [[nodiscard]] std::shared_ptr<const Circuit> find_named(std::string_view name, const Route& model);

 private:
  // Whether the circuit has the paths below its own, or every path of a host or port.
  enum class Entry : std::uint8_t { path, whole };
  struct Known {
    std::shared_ptr<const Circuit> circuit;
    std::string path;
    std::uint64_t version = 0;  // of the source, when the circuit was right
  };

  [[nodiscard]] std::shared_ptr<const Circuit> make(const std::string& path, const Route& model, Entry entry);
  [[nodiscard]] std::shared_ptr<const Circuit> find(ByText<Known>& known, std::string_view name, const Route& model,
                                                    Entry entry);
  [[nodiscard]] bool is_still(const Known& known) const;
  [[nodiscard]] bool is_still_known(Known& known) const;
  [[nodiscard]] std::string path_of(std::string_view label, CircuitSource::Presence& presence) const;
  void forget_gone();

  CircuitSource* source_;
  CircuitUses* uses_;
  ByText<Known> known_;         // by path, of the announced ones
  ByText<Known> known_labels_;  // the same, by label
  ByText<Known> known_whole_;   // the same, by path, of those that have every path
  std::uint64_t looked_ = 0;    // version of the source at the last look at all of them
};

}  // namespace zeroway
