#include "router/net/tls_connection.h"

#include <utility>

#include "router/net/limits.h"
#include "router/net/tls_hello.h"

namespace zeroway {

namespace {

constexpr std::string_view kPlainRefused =
    "HTTP/1.1 400 Bad Request\r\n"
    "content-type: text/plain\r\n"
    "content-length: 51\r\n"
    "connection: close\r\n\r\n"
    "The plain HTTP request was sent to an HTTPS port.\r\n";

// TLS begins with a record's type, 22; a method begins with a letter, and so does HTTP/2's preface.
bool looks_like_http(Bytes bytes) { return bytes[0] >= 'A' && bytes[0] <= 'Z'; }

}  // namespace

TlsConnection::TlsConnection(Loop& loop, Socket socket, TlsServer& server, TlsArrivals& arrivals)
    : TlsStream(loop, std::move(socket), server.buffers(), server.terms()),
      server_(server),
      arrivals_(arrivals),
      handshake_timer_(std::make_unique<Timer>(loop, [this] { lose("the handshake took too long"); })) {
  handshake_timer_->set(server.handshake_timeout());
}

TlsConnection::~TlsConnection() {
  if (is_waiting_ || awaits_challenge_) server_.forget(*this);
}

TlsStream::Shake TlsConnection::may_shake(Bytes bytes) {
  if (!std::exchange(has_begun_, true) && looks_like_http(bytes)) {
    refuse("plain HTTP on a TLS port", kPlainRefused);
    return Shake::drop;
  }
  if (is_waiting_) return Shake::keep;
  if (has_signed_) return Shake::go_on;
  if (server_.may_sign(*this)) {
    use(server_.terms().challenges);  // those at the accept may be old: the first message comes a round trip later
    return Shake::go_on;
  }
  is_waiting_ = true;
  transport().pause(PauseReason::reader);
  return Shake::keep;
}

void TlsConnection::may_go_on() {
  is_waiting_ = false;
  transport().resume(PauseReason::reader);
  transport().offer();
}

void TlsConnection::challenges_came(std::shared_ptr<const TlsChallenges> challenges) {
  awaits_challenge_ = false;
  go_on_with(std::move(challenges));
}

// An authority that asks before the digest is known waits for it, at most until the handshake's deadline.
void TlsConnection::answered(std::size_t bytes) {
  if (engine().awaits_challenge() && !std::exchange(awaits_challenge_, true)) server_.await_challenges(*this);
  if (has_signed_ || bytes <= kHelloRetry) return;
  has_signed_ = true;
  server_.has_signed();
}

// RFC 8737 §4: a connection with a challenge's certificate carries nothing else. Until it is closed the handshake's
// timer bounds it.
void TlsConnection::secured() {
  if (engine().protocol() == kAcmeProtocol) return refuse("a challenge of ACME was answered", {});
  handshake_timer_.reset();
  arrivals_.secured(*this);
}

}  // namespace zeroway
