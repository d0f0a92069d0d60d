// The engine libzmq: the worker's one ZeroMQ socket and its monitor. Connections by alias, messages, events.
//
// Owner: WorkerLoop.   Thread: the loop; libzmq has two more.
// Not here: which connection is wanted, and when (worker_loop.h). libzmq never connects by itself: each connection is
// dialled here, with an alias of its own (its key), because libzmq aborts the process when an alias is used twice.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "worker_wire.h"

namespace zeroway {

class ZmqSocket final : public WorkerWire {
 public:
  ZmqSocket() = default;
  ~ZmqSocket() override { ZmqSocket::close({}); }
  ZmqSocket(const ZmqSocket&) = delete;
  ZmqSocket& operator=(const ZmqSocket&) = delete;

  [[nodiscard]] Result<> open(const WorkerOptions& options) override;
  void close(std::chrono::milliseconds linger) override;

  [[nodiscard]] Result<> connect(const std::string& endpoint, const ConnectionKey& key,
                                 const std::string& instance) override;
  void disconnect(const ConnectionKey& key, std::chrono::milliseconds linger) override;
  [[nodiscard]] bool has_ended(const ConnectionKey& key) override;

  [[nodiscard]] Result<> send(const ConnectionKey& to, MessageWriter& message) override;
  bool receive(TimePoint now, WireEvents& events) override;

  // ZMQ_FD reports a message once, and any call on the socket may consume that report. So before a caller sleeps on
  // ZMQ_FD, receive() must have found no message since the caller's last other call.
  [[nodiscard]] bool is_dry() const override { return is_dry_ && events_.empty(); }
  void add_sockets(std::vector<pollfd>& sockets) const override;
  void take(std::span<const pollfd> sockets) override;
  [[nodiscard]] TimePoint next_step() const override { return TimePoint::max(); }

 private:
  // A connection, and its endpoint as ZeroMQ spells it: the monitor's events name it so, and disconnect() needs it.
  struct Dialled {
    ConnectionKey key;
    std::string spelled;
  };
  struct SocketEvent {
    std::uint16_t kind = 0;   // ZMQ_EVENT_…
    std::uint32_t value = 0;  // zmq_socket_monitor(3)
    std::string endpoint;
  };

  [[nodiscard]] bool set_options();
  [[nodiscard]] Result<> set_keys(const WorkerOptions& options);
  [[nodiscard]] bool open_monitor();
  [[nodiscard]] bool receive_one(WireEvents& events);
  void read_events();
  [[nodiscard]] std::optional<SocketEvent> next_event();
  void tell(const SocketEvent& event, WireEvents& events) const;

  void* context_ = nullptr;
  void* socket_ = nullptr;
  void* monitor_ = nullptr;
  int fd_ = -1;
  int monitor_fd_ = -1;
  bool is_dry_ = false;
  std::vector<Dialled> dialled_;
  std::deque<SocketEvent> events_;  // read, and not told yet
};

}  // namespace zeroway
