#include "router/net/tls_server.h"

#include <algorithm>
#include <utility>

#include "router/net/tls_connection.h"

namespace zeroway {

TlsServer::TlsServer(Loop& loop, TlsTerms terms, Millis handshake_timeout)
    : loop_(loop), terms_(std::move(terms)), handshake_timeout_(handshake_timeout) {}

TlsServer::~TlsServer() { loop_.forget_turn_end(*this); }

void TlsServer::use(TlsTerms terms) {
  terms_ = std::move(terms);
  const std::vector<TlsConnection*> told = std::exchange(awaiting_, {});
  for (std::size_t at = 0; at < told.size(); ++at) told[at]->challenges_came(terms_.challenges);
}

bool TlsServer::may_sign(TlsConnection& who) {
  if (!is_signature_made_) return true;
  waiting_.push_back(&who);
  return false;
}

void TlsServer::has_signed() {
  is_signature_made_ = true;
  loop_.at_turn_end(*this);
}

void TlsServer::forget(TlsConnection& who) {
  std::replace(waiting_.begin(), waiting_.end(), &who, static_cast<TlsConnection*>(nullptr));
  std::erase(awaiting_, &who);
}

void TlsServer::turn_end() {
  is_signature_made_ = false;
  if (waiting_.empty() || is_posted_) return;
  is_posted_ = true;
  loop_.post([this] { let_next_go_on(); });
}

void TlsServer::let_next_go_on() {
  is_posted_ = false;
  while (!waiting_.empty() && !is_signature_made_) {
    TlsConnection* next = waiting_.front();
    waiting_.pop_front();
    if (next) next->may_go_on();
  }
  if (!waiting_.empty()) loop_.at_turn_end(*this);
}

}  // namespace zeroway
