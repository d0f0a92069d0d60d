// A circuit as the management API or a file of the state directory says it: any bytes. What is read is written so that
// it reads the same, names a path of two parts and a file in its folder, and makes a pool; all else says why.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/control.h"
#include "router/circuits/circuit_json.h"
#include "router/circuits/circuit_pool.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

void check(const CircuitSpec& spec) {
  must(is_circuit_id(spec.id) && spec.id.find('/') == std::string::npos);
  must(is_app_part(spec.session) && is_app_part(spec.service));
  const auto again = read_circuit(spec.id, circuit_json(spec));
  must(again && *again == spec);
  const CircuitSpec* specs[] = {&spec};
  must(pool_of(specs).servers.size() == spec.servers.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto one = read_circuit("an-id", text);
  if (one) check(*one);
  if (!one) must(!one.error().detail.empty());
  const auto many = read_circuit_change(text);
  if (many)
    for (const CircuitSpec& spec : many->put) check(spec);
  if (!many) must(!many.error().detail.empty());
  return 0;
}
