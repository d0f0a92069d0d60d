// The extensions of a TLS client's first message, as any peer may send them: what is found lies inside them.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "router/net/tls_hello.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes all(data, size);
  const std::string_view name = read_server_name(all);
  if (!name.empty()) {
    must(as_bytes(name).data() >= data && as_bytes(name).data() + name.size() <= data + size);
    must(name.find('\0') == std::string_view::npos);
  }
  if (offers_protocol(all, kAcmeProtocol)) must(as_text(all).find(kAcmeProtocol) != std::string_view::npos);
  return 0;
}
