// The circuits of one plan on one loop, by path: each is made when a request asks for it first.
//
//     path ── "/SESSION/SERVICE" of it ──▶ known? ──▶ the circuit
//                                            └── announced or expected: made; else nobody has the path
//
// Owner: LoopPlan.   Thread: one loop.
// Requests keep their circuit until they are over. Circuits that nobody announces any more are forgotten.
// Not here: who announces them (CircuitSource).
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "router/exchange/circuit.h"
#include "router/exchange/circuit_source.h"
#include "router/route/by_text.h"

namespace zeroway {

class Circuits {
 public:
  // `source` outlives this; null: there are no circuits.
  explicit Circuits(CircuitSource* source) : source_(source) {}

  // The circuit of a canonical path, which may have a query; made by `model`, a route of the plan. Null: no such
  // service is announced.
  [[nodiscard]] std::shared_ptr<const Circuit> find(std::string_view path, const Route& model);
  // The same by the label "SERVICE-SESSION" of a host, in lower case. Every path of such a host is the circuit's.
  [[nodiscard]] std::shared_ptr<const Circuit> find_label(std::string_view label, const Route& model);

 private:
  using Known = ByText<std::shared_ptr<const Circuit>>;

  void forget_gone();

  CircuitSource* source_;
  Known known_;                // by path, of the announced ones
  Known known_labels_;         // the same, by label
  std::uint64_t version_ = 0;  // of the source, when known_ was right
};

}  // namespace zeroway
