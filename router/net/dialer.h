// Connects to servers, without waiting: to the first of several addresses that answers, with TLS or without.
//
// Owner: the backend that dials; one per loop, outlives its handles and the TLS connections it made.   Thread: that
// loop. Every error is retry_safe: nobody has seen a request. Its fault is the router's when this machine is short of
// ports or descriptors, or a rule is wrong: then no server is to blame.
// Not here: addresses of names (net/resolver.h), keeping connections (backends).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/net/connection.h"
#include "router/net/loop.h"
#include "router/net/socket_address.h"
#include "router/net/tls_buffers.h"
#include "router/net/tls_client.h"

namespace zeroway {

struct Dialed {
  std::unique_ptr<Connection> connection;  // serve() is its first call
  std::string protocol;                    // chosen by ALPN; "" = none, or no TLS
  SocketAddress address;                   // the one that answered
};

// A dial under way. Its destructor cancels: the callback is not called any more. It may be destroyed in the callback.
class Dialing {
 public:
  virtual ~Dialing() = default;
};

struct DialWish {
  std::vector<SocketAddress> addresses;  // in the order to try; families take turns (RFC 8305 §4)
  const TlsClient* tls = nullptr;        // none = plain; good until dial() returns
  Millis deadline{};                     // for all addresses and TLS together
  std::string first_bytes;               // sent in the clear before all others: a PROXY header
};

class Dialer {
 public:
  using Done = std::function<void(Result<Dialed>)>;

  explicit Dialer(Loop& loop) : loop_(loop) {}

  // Calls `done` once, at the end of a turn, never before dial() returns.
  [[nodiscard]] std::unique_ptr<Dialing> dial(const SocketAddress& address, const TlsClient* tls, Millis deadline,
                                              Done done);
  [[nodiscard]] std::unique_ptr<Dialing> dial(DialWish wish, Done done);

 private:
  class Dial;

  Loop& loop_;
  TlsBuffers buffers_;
};

}  // namespace zeroway
