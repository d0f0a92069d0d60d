// One listener of the plan on one loop: accepts its connections, keeps a session for each, and drains them.
//
// Owner: the loop's lane (router/lane.h).   Thread: that loop.
// A door stays while plans change, as long as they have its listener: its socket and its open connections stay, and new
// requests are matched in the new plan. A door whose listener is gone drains under the last plan that had it.
// Not here: the protocol on a connection (edge/client_session.h), who may connect (edge/admission.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "router/edge/admission.h"
#include "router/edge/client_session.h"
#include "router/edge/handshakes.h"
#include "router/exchange/exchanges.h"
#include "router/exchange/plan_in_use.h"
#include "router/net/listener.h"
#include "router/net/loop.h"
#include "router/net/proxy_arrivals.h"
#include "router/net/tls_server.h"
#include "router/observe/complaints.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

// What the doors of a loop share.
struct DoorContext {
  Loop& loop;
  Admission& admission;
  Exchanges& exchanges;
  Counters& counters;
};

class FrontDoor final : private TurnEnd, private Gate {
 public:
  FrontDoor(const DoorContext& context, ListenerInUse listener);
  ~FrontDoor() override;

  // Serves the clients that connect to `socket` (net/listener.h: listen_at()).
  void open(Socket socket);
  // The same for clients that speak TLS.
  void open_tls(Socket socket, TlsTerms terms);
  // Matches new requests at `listener` from now on: the same socket in a new plan.
  void use(ListenerInUse listener);
  // For TLS connections that begin from now on.
  void use_tls(const TlsTerms& terms) { tls_->use(terms); }
  // Accepts no more connections. Closes the idle connections now, and the others after their open requests.
  void drain();
  // In Plan::listeners.
  [[nodiscard]] std::size_t listener_index() const { return in_use_.index; }
  // Connections that were admitted so far, and those that are open; without handshakes under way.
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] std::size_t open_connections() const { return sessions_.size(); }
  [[nodiscard]] bool is_management() const { return in_use_.spec().is_management; }
  [[nodiscard]] bool is_drained() const { return !listener_ && sessions_.empty(); }  // handshakes are dropped
  // Cancels all open requests and closes all connections at once.
  void drop_all();

  // For the sessions.
  [[nodiscard]] Loop& loop() { return context_.loop; }
  [[nodiscard]] const EdgeSettings& settings() { return settings_; }
  [[nodiscard]] const HttpLimits& limits() const { return settings_.limits; }
  [[nodiscard]] const ListenerInUse& listener() const { return in_use_; }
  [[nodiscard]] Exchanges& exchanges() { return context_.exchanges; }
  [[nodiscard]] Counters& counters() { return context_.counters; }
  // Counts one more connection of RawSocket, until it is over. False, and nothing is counted, when there are too many.
  [[nodiscard]] bool count_raw_socket();
  // A client's connection broke its protocol as a whole, or was abused.
  void note_broken(const std::string& address, std::string_view why);
  // `session` is destroyed at the end of this turn.
  void over(ClientSession& session);

 private:
  void pause() override;
  void resume() override;
  void listen(Socket socket);
  void accepted(Socket socket, Peer peer);
  [[nodiscard]] bool may_connect(const Peer& peer) const;
  void tell_stranger(const Peer& peer);
  void begin(Socket socket, ConnectionEnds ends);
  void drop_arrivals();
  // The address under which a connection is admitted.
  [[nodiscard]] const std::string& counted(const std::string& address) const;
  void no_proxy_header(const Peer& peer, std::string_view why);
  void secured(std::unique_ptr<TlsConnection> connection, ConnectionEnds ends);
  void handshake_failed(const Peer& peer, std::string_view why);
  void keep(std::unique_ptr<ClientSession> session);
  void leave_admission();
  void turn_end() override;

  DoorContext context_;
  ListenerInUse in_use_;
  EdgeSettings settings_;  // the codecs' references to it stay good while the plan changes
  Complaints broken_;
  Time tells_stranger_from_ = Time::min();  // when the next peer that is no trusted proxy is logged
  std::optional<TlsServer> tls_;            // none without TLS
  std::unique_ptr<Handshakes> handshakes_;  // none without TLS
  std::optional<ProxyArrivals> arrivals_;   // none without PROXY headers
  std::optional<Listener> listener_;        // none before open() and after drain()
  std::vector<std::unique_ptr<ClientSession>> sessions_;
  std::vector<std::unique_ptr<ClientSession>> gone_;  // ended in this turn: their callers may still be running
  std::uint64_t accepted_ = 0;
  std::uint32_t raw_sockets_ = 0;  // open connections of RawSocket
  bool has_joined_ = false;
};

}  // namespace zeroway
