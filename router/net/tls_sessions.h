// Sessions of servers that we dialled, so that the next handshake is short: the newest one of each server.
//
// Owner: shared by the TlsClients of one set of rules and their connections.   Thread: any; one mutex, taken by
// handshakes and by tickets, never for a request.
// A resumed session skips the check of certificates, so sessions never leave their set of rules and end after
// kTlsSessionLife. Not here: who may resume what (net/tls_client.h makes the keys).
#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "router/observe/time.h"

struct ssl_session_st;

namespace zeroway {

struct FreeSession {
  void operator()(ssl_session_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_session_st, FreeSession>;

class TlsSessions {
 public:
  // Keeps a copy. The oldest session makes room when there are kMaxTlsSessions.
  void keep(const std::string& key, ssl_session_st* session);
  // A copy of its own for the caller; null when there is none.
  [[nodiscard]] TlsSession find(const std::string& key);

 private:
  struct Kept {
    std::string key;
    TlsSession session;
    Time since;
  };

  std::mutex mutex_;      // a handshake costs a thousand times more
  std::list<Kept> kept_;  // oldest first
  std::unordered_map<std::string, std::list<Kept>::iterator> by_key_;
};

}  // namespace zeroway
