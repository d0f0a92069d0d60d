// What a coordinator may answer: any bytes. A circuit that is taken is one that the management API takes, too.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "router/circuits/circuit_json.h"
#include "router/coordinator/coordinator_json.h"
#include "tests/fuzz/must.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(read_worker_id(text));
  static_cast<void>(read_refusal(text));
  const auto table = read_circuit_table(text, "owner");
  if (!table) {
    must(!table.error().detail.empty());
    return 0;
  }
  std::set<std::string> ids;
  for (const CircuitSpec& spec : table->circuits) {
    must(ids.insert(spec.id).second);
    const auto again = read_circuit(spec.id, circuit_json(spec));
    must(again && again->servers.size() == spec.servers.size() && again->path() == spec.path());
  }
  return 0;
}
