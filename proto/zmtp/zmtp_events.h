// What a ZMTP session tells and asks its owner.
//
// Owner: whoever has the connection; outlives the session.   Thread: the session's.
// Called from inside ZmtpSession::receive(). The session may be stopped in a call, not destroyed.
#pragma once
#include <cstddef>

#include "proto/bytes.h"
#include "proto/zmtp/zmtp_properties.h"

namespace zeroway {

class ZmtpEvents {
 public:
  virtual ~ZmtpEvents() = default;
  // CURVE server: whether the client with this public key (32 bytes) may connect. The client has proved that it has
  // the secret key.
  [[nodiscard]] virtual bool is_allowed(Bytes public_key) = 0;
  // The handshake is over: messages may be sent from now on.
  virtual void shook_hands(const ZmtpProperties& peer) = 0;
  // A whole message. `first` is its first part, good until the call returns; messages between router and worker have
  // one part.
  virtual void message(Bytes first, std::size_t parts) = 0;
};

}  // namespace zeroway
