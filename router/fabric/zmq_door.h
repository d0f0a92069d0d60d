// The fabric's door: ZeroMQ asks here who may come in, and attaches nobody before the answer (ZAP, ZeroMQ RFC 27).
//
// Owner: ZmqWire keeps one for both sockets.   Thread: one loop, so that no peer can appear between two lines of it.
// ZMTP 1 and 2 have no such question; ZeroMQ lets nobody in who speaks them.
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

  // Has `socket`'s peers ask. Before bind.
  static void guard(zmq::socket_t& socket);
  // An address without its port, and a public key in Z85; "" when it has none.
  using Refused = std::function<void(const std::string& address, const std::string& key)>;
  // Answers all who have asked: yes without a `gate`, else what it says.
  void answer(const CurveGate* gate, const Refused& refused);
  [[nodiscard]] int descriptor() { return questions_.get(zmq::sockopt::fd); }

 private:
  zmq::socket_t questions_;
};

}  // namespace zeroway
