// What a socket's monitor tells: peers that came, shook hands and broke off, handshakes that failed.
//
// Owner: ZmqWire keeps one per socket.   Thread: one loop.
// Events come in the order in which ZeroMQ's I/O thread saw them, and a disconnect before anything that a later
// connection sends. Not here: what it means (router/fabric/fabric.h).
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <zmq.hpp>

#include "router/fabric/wire.h"

namespace zeroway {

class ZmqWatch {
 public:
  enum class What : std::uint8_t { came, shook_hands, broke, failed };
  // `peers`: alive connections, shaking hands or done. `detail`: for `failed`, what went wrong.
  using Tell = std::function<void(What what, ConnectionId connection, std::size_t peers, const std::string& detail)>;

  // `name` must be new in `context`. Throws zmq::error_t when the monitor cannot be made.
  ZmqWatch(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, Tell tell);
  ~ZmqWatch();

  // Tells everything that is there.
  void read();
  // Both take in what is there and tell a part of it; the rest waits for read(), which ZeroMQ's descriptor then no
  // longer asks for.
  void read_arrivals();                    // who came
  void read_for(ConnectionId connection);  // the ends of those that had its descriptor before
  // Takes in what is there and tells nothing. Whether an end of that connection waits to be told.
  [[nodiscard]] bool has_ended(ConnectionId connection);
  [[nodiscard]] bool has_untold() const { return !events_.empty(); }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  struct Event {
    std::uint16_t number;
    std::int32_t value;
    std::string address;
  };
  void collect();
  void tell(const Event& event);

  zmq::socket_t& watched_;
  zmq::socket_t pair_;
  Tell tell_;
  int descriptor_ = -1;
  std::size_t peers_ = 0;
  std::deque<Event> events_;  // taken in and not told yet
};

}  // namespace zeroway
