// Whole fabric messages into a router: whatever two workers that said hello send, the fabric stays on its feet, keeps
// its counts and says nothing after a reset.
#include <cstdlib>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FabricSettings settings;
  settings.first_stream_id = 1;
  Bench bench(settings);
  bench.join("a");
  bench.join("b");
  (void)bench.ask("/1");
  (void)bench.ask("/2", Last::no);
  // Each message: one byte of who says it and what else happens, two bytes of length, the message.
  std::size_t at = 0;
  while (at + 3 <= size) {
    const std::uint8_t what = data[at];
    const std::size_t wanted = static_cast<std::size_t>(data[at + 1]) * 256 + data[at + 2];
    const std::size_t length = std::min(wanted, size - at - 3);
    const std::string message(reinterpret_cast<const char*>(data) + at + 3, length);
    at += 3 + length;
    bench.say((what & 1) != 0 ? "b" : "a", message);
    if ((what & 2) != 0) bench.pass(40);
    if ((what & 4) != 0) (void)bench.ask("/more", (what & 8) != 0 ? Last::yes : Last::no);
    if ((what & 16) != 0) bench.break_steer("a");
    if ((what & 32) != 0) bench.join("a");
  }
  for (const auto& [key, exchange] : bench.exchanges) {
    const std::size_t reset = exchange->said.find("reset");
    if (reset != std::string::npos && exchange->said.find(" · ", reset) != std::string::npos) std::abort();
  }
  if (bench.counters.streams_open > bench.exchanges.size()) std::abort();
  return 0;
}
