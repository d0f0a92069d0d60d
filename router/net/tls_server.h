// What the TLS connections of one loop share: the terms for new connections, buffers, and the one signature of a turn.
//
// Owner: Router, one per loop; outlives the loop's connections.   Thread: that loop.
// A handshake costs a signature, which takes the time of some hundred requests. So each turn of the loop makes one
// signature, and other handshakes wait in a queue: open connections are served in between.
// Not here: one connection (net/tls_connection.h), new terms (net/tls_keeper.h).
#pragma once
#include <deque>
#include <vector>

#include "router/net/loop.h"
#include "router/net/tls_buffers.h"
#include "router/net/tls_engine.h"
#include "router/settings/settings.h"

namespace zeroway {

class TlsConnection;

class TlsServer final : private TurnEnd {
 public:
  TlsServer(Loop& loop, TlsTerms terms, Millis handshake_timeout);
  ~TlsServer() override;

  // For connections that begin from now on, and for those that wait for a challenge.
  void use(TlsTerms terms);

  // For its connections.
  [[nodiscard]] const TlsTerms& terms() const { return terms_; }
  [[nodiscard]] Millis handshake_timeout() const { return handshake_timeout_; }
  [[nodiscard]] TlsBuffers& buffers() { return buffers_; }
  // False when this turn's signature is made. Then may_go_on() of the connection is called in a later turn, and the
  // connection has the signature of that turn.
  [[nodiscard]] bool may_sign(TlsConnection& who);
  void has_signed();
  void forget(TlsConnection& who);
  // challenges_came() of the connection is called with the next terms.
  void await_challenges(TlsConnection& who) { awaiting_.push_back(&who); }

 private:
  void turn_end() override;
  void let_next_go_on();

  Loop& loop_;
  TlsTerms terms_;
  Millis handshake_timeout_;
  TlsBuffers buffers_;
  std::deque<TlsConnection*> waiting_;    // null where a connection has gone
  std::vector<TlsConnection*> awaiting_;  // the digest of a challenge
  bool is_signature_made_ = false;
  bool is_posted_ = false;
};

}  // namespace zeroway
