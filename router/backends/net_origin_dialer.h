// Makes connections to servers over the network: looks the name up, connects, speaks TLS, says the PROXY header.
//
// Owner: whoever builds the backends keeps one per loop; it outlives them.   Thread: that loop.
// The addresses of a name are all addresses of one server: each dial begins with another one.
// Not here: sockets and TLS (net/dialer.h), names (net/resolver.h).
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/backends/origin_dialer.h"
#include "router/net/dialer.h"
#include "router/net/resolver.h"

namespace zeroway {

class NetOriginDialer final : public OriginDialer {
 public:
  // All of them outlive the dialer and the codecs that it makes.
  NetOriginDialer(Loop& loop, Resolver& resolver, Dialer& dialer, const ClientCodecSettings& codecs)
      : loop_(loop), resolver_(resolver), dialer_(dialer), codecs_(codecs) {}

  [[nodiscard]] std::unique_ptr<OriginDialing> dial(const OriginWish& wish, Done done) override;
  [[nodiscard]] std::unique_ptr<OriginDialing> follow(const ServerSpec& server, Followed done) override;

 private:
  class Dial;
  class Following;

  void rotate(std::vector<SocketAddress>& addresses);

  Loop& loop_;
  Resolver& resolver_;
  Dialer& dialer_;
  const ClientCodecSettings& codecs_;
  std::size_t turn_ = 0;
};

}  // namespace zeroway
