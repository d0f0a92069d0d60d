// The WebSocket that a connection to an HTTP/1.1 origin becomes when the origin answers the handshake with 101.
//
//     handshake ──right 101──▶ WsCodec's frames until the connection ends
//               └─else──▶ an ordinary reply, or an error: this object is not used any more
//
// Owner: its H1ClientCodec.   Thread: the connection's loop.
// Not here: when bytes move (h1_client_codec_sockets.cpp), frames (ws_codec.h).
#pragma once
#include <optional>
#include <string>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/randomness.h"
#include "router/http/ws_codec.h"

namespace zeroway {

class H1ClientWebSocket {
 public:
  // `request` is the CONNECT that the handshake is made from. The key is new in each handshake.
  H1ClientWebSocket(const Head& request, Randomness& random);

  [[nodiscard]] const std::string& key() const { return key_; }
  // Checks the fields of a 101 (RFC 6455 §4.1) and turns it into the head of an accepted WebSocket, with the status
  // 200.
  [[nodiscard]] Result<> accept(Head& reply) const;

  std::string frames;            // written by `codec`, not yet in the connection's output
  std::optional<WsCodec> codec;  // once the origin has accepted

 private:
  std::string key_;
  std::string protocols_;  // offered subprotocols, comma-separated
};

}  // namespace zeroway
