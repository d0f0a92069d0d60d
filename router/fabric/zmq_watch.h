// The events of a socket's monitor: connections accepted, handshakes finished or failed, connections broken off.
//
// Owner: ZmqWire keeps one per socket.   Thread: one loop.
// Events come in the order in which ZeroMQ's I/O thread saw them. A disconnect comes before any message of a later
// connection. Not here: what an event means for the streams (router/fabric/fabric.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "router/fabric/wire.h"

namespace zeroway {

class ZmqWatch {
 public:
  enum class What : std::uint8_t { came, shook_hands, broke, failed };
  struct News {
    What what;
    ConnectionId connection = -1;  // came, broke: the connection
    std::size_t peers = 0;         // live connections, in their handshake or after it
    std::string address;           // came, failed: the peer's, as 192.0.2.1:4711; "" = not known
    std::string detail;            // failed: what went wrong
  };
  using Tell = std::function<void(const News& news)>;

  // `name` must be new in `context`. Throws zmq::error_t when the monitor cannot be made.
  ZmqWatch(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, Tell tell);
  ~ZmqWatch();

  // Tells all events that are there.
  void read();
  // Both take in the events that are there and tell some of them. The rest waits for read(). ZeroMQ's descriptor does
  // not become ready for that rest.
  void read_arrivals();                    // the connections that came
  void read_for(ConnectionId connection);  // the ends of the connections that had its descriptor before
  // Takes in the events that are there and tells none. False when this socket has no such connection (any more: its
  // number may be a client's by now). Also false when the end of such a connection waits to be told, or when an earlier
  // call returned true for the connection.
  [[nodiscard]] bool may_cut(ConnectionId connection);
  [[nodiscard]] bool has_untold() const { return !events_.empty(); }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  struct Event {
    std::uint16_t number;
    std::int32_t value;
    std::string endpoint;  // ours
    std::string address;   // the peer's
  };
  void collect();
  void take_in(Event event);
  void tell(const Event& event);
  [[nodiscard]] bool has_ended(ConnectionId connection) const;

  zmq::socket_t& watched_;
  zmq::socket_t pair_;
  Tell tell_;
  int descriptor_ = -1;
  std::size_t peers_ = 0;
  boost::unordered_flat_map<ConnectionId, std::string> addresses_;  // of all connections that there are
  boost::unordered_flat_set<ConnectionId> cut_;
  std::optional<Event> failed_;  // the end of its connection comes next, and names the connection
  std::deque<Event> events_;     // taken in and not told yet
};

}  // namespace zeroway
