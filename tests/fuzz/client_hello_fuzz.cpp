// Any bytes, in any cuts: no verdict changes when more bytes come, and a name is a host's.
#include <algorithm>
#include <string>

#include "router/http/client_hello.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 64;
  const Bytes bytes(data + 1, size - 1);
  const ClientHello whole = read_client_hello(bytes);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const ClientHello part = read_client_hello(bytes.first(at));
    if (part.state == ClientHello::State::more) continue;
    must(part.state == whole.state && part.name == whole.name);
    break;
  }
  must(whole.name.size() <= 253);
  must(std::none_of(whole.name.begin(), whole.name.end(), [](char c) { return c <= ' ' || (c >= 'A' && c <= 'Z'); }));
  must(whole.name.empty() || whole.state == ClientHello::State::whole);
  return 0;
}
