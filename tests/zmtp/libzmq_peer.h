// A socket of libzmq and one of our sessions, over TCP on 127.0.0.1.
//
// Not here: what they say (libzmq_test.cpp).
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "tests/zmtp/zmtp_pair.h"

namespace zeroway::test {

class LibzmqSocket {
 public:
  explicit LibzmqSocket(int type) : context_(zmq_ctx_new()), socket_(zmq_socket(context_, type)) {
    set(ZMQ_LINGER, 0);
    set(ZMQ_RCVTIMEO, 5'000);
    set(ZMQ_SNDTIMEO, 5'000);
  }
  LibzmqSocket(const LibzmqSocket&) = delete;
  LibzmqSocket& operator=(const LibzmqSocket&) = delete;
  ~LibzmqSocket() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }

  void set(int option, int value) { zmq_setsockopt(socket_, option, &value, sizeof value); }
  void set(int option, std::string_view value) { zmq_setsockopt(socket_, option, value.data(), value.size()); }

  // What libzmq tells about a socket's connections: the events of one kind.
  class Monitor {
   public:
    Monitor(LibzmqSocket& socket, int event) : socket_(zmq_socket(socket.context_, ZMQ_PAIR)) {
      zmq_socket_monitor(socket.socket_, "inproc://events", event);
      zmq_connect(socket_, "inproc://events");
      const int patience = 5'000;
      zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &patience, sizeof patience);
    }
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    ~Monitor() { zmq_close(socket_); }

    // The number of the next event; -1 after five seconds without one.
    int next_value() {
      std::array<char, 6> event{};  // kind (2), number (4), as this machine orders bytes
      if (zmq_recv(socket_, event.data(), event.size(), 0) < 0) return -1;
      std::int32_t value = 0;
      std::memcpy(&value, event.data() + 2, sizeof value);
      return value;
    }

   private:
    void* socket_;
  };

  // The port that it is bound to.
  int bind() {
    zmq_bind(socket_, "tcp://127.0.0.1:*");
    std::array<char, 64> endpoint{};
    std::size_t size = endpoint.size();
    zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, endpoint.data(), &size);
    return std::stoi(std::string(endpoint.data()).substr(std::string("tcp://127.0.0.1:").size()));
  }
  void connect(int port) { zmq_connect(socket_, ("tcp://127.0.0.1:" + std::to_string(port)).c_str()); }

  bool send(const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const int flags = i + 1 < parts.size() ? ZMQ_SNDMORE : 0;
      if (zmq_send(socket_, parts[i].data(), parts[i].size(), flags) < 0) return false;
    }
    return true;
  }
  // Whether a message is there. Does not wait.
  bool has_message() {
    zmq_pollitem_t item{.socket = socket_, .fd = 0, .events = ZMQ_POLLIN, .revents = 0};
    return zmq_poll(&item, 1, 0) == 1;
  }
  // The parts of the next message; none after five seconds without one.
  std::vector<std::string> receive() {
    std::vector<std::string> parts;
    int more = 1;
    while (more != 0) {
      zmq_msg_t part;
      zmq_msg_init(&part);
      if (zmq_msg_recv(&part, socket_, 0) < 0) return {};
      parts.emplace_back(static_cast<char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
      more = zmq_msg_more(&part);
      zmq_msg_close(&part);
    }
    return parts;
  }

 private:
  void* context_;
  void* socket_;
};

class Listening {
 public:
  Listening() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static_cast<void>(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address));
    static_cast<void>(::listen(descriptor_, 8));
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() { ::close(descriptor_); }

  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  // The descriptor of the next connection; -1 after five seconds without one.
  [[nodiscard]] int accept() const {
    pollfd watched{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 5'000) == 1 ? ::accept(descriptor_, nullptr, nullptr) : -1;
  }

 private:
  int descriptor_;
};

inline int connect_to(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address));
  return descriptor;
}

class SessionOverTcp {
 public:
  // Takes the descriptor of a connection.
  SessionOverTcp(int descriptor, const ZmtpTerms& terms) : side(terms), descriptor_(descriptor) {}
  SessionOverTcp(const SessionOverTcp&) = delete;
  SessionOverTcp& operator=(const SessionOverTcp&) = delete;
  ~SessionOverTcp() { ::close(descriptor_); }

  // Carries bytes until `is_enough`. False when that did not come in five seconds.
  bool run_until(const std::function<bool()>& is_enough) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (true) {
      write();
      if (is_enough()) return true;
      if (std::chrono::steady_clock::now() > end) return false;
      if (!is_closed) read();
    }
  }
  bool run_until_hands() {
    return run_until([this] { return side.session.has_shaken_hands(); });
  }
  bool run_until_closed() {
    return run_until([this] { return is_closed; });
  }

  ZmtpSide side;
  bool is_closed = false;  // by the peer

 private:
  void write() {
    std::string& out = side.session.output();
    if (!out.empty()) static_cast<void>(::send(descriptor_, out.data(), out.size(), MSG_NOSIGNAL));
    out.clear();
  }
  // Waits for a moment only: what the owner waits for may be at the socket of libzmq.
  void read() {
    pollfd watched{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 5) != 1) return;
    std::array<char, 65'536> piece;
    const auto size = ::recv(descriptor_, piece.data(), piece.size(), 0);
    is_closed = size <= 0;
    if (is_closed) return;
    unread_.append(piece.data(), static_cast<std::size_t>(size));
    unread_.erase(0, side.session.receive(as_bytes(unread_)));
  }

  int descriptor_;
  std::string unread_;
};

}  // namespace zeroway::test
