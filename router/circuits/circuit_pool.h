// The pool of the servers that several circuits of one session's service name.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: the pool as an object (router/backends/servers_pool.h).
#pragma once
#include <span>

#include "proto/error.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

// `specs`: the one that was put last comes last, and says all but the servers. A server that several of them name is
// as the last of them says.
[[nodiscard]] PoolSpec pool_of(std::span<const CircuitSpec* const> specs);
// Whether all that is put could be served. The error, bad_request, names the circuit and what is wrong.
[[nodiscard]] Result<> check_circuits(const CircuitChange& change);

}  // namespace zeroway
