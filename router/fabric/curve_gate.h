// CURVE at the fabric's door: the router's key, and who may come in.
//
// Owner: ZmqWire, when the operator gave a key.   Thread: made on any; answers ZeroMQ's ZAP questions on a thread of
// its own. Not here: making keys (tools/keygen), the handshake itself (ZeroMQ).
#pragma once
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <zmq.hpp>

#include "proto/error.h"

namespace zeroway {

class CurveGate {
 public:
  // Reads the router's secret key (40 characters of Z85) and, when `allow_file` is not "", the public keys of the
  // workers that may come: one at the beginning of each line, what follows after a space is a comment, and so is a
  // line that begins with "# ". Fails naming the file and the line.
  [[nodiscard]] static Result<std::unique_ptr<CurveGate>> open(zmq::context_t& context, const std::string& key_file,
                                                               const std::string& allow_file);
  ~CurveGate();

  // Makes `socket` a CURVE server whose clients this gate checks. Before bind.
  void guard(zmq::socket_t& socket) const;

 private:
  CurveGate(zmq::context_t& context, std::string secret_key, std::unordered_set<std::string> allowed);
  void answer();
  [[nodiscard]] bool is_allowed(const std::string& raw_public_key) const;

  std::string secret_key_;
  std::unordered_set<std::string> allowed_;  // raw 32 bytes; empty = every key
  zmq::socket_t questions_;
  zmq::socket_t stop_;
  zmq::socket_t stopped_;
  std::thread thread_;
};

}  // namespace zeroway
