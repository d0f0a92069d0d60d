// A router that is played by a test: real sockets, and the test says what goes through them.
#pragma once
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <string>

#include "proto/message.h"
#include "tests/support/folder.h"

namespace zeroway {

inline constexpr int kPatience = 60'000;  // ms: only a failing test waits that long

class FabricFolder : public Folder {
 public:
  [[nodiscard]] std::string endpoint() const { return "ipc://" + path("fabric"); }
};

inline bool is_free_port(int port) {
  const int one = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool is_free = bind(one, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  close(one);
  return is_free;
}

// A port of 127.0.0.1 that is free, as is the next. Below those that clients are given, so that none takes it
// meanwhile.
inline int free_port_pair() {
  int port = 10'000 + getpid() * 37 % 20'000;
  while (!is_free_port(port) || !is_free_port(port + 1)) port = port < 30'000 ? port + 1 : 10'000;
  return port;
}

class FakeRouter {
 public:
  explicit FakeRouter(const std::string& endpoint, std::string router = "router#0123456789abcdef")
      : context_(zmq_ctx_new()), endpoint_(endpoint), router_(std::move(router)) {
    deal_ = bound(ZMQ_DEALER, endpoint);
    steer_ = bound(ZMQ_ROUTER, steer_endpoint(endpoint).value());
  }
  ~FakeRouter() {
    zmq_close(deal_);
    zmq_close(steer_);
    zmq_ctx_term(context_);
  }

  void deal(MessageWriter& message) { send(deal_, message); }
  void steer(MessageWriter& message) {
    zmq_send(steer_, worker_.data(), worker_.size(), ZMQ_SNDMORE);
    send(steer_, message);
  }
  // The worker's HELLO, answered by WELCOME. Then the worker connects to deal.
  [[nodiscard]] bool greets() {
    if (receive() != "224:0") return false;
    welcome();
    return true;
  }
  void welcome() {
    MessageWriter message;
    // With heartbeats of hours: it answers no PING.
    message.welcome({.router = router_,
                     .loop = 0,
                     .pairs = {{endpoint_, steer_endpoint(endpoint_).value()}},
                     .heartbeat_interval = kMaxHeartbeat,
                     .heartbeat_timeout = kMaxHeartbeat});
    steer(message);
  }
  // The types of the next message's frames, each with its stream: "1:7 0:7".
  std::string receive() {
    worker_.resize(256);
    const int size = zmq_recv(steer_, worker_.data(), worker_.size(), 0);
    if (size < 0) return "nothing";
    worker_.resize(static_cast<std::size_t>(size));
    std::string payload(1 << 20, ' ');
    payload.resize(static_cast<std::size_t>(zmq_recv(steer_, payload.data(), payload.size(), 0)));
    std::string text;
    MessageReader reader(as_bytes(payload));
    while (const auto frame = reader.next().value())
      text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(frame->type)) + ":" +
              std::to_string(frame->stream);
    return text;
  }
  [[nodiscard]] const std::string& worker() const { return worker_; }
  // Whether somebody is connected to deal within `patience` ms.
  [[nodiscard]] bool has_somebody_to_deal_to(long patience) {
    zmq_pollitem_t item{deal_, 0, ZMQ_POLLOUT, 0};
    return zmq_poll(&item, 1, patience) == 1;
  }

 private:
  void* bound(int type, const std::string& endpoint) {
    void* socket = zmq_socket(context_, type);
    const int linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &kPatience, sizeof kPatience);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &kPatience, sizeof kPatience);
    REQUIRE(zmq_bind(socket, endpoint.c_str()) == 0);
    return socket;
  }
  static void send(void* socket, MessageWriter& message) {
    const std::string bytes = message.take();
    zmq_send(socket, bytes.data(), bytes.size(), 0);
  }

  void* context_;
  std::string endpoint_, router_;
  void* deal_;
  void* steer_;
  std::string worker_;
};

inline MessageWriter opening(StreamId id, std::string_view path) {
  MessageWriter message;
  HpackEncoder encoder;
  message.headers(id, Head{{":method", "GET"}, {":scheme", "http"}, {":path", path}}, encoder, Last::yes);
  return message;
}

}  // namespace zeroway
