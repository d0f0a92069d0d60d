#include "router/fabric/zmq_watch.h"

#include <zmq.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "router/fabric/handshake_error.h"
#include "router/net/socket.h"

namespace zeroway {
namespace {

constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                        ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;  // ZmqDoor reports a key that is not allowed

bool is_failed_handshake(std::uint16_t event) {
  return event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL || event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
}

std::string address_of(ConnectionId connection) {
  const Peer peer = peer_of(connection);
  return peer.address.empty() ? "" : show(peer);
}

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
  // Peers that fail their handshake use one descriptor many times in a moment. An end before the last ACCEPTED of the
  // descriptor is an earlier connection's. An end after it is this connection's own, and is told after the connection's
  // messages.
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

bool ZmqWatch::may_cut(ConnectionId connection) {
  collect();
  return addresses_.contains(connection) && !has_ended(connection) && cut_.insert(connection).second;
}

bool ZmqWatch::has_ended(ConnectionId connection) const {
  return std::any_of(events_.begin(), events_.end(), [connection](const Event& event) {
    return event.number == ZMQ_EVENT_DISCONNECTED && event.value == connection;
  });
}

void ZmqWatch::collect() {
  zmq::message_t event;
  zmq::message_t endpoint;
  while (pair_.recv(event, zmq::recv_flags::dontwait)) {
    if (!pair_.recv(endpoint)) return;
    if (event.size() != 6) continue;
    // 16-bit event and 32-bit value in native order (zmq_socket_monitor(3)).
    Event taken{};
    std::memcpy(&taken.number, event.data(), sizeof taken.number);
    std::memcpy(&taken.value, static_cast<const char*>(event.data()) + sizeof taken.number, sizeof taken.value);
    taken.endpoint = endpoint.to_string();
    take_in(std::move(taken));
  }
}

// The event of a failed handshake names no connection. ZeroMQ closes the connection at once: the DISCONNECTED that
// comes next names the descriptor.
void ZmqWatch::take_in(Event event) {
  if (event.number == ZMQ_EVENT_ACCEPTED) {
    event.address = addresses_[event.value] = address_of(event.value);
  } else if (event.number == ZMQ_EVENT_DISCONNECTED) {
    const auto known = addresses_.find(event.value);
    if (failed_ && known != addresses_.end()) failed_->address = known->second;
    if (known != addresses_.end()) addresses_.erase(known);
  }
  if (failed_) events_.push_back(std::move(*std::exchange(failed_, std::nullopt)));
  if (is_failed_handshake(event.number)) {
    failed_ = std::move(event);
  } else {
    events_.push_back(std::move(event));
  }
}

void ZmqWatch::tell(const Event& event) {
  News news{.what = What::failed, .connection = -1, .peers = peers_, .address = event.address, .detail = {}};
  switch (event.number) {
    case ZMQ_EVENT_ACCEPTED:
      news.what = What::came;
      news.connection = event.value;
      news.peers = ++peers_;
      break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      news.what = What::shook_hands;
      break;
    case ZMQ_EVENT_DISCONNECTED:
      cut_.erase(event.value);
      if (peers_ > 0) --peers_;
      news.what = What::broke;
      news.connection = event.value;
      news.peers = peers_;
      break;
    case ZMQ_EVENT_ACCEPT_FAILED:
      news.detail = "a connection at " + event.endpoint + " was not accepted: " + zmq_strerror(event.value);
      break;
    default:
      news.detail = "no ZMTP handshake at " + event.endpoint + ": " + handshake_error(event.value);
  }
  tell_(news);
}

}  // namespace zeroway
