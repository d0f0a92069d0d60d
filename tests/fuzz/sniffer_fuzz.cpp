// Any first bytes: the sniffer's answer does not change with what comes later.
#include <cstdlib>

#include "router/http/protocol_sniffer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  Sniffed before = Sniffed::more;
  for (std::size_t length = 0; length <= size; ++length) {
    const Sniffed now = sniff_protocol({data, length});
    if (before != Sniffed::more && now != before) std::abort();
    before = now;
  }
  if (size >= 14 && before == Sniffed::more) std::abort();
  return 0;
}
