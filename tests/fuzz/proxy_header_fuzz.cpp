// Any bytes in any cuts: the reader takes the same bytes and says the same; what it says can be written and read back.
#include <algorithm>
#include <string>

#include "router/net/proxy_header.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

using State = ProxyHeaderReader::State;

std::size_t read_in_pieces(ProxyHeaderReader& reader, Bytes bytes, std::size_t piece) {
  std::size_t taken = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    taken += reader.read(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }
  return taken;
}

bool is_same(const Peer& one, const Peer& other) { return one.address == other.address && one.port == other.port; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const Bytes bytes(data + 1, size - 1);
  ProxyHeaderReader whole, cut;
  const std::size_t taken = whole.read(bytes);
  must(read_in_pieces(cut, bytes, piece) == taken);
  must(cut.state() == whole.state() && cut.has_ends() == whole.has_ends());
  must(taken <= bytes.size() && (whole.state() != State::reading || taken == bytes.size()));
  if (!whole.has_ends() || whole.state() != State::done) return 0;
  must(is_same(whole.ends().source, cut.ends().source));
  for (const ProxyVersion version : {ProxyVersion::one, ProxyVersion::two}) {
    ProxyHeaderReader again;
    const std::string written = proxy_header(version, whole.ends());
    must(again.read(as_bytes(written)) == written.size());
    must(again.state() == State::done && again.has_ends());
    must(is_same(again.ends().source, whole.ends().source) &&
         is_same(again.ends().destination, whole.ends().destination));
  }
  return 0;
}
