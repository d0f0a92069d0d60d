// Makes connections to servers, with the codec that fits what the server speaks.
//
// Owner: whoever builds the backends keeps one per loop; it outlives them.   Thread: that loop.
// The seam between the pool's rules and the network: a test gives connections that it has scripted.
// Not here: the network (backends/net_origin_dialer.h), which server and when (backends/origin.h).
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "proto/error.h"
#include "router/backends/origin_tls.h"
#include "router/exchange/client_info.h"
#include "router/http/client_codec.h"
#include "router/net/connection.h"
#include "router/net/socket_address.h"
#include "router/plan/pool_spec.h"

namespace zeroway {

struct DialedOrigin {
  std::unique_ptr<Connection> connection;  // serve() is its first call
  std::unique_ptr<ClientCodec> codec;
  bool is_http2 = false;
  std::optional<SocketAddress> address = std::nullopt;  // the one of the server's addresses that answered
};

// A dial under way. Its destructor cancels: the callback is not called any more. It may be destroyed in the callback.
class OriginDialing {
 public:
  virtual ~OriginDialing() = default;
};

// Good until dial() returns, except `server`, which outlives the dial.
struct OriginWish {
  const ServerSpec& server;
  const OriginTls* tls = nullptr;      // none = plain
  bool only_http1 = false;             // a WebSocket: not every HTTP/2 server has extended CONNECT (RFC 8441)
  const ClientInfo* client = nullptr;  // whom a PROXY header names; none = ourselves
  std::chrono::milliseconds deadline{};
};

class OriginDialer {
 public:
  using Done = std::function<void(Result<DialedOrigin>)>;
  using Followed = std::function<void(const std::vector<SocketAddress>&)>;

  virtual ~OriginDialer() = default;
  // Calls `done` once, never before dial() returns. The deadline covers the name, TCP, TLS. An error whose fault is the
  // router's is not the server's failure: this machine has no port or no descriptor left, or a file cannot be read.
  [[nodiscard]] virtual std::unique_ptr<OriginDialing> dial(const OriginWish& wish, Done done) = 0;
  // Calls `done` with the addresses that the server has now, at most once, never before follow() returns. Null when
  // they cannot change.
  [[nodiscard]] virtual std::unique_ptr<OriginDialing> follow(const ServerSpec& server, Followed done) = 0;
};

}  // namespace zeroway
