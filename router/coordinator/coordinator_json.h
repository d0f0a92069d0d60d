// What router and coordinator tell each other, as JSON (RFC 8259): in the form of Backend.AI's App Proxy.
//
// Owner: nobody; pure functions.   Thread: any.
// A coordinator is believed, but its answers may be of any form: each of them has an error, and none a crash.
// Not here: when they are told (coordinator/coordinator_client.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/coordinator/report_memory.h"
#include "router/coordinator/router_facts.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

// The body of PUT /api/worker.
[[nodiscard]] std::string registration_json(const RouterFacts& facts);
// The body of PATCH /api/worker/ID. A coordinator that does not know its keys passes them over.
[[nodiscard]] std::string report_json(const CoordinatorReport& report);
// The router's id in the answer to a registration; it is fit for a path.
[[nodiscard]] Result<std::string> read_worker_id(std::string_view answer);
// Why a coordinator said no: the `title` or the `message` of its answer, at most some 200 bytes; "" = it does not say.
[[nodiscard]] std::string read_refusal(std::string_view answer);

struct CircuitTable {
  std::vector<CircuitSpec> circuits;  // each id once
  std::vector<std::string> skipped;   // why a circuit is not served, or not as it says: for the operator
};
// The answer of GET /api/worker/ID/circuits. A circuit that cannot be read does not keep the others from being served.
//
//     app ──▶ service              kernel_host, kernel_port ──▶ a backend; no host is localhost
//     session of the first route   traffic_ratio ──▶ weight: equal ratios are equal weights, 0 is none
//       ──▶ session                protocol: grpc, h2 ──▶ h2c; preopen ──▶ http; vnc, rdp ──▶ tcp
//                                  port ──▶ port, when it is one of `ports`
[[nodiscard]] Result<CircuitTable> read_circuit_table(std::string_view answer, const std::string& owner,
                                                      const PortRange& ports = {});

}  // namespace zeroway
