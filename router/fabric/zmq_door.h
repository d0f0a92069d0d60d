// The ZAP handler (ZeroMQ RFC 27): ZeroMQ asks here whether a peer may connect, and attaches no peer before the answer.
//
// Owner: ZmqWire keeps one for both sockets.   Thread: one loop, so that no peer can appear between two lines of that
// loop's code.
// ZMTP 1 and 2 have no such question; ZeroMQ refuses the peers that speak them.
// Not here: which keys are allowed (router/fabric/curve_gate.h).
#pragma once
#include <functional>
#include <string>
#include <zmq.hpp>

namespace zeroway {

class CurveGate;

class ZmqDoor {
 public:
  // There is one in each context. Throws zmq::error_t when it cannot be made.
  explicit ZmqDoor(zmq::context_t& context);

  // Makes ZeroMQ ask about each peer of `socket`. Before bind.
  static void guard(zmq::socket_t& socket);
  // An address without its port, and a public key in Z85, "" when the peer has none.
  using Refused = std::function<void(const std::string& address, const std::string& key)>;
  // Answers all questions so far: yes without a `gate`, else as the gate decides.
  void answer(const CurveGate* gate, const Refused& refused);
  [[nodiscard]] int descriptor() { return questions_.get(zmq::sockopt::fd); }

 private:
  zmq::socket_t questions_;
};

}  // namespace zeroway
