// The connections of one loop whose TLS handshake is under way.
//
// Owner: the front door.   Thread: one loop.
// Not here: a connection after its handshake (edge/client_session.h), the handshake (net/tls_connection.h).
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "router/net/loop.h"
#include "router/net/tls_connection.h"

namespace zeroway {

class Handshakes final : private TlsArrivals, private TurnEnd {
 public:
  // `secured` is given each connection whose handshake succeeds, and calls serve() on it. `failed` is called for each
  // other connection.
  using Secured = std::function<void(std::unique_ptr<TlsConnection>, ConnectionEnds)>;
  using Failed = std::function<void(const Peer&, std::string_view why)>;
  Handshakes(Loop& loop, TlsServer& server, Secured secured, Failed failed);
  ~Handshakes() override;

  void begin(Socket socket, ConnectionEnds ends);
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  // Drops all handshakes. Not from inside a call of a connection.
  void drop_all();

 private:
  struct Handshake {
    ConnectionEnds ends;
    std::unique_ptr<TlsConnection> connection;
  };

  void secured(TlsConnection& who) override;
  void failed(TlsConnection& who, std::string_view why) override;
  [[nodiscard]] Handshake take(const TlsConnection& who);
  void turn_end() override;

  Loop& loop_;
  TlsServer& server_;
  Secured secured_;
  Failed failed_;
  std::vector<Handshake> open_;
  std::vector<std::unique_ptr<TlsConnection>> gone_;  // ended in this turn: their callers may still be running
};

}  // namespace zeroway
