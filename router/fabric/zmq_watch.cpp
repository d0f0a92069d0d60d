#include "router/fabric/zmq_watch.h"

#include <zmq.h>

#include <cstring>
#include <utility>

namespace zeroway {
namespace {

constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPT_FAILED |
                        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

}  // namespace

ZmqWatch::ZmqWatch(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, Tell tell)
    : watched_(socket), pair_(context, zmq::socket_type::pair), tell_(std::move(tell)) {
  const std::string endpoint = "inproc://watch." + name;
  if (zmq_socket_monitor(socket.handle(), endpoint.c_str(), kEvents) != 0) throw zmq::error_t();
  // A full monitor would block ZeroMQ's I/O thread.
  pair_.set(zmq::sockopt::rcvhwm, 0);
  pair_.set(zmq::sockopt::linger, 0);
  pair_.connect(endpoint);
  descriptor_ = pair_.get(zmq::sockopt::fd);
}

ZmqWatch::~ZmqWatch() { zmq_socket_monitor(watched_.handle(), nullptr, 0); }

void ZmqWatch::read() {
  zmq::message_t event;
  zmq::message_t address;
  while (pair_.recv(event, zmq::recv_flags::dontwait)) {
    if (!pair_.recv(address)) return;
    if (event.size() != 6) continue;
    // 16-bit event and 32-bit value in native order (zmq_socket_monitor(3)).
    std::uint16_t number = 0;
    std::int32_t value = 0;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&value, static_cast<const char*>(event.data()) + sizeof number, sizeof value);
    tell(number, value, address.to_string());
  }
}

void ZmqWatch::tell(std::uint16_t event, std::int32_t value, const std::string& address) {
  switch (event) {
    case ZMQ_EVENT_ACCEPTED:
      return tell_(What::came, value, ++peers_, {});
    case ZMQ_EVENT_DISCONNECTED:
      if (peers_ > 0) --peers_;
      return tell_(What::broke, value, peers_, {});
    case ZMQ_EVENT_ACCEPT_FAILED:
      return tell_(What::failed, -1, peers_,
                   "a connection at " + address + " was not accepted: " + zmq_strerror(value));
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return tell_(What::failed, -1, peers_, "its key is not allowed (ZAP status " + std::to_string(value) + ")");
    default:
      return tell_(What::failed, -1, peers_,
                   "no ZMTP handshake at " + address + " (error " + std::to_string(value) + ")");
  }
}

}  // namespace zeroway
