// The two buffers that the TLS connections of one loop share: each is free between two calls to a connection.
//
// Owner: the TlsServer or the Dialer of a loop; outlives their connections.   Thread: that loop.
// Not here: what is read and written (net/tls_engine.h).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "router/net/limits.h"

namespace zeroway {

class TlsBuffers {
 public:
  [[nodiscard]] std::span<std::uint8_t> plain() {
    if (plain_.empty()) plain_.resize(kTlsPlain);  // a loop without TLS has none
    return plain_;
  }
  // Empty.
  [[nodiscard]] std::string& output() {
    output_.clear();
    if (output_.capacity() > kTlsOutputCapacity) std::string().swap(output_);
    return output_;
  }

 private:
  std::vector<std::uint8_t> plain_;
  std::string output_;
};

}  // namespace zeroway
