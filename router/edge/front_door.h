// The clients of one loop: accepts their connections, keeps a session for each, counts them, and drains them.
//
// Owner: Router keeps one per loop.   Thread: that loop.
// A new connection of an address that has too many connections, or opens connections too fast, is closed at once.
// Connections of trusted proxies are not counted: a proxy speaks for many clients. At HttpLimits::max_connections no
// connection is accepted until another one closes; new connections wait in the kernel's backlog. Not here: the protocol
// on a connection (edge/client_session.h).
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "router/edge/client_session.h"
#include "router/edge/handshakes.h"
#include "router/exchange/exchanges.h"
#include "router/exchange/header_rules.h"
#include "router/net/address_table.h"
#include "router/net/connection_rates.h"
#include "router/net/listener.h"
#include "router/net/loop.h"
#include "router/observe/complaints.h"
#include "router/settings/settings.h"

namespace zeroway {

class FrontDoor final : private TurnEnd {
 public:
  FrontDoor(Loop& loop, const EdgeSettings& settings, Exchanges& exchanges, RequestLog& log, Counters& counters,
            const WallClock& clock);
  ~FrontDoor() override;

  // Serves the clients that connect to `socket` (net/listener.h: listen_at()).
  void open(Socket socket);
  // The same for clients that speak TLS.
  void open_tls(Socket socket, TlsServer& server);
  // Accepts no more connections. Closes the idle connections now, and the others after their open requests.
  void drain();
  [[nodiscard]] bool is_drained() const { return !listener_ && sessions_.empty(); }  // handshakes are dropped
  // Cancels all open requests and closes all connections at once.
  void drop_all();

  // For the sessions.
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] const EdgeSettings& settings() { return settings_; }
  [[nodiscard]] const HttpLimits& limits() const { return settings_.limits; }
  [[nodiscard]] Exchanges& exchanges() { return exchanges_; }
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] std::string_view date() { return date_.text(clock_.wall_now()); }  // good until the next call
  // Counts and logs a request that was answered with an error before it became an exchange.
  void note_refused(const ClientInfo& client, const RefusedRequest& request, Code code);
  // A client's connection broke its protocol as a whole, or was abused.
  void note_broken(const std::string& address, std::string_view why);
  // `session` is destroyed at the end of this turn.
  void over(ClientSession& session);

 private:
  [[nodiscard]] bool may_enter(const Peer& peer);
  // Whether `entry`, the result for an address with a limit of `most`, lets the address in. If not, counts it in
  // `refused` and logs it.
  [[nodiscard]] bool admits(const std::string& address, Entry entry, std::uint64_t& refused, std::size_t most,
                            std::string_view what);
  void left(const std::string& address);
  void accepted(Socket socket, Peer peer);
  void accepted_tls(Socket socket, Peer peer);
  void secured(std::unique_ptr<TlsConnection> connection, Peer peer);
  void handshake_failed(const Peer& peer, std::string_view why);
  void keep(std::unique_ptr<ClientSession> session);
  void pause_when_full();
  void resume_when_not_full();
  void turn_end() override;

  Loop& loop_;
  const EdgeSettings& settings_;
  Exchanges& exchanges_;
  RequestLog& log_;
  Counters& counters_;
  const WallClock& clock_;
  DateField date_;
  std::optional<AddressTable> addresses_;  // none without a limit of connections
  std::optional<ConnectionRates> rates_;   // none without a limit of new connections
  Complaints complaints_, broken_;
  std::optional<Listener> listener_;
  std::optional<Listener> tls_listener_;
  std::unique_ptr<Handshakes> handshakes_;  // none without TLS
  std::vector<std::unique_ptr<ClientSession>> sessions_;
  std::vector<std::unique_ptr<ClientSession>> gone_;  // ended in this turn: their callers may still be running
};

}  // namespace zeroway
