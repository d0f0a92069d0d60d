// What a socket's monitor tells: peers that came, shook hands and broke off, handshakes that failed.
//
// Owner: ZmqWire keeps one per socket.   Thread: one loop.
// Events come in the order in which ZeroMQ's I/O thread saw them, and a disconnect before anything that a later
// connection sends. Not here: what it means (router/fabric/fabric.h).
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
    ConnectionId connection = -1;  // of who came and broke
    std::size_t peers = 0;         // alive connections, shaking hands or done
    std::string address;           // of who came and failed, as 192.0.2.1:4711; "" when it is not known
    std::string detail;            // what went wrong, of who failed
  };
  using Tell = std::function<void(const News& news)>;

  // `name` must be new in `context`. Throws zmq::error_t when the monitor cannot be made.
  ZmqWatch(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, Tell tell);
  ~ZmqWatch();

  // Tells everything that is there.
  void read();
  // Both take in what is there and tell a part of it; the rest waits for read(), which ZeroMQ's descriptor then no
  // longer asks for.
  void read_arrivals();                    // the connections that came
  void read_for(ConnectionId connection);  // the ends of the connections that had its descriptor before
  // Takes in what is there and tells nothing. False when there is no such connection at this socket (any more: its
  // number may be a client's by now), when an end of one waits to be told, or when it was asked for before.
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
  std::optional<Event> failed_;  // its connection's end comes next, and tells whose it was
  std::deque<Event> events_;     // taken in and not told yet
};

}  // namespace zeroway
