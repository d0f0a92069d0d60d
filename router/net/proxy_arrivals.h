// New connections from load balancers, until their PROXY headers are read.
//
// Owner: the front door of a loop.   Thread: that loop.
// A header is read from the socket without a byte behind it: TLS or HTTP begins on the socket as if there were no
// header. Each connection has its own deadline.
// Not here: which peers may send a header (the door knows), the header itself (net/proxy_header.h).
#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/net/loop.h"
#include "router/net/proxy_header.h"
#include "router/net/socket.h"
#include "router/settings/settings.h"

namespace zeroway {

class ProxyArrivals final : private TurnEnd {
 public:
  // `ends` are those that the header names; those of the connection itself when the header names none.
  using Arrived = std::function<void(Socket socket, ConnectionEnds ends)>;
  // The connection is closed. `why` is for the log, good until the call returns.
  using Failed = std::function<void(const Peer& peer, std::string_view why)>;

  // `deadline` is for one header. Both functions are called from the loop, never from inside begin().
  ProxyArrivals(Loop& loop, Millis deadline, Arrived arrived, Failed failed);
  ~ProxyArrivals() override;

  // A header must come on this socket.
  void begin(Socket socket, ConnectionEnds ends);
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  // Closes all connections that still wait; tells nobody.
  void drop_all();

 private:
  class Arrival;

  void over(Arrival& who, std::string_view failure);
  void turn_end() override;

  Loop& loop_;
  Millis deadline_;
  Arrived arrived_;
  Failed failed_;
  std::unordered_map<const Arrival*, std::unique_ptr<Arrival>> open_;
  std::vector<std::unique_ptr<Arrival>> gone_;  // over in this turn: their callers may still be running
};

}  // namespace zeroway
