// Circuits as the management API and the state directory have them: JSON objects (RFC 8259).
//
// Owner: nobody; pure functions.   Thread: any.
// Each error names the key, its value and what fits.
// Not here: what a circuit means (router/plan/circuit_spec.h), files (router/circuits/circuit_files.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

// Whether it can be the id of a circuit: 1 … 128 of A-Z a-z 0-9 . _ ~ -, no '.' first.
[[nodiscard]] bool is_circuit_id(std::string_view text);
// One circuit. `id`: from the request's path or the file's name; an "id" in the text must be the same.
[[nodiscard]] Result<CircuitSpec> read_circuit(std::string_view id, std::string_view text);
// {"put": [{"id": …}, …], "remove": ["ID", …], "replace": true, "owner": "…"}.
[[nodiscard]] Result<CircuitChange> read_circuit_change(std::string_view text);
// One circuit in one line; read_circuit() reads it.
[[nodiscard]] std::string circuit_json(const CircuitSpec& spec);

}  // namespace zeroway
