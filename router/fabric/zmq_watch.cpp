#include "router/fabric/zmq_watch.h"

#include <zmq.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "router/fabric/handshake_error.h"

namespace zeroway {
namespace {

constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                        ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

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
  collect();
  while (!events_.empty()) {
    const Event event = std::move(events_.front());
    events_.pop_front();
    tell(event);
  }
}

void ZmqWatch::read_arrivals() {
  collect();
  std::erase_if(events_, [this](const Event& event) {
    const bool is_arrival = event.number == ZMQ_EVENT_ACCEPTED;
    if (is_arrival) tell(event);
    return is_arrival;
  });
}

void ZmqWatch::read_for(ConnectionId connection) {
  collect();
  // Peers that fail their handshake use a descriptor many times in a moment. What ended before its last beginning is
  // over; an end after that is this connection's own, and comes after what it said.
  const auto begins = std::find_if(events_.rbegin(), events_.rend(), [connection](const Event& event) {
    return event.number == ZMQ_EVENT_ACCEPTED && event.value == connection;
  });
  const auto is_earlier_end = [connection](const Event& event) {
    return event.number == ZMQ_EVENT_DISCONNECTED && event.value == connection;
  };
  const auto last = begins.base();
  const auto kept = std::stable_partition(events_.begin(), last, std::not_fn(is_earlier_end));
  const std::vector<Event> ends(kept, last);
  events_.erase(kept, last);
  for (const Event& event : ends) tell(event);
}

bool ZmqWatch::has_ended(ConnectionId connection) {
  collect();
  return std::any_of(events_.begin(), events_.end(), [connection](const Event& event) {
    return event.number == ZMQ_EVENT_DISCONNECTED && event.value == connection;
  });
}

void ZmqWatch::collect() {
  zmq::message_t event;
  zmq::message_t address;
  while (pair_.recv(event, zmq::recv_flags::dontwait)) {
    if (!pair_.recv(address)) return;
    if (event.size() != 6) continue;
    // 16-bit event and 32-bit value in native order (zmq_socket_monitor(3)).
    Event& taken = events_.emplace_back();
    std::memcpy(&taken.number, event.data(), sizeof taken.number);
    std::memcpy(&taken.value, static_cast<const char*>(event.data()) + sizeof taken.number, sizeof taken.value);
    taken.address = address.to_string();
  }
}

void ZmqWatch::tell(const Event& event) {
  switch (event.number) {
    case ZMQ_EVENT_ACCEPTED:
      return tell_(What::came, event.value, ++peers_, {});
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return tell_(What::shook_hands, -1, peers_, {});
    case ZMQ_EVENT_DISCONNECTED:
      if (peers_ > 0) --peers_;
      return tell_(What::broke, event.value, peers_, {});
    case ZMQ_EVENT_ACCEPT_FAILED:
      return tell_(What::failed, -1, peers_,
                   "a connection at " + event.address + " was not accepted: " + zmq_strerror(event.value));
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return tell_(What::failed, -1, peers_, "its key is not allowed (ZAP status " + std::to_string(event.value) + ")");
    default:
      return tell_(What::failed, -1, peers_,
                   "no ZMTP handshake at " + event.address + ": " + handshake_error(event.value));
  }
}

}  // namespace zeroway
