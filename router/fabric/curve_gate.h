// CURVE on the fabric's sockets: the router's key, and the public keys of the workers that may connect.
//
// Owner: ZmqWire or LoopEngine, when the operator gave a key.   Thread: one loop.
// Not here: ZeroMQ's question whether a peer may connect (router/fabric/zmq_door.h), making keys (tools/keygen), the
// handshake itself (ZeroMQ, or proto/zmtp).
#pragma once
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <zmq.hpp>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/zmtp/curve_keys.h"

namespace zeroway {

class CurveGate {
 public:
  // Reads the router's secret key (40 characters of Z85) and, when `allow_file` is not "", the public keys of the
  // workers that may connect. Each line begins with one key; the text after a space is a comment. A line that begins
  // with "# " is a comment too. Fails naming the file and the line. Also fails when the name of a file says that it
  // holds the other half of a key pair.
  [[nodiscard]] static Result<std::unique_ptr<CurveGate>> open(const std::string& key_file,
                                                               const std::string& allow_file);

  // Makes `socket` a CURVE server with the router's key. Before bind.
  void guard(zmq::socket_t& socket) const;
  // The router's keys as raw bytes, for a CURVE server that is not ZeroMQ's.
  [[nodiscard]] const CurveKeys& keys() const { return keys_; }
  // `raw_public_key`: the 32 bytes of the key.
  [[nodiscard]] bool is_allowed(const std::string& raw_public_key) const;

 private:
  CurveGate(std::string secret_key, std::unordered_set<std::string> allowed);

  std::string secret_key_;
  CurveKeys keys_;
  std::unordered_set<std::string> allowed_;  // raw 32 bytes; empty = every key
};

// A public key as people write it; "" when it has not 32 bytes.
[[nodiscard]] std::string show_key(Bytes raw_public_key);

}  // namespace zeroway
