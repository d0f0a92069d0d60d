#include "router/net/tls_sessions.h"

#include <openssl/ssl.h>

#include <utility>

#include "router/net/limits.h"

namespace zeroway {

void FreeSession::operator()(ssl_session_st* session) const { SSL_SESSION_free(session); }

// Copies: OpenSSL changes a session in use, and two loops may use the session of one server.
void TlsSessions::keep(const std::string& key, ssl_session_st* session) {
  TlsSession copy(SSL_SESSION_dup(session));
  if (!copy) return;
  const Time now = Clock::now();  // a ticket comes at any time of a connection
  const std::lock_guard lock(mutex_);
  if (const auto at = by_key_.find(key); at != by_key_.end()) {
    kept_.erase(at->second);
    by_key_.erase(at);
  }
  by_key_.emplace(key, kept_.insert(kept_.end(), {key, std::move(copy), now}));
  if (kept_.size() <= kMaxTlsSessions) return;
  by_key_.erase(kept_.front().key);
  kept_.pop_front();
}

TlsSession TlsSessions::find(const std::string& key) {
  const Time now = Clock::now();
  const std::lock_guard lock(mutex_);
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return nullptr;
  if (now - at->second->since < kTlsSessionLife) return TlsSession(SSL_SESSION_dup(at->second->session.get()));
  kept_.erase(at->second);
  by_key_.erase(at);
  return nullptr;
}

}  // namespace zeroway
