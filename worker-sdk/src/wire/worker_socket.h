// The worker's one ZeroMQ socket and its monitor: connections by alias, messages, events.
//
// Owner: WorkerLoop.   Thread: the loop.
// Not here: which connection is wanted, and when (worker_loop.h). libzmq never connects by itself: each connection is
// dialled here, with an alias of its own, because libzmq aborts the process when an alias is used twice.
#pragma once
#include <zmq.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/message.h"
#include "zeroway/options.h"

namespace zeroway {

// The alias by which ZeroMQ knows a connection.
struct Alias {
  enum class Socket : char { deal = 'D', steer = 'S' };
  Socket socket = Socket::deal;
  std::uint32_t link = 0;   // the link's index
  std::uint32_t times = 0;  // how often that socket of that link was connected

  using Text = std::array<char, 9>;
  [[nodiscard]] Text text() const;
  [[nodiscard]] static std::optional<Alias> from(Bytes text);
};

// One received part of a message.
class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  [[nodiscard]] bool receive(void* socket);
  [[nodiscard]] bool has_more() const { return zmq_msg_more(&message_) != 0; }
  [[nodiscard]] Bytes bytes() {
    return {static_cast<const std::uint8_t*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }

 private:
  zmq_msg_t message_;
};

struct SocketEvent {
  std::uint16_t kind = 0;   // ZMQ_EVENT_…
  std::uint32_t value = 0;  // zmq_socket_monitor(3)
  std::string endpoint;
};

class WorkerSocket {
 public:
  WorkerSocket() = default;
  ~WorkerSocket() { close(0); }
  WorkerSocket(const WorkerSocket&) = delete;
  WorkerSocket& operator=(const WorkerSocket&) = delete;

  // Fails when the socket, an option or a key cannot be had; the error names it.
  [[nodiscard]] Result<> open(const WorkerOptions& options);
  // Unsent messages get `linger` ms.
  void close(int linger);

  // Connects. Returns the endpoint as ZeroMQ spells it: its events name it so, and disconnect() needs it. Returns
  // nothing when the endpoint is not possible (zmq_errno() says why). `instance` is the routing id that the peer sees.
  [[nodiscard]] std::optional<std::string> connect(const std::string& endpoint, const Alias& alias,
                                                   const std::string& instance);
  // Disconnects. Unsent messages of the connection get `linger` ms.
  void disconnect(const std::string& spelled, int linger);

  // False when the message could not be sent (zmq_errno() says why). The writer is empty afterwards.
  [[nodiscard]] bool send(const Alias& to, MessageWriter& message);
  // One message: its first part in `from`, its second in `payload`, which is empty when there is none. False when no
  // message is there.
  [[nodiscard]] bool receive(Part& from, Part& payload);
  [[nodiscard]] std::optional<SocketEvent> next_event();

  // ZMQ_FD reports a message once, and any call on the socket may consume that report. So before a caller sleeps on
  // ZMQ_FD, receive() must have found no message since the caller's last other call.
  [[nodiscard]] bool is_dry() const { return is_dry_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] int monitor_fd() const { return monitor_fd_; }

 private:
  [[nodiscard]] bool set_options();
  [[nodiscard]] Result<> set_keys(const WorkerOptions& options);
  [[nodiscard]] bool open_monitor();

  void* context_ = nullptr;
  void* socket_ = nullptr;
  void* monitor_ = nullptr;
  int fd_ = -1;
  int monitor_fd_ = -1;
  bool is_dry_ = false;
};

}  // namespace zeroway
