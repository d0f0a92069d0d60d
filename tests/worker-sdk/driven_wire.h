// The engine loop by itself, turned by a test, and a router's side of its connections: a listener, and the server's
// session of ZMTP.
#pragma once
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/zmtp/zmtp_session.h"
#include "tests/support/folder.h"
#include "worker-sdk/src/wire/loop_socket.h"
#include "worker-sdk/src/wire/socket_address.h"

namespace zeroway {

inline constexpr ConnectionKey kSteer{ConnectionKey::Socket::steer, 3, 1};

// A LoopSocket, and what it tells, as text: "connected · hands · message hello".
class DrivenWire : private WireEvents {
 public:
  explicit DrivenWire(const WorkerOptions& options = {}) { REQUIRE(wire.open(options).has_value()); }

  // One turn, as the worker's loop does it.
  void turn() {
    sockets_.clear();
    wire.add_sockets(sockets_);
    poll(sockets_.data(), sockets_.size(), 0);
    wire.take(sockets_);
    wire.receive(now, *this);
  }
  bool send(std::string_view text, const ConnectionKey& to = kSteer) {
    writer_.clear();
    writer_.data(1, as_bytes(text), Last::no);
    return wire.send(to, writer_).has_value();
  }
  [[nodiscard]] bool waits_for_room() {
    sockets_.clear();
    wire.add_sockets(sockets_);
    return !sockets_.empty() && (sockets_.front().events & POLLOUT) != 0;
  }
  [[nodiscard]] std::size_t sockets() {
    sockets_.clear();
    wire.add_sockets(sockets_);
    return sockets_.size();
  }

  LoopSocket wire;
  WorkerWire::TimePoint now = std::chrono::steady_clock::now();
  std::string log;
  std::size_t messages = 0;
  bool is_logging = true;

 private:
  void tell(const std::string& text) {
    if (is_logging) log += (log.empty() ? "" : " · ") + text;
  }
  void message(const ConnectionKey& from, Bytes payload) override {
    if (from == kSteer) ++messages;
    if (is_logging) tell("message " + std::string(as_text(payload).substr(0, 20)));
  }
  void connected(const ConnectionKey&) override { tell("connected"); }
  void shook_hands(const ConnectionKey&) override { tell("hands"); }
  void handshake_failed(const ConnectionKey&, ZmtpFault why) override {
    tell("handshake failed " + std::to_string(static_cast<int>(why)));
  }
  void broke(const ConnectionKey&, const ConnectionEnd& end) override {
    tell("broke " + std::to_string(end.error) + (end.violation.empty() ? "" : " " + end.violation));
  }

  MessageWriter writer_;
  std::vector<pollfd> sockets_;
};

// Listens where a router would.
class RawListener {
 public:
  explicit RawListener(const std::string& endpoint, int backlog = 16) {
    const auto address = address_of(endpoint);
    REQUIRE(address);
    fd_ = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    REQUIRE(bind(fd_, address->get(), address->size) == 0);
    REQUIRE(listen(fd_, backlog) == 0);
    SocketAddress bound;
    bound.size = sizeof bound.storage;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
    endpoint_ = endpoint;
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&bound.storage);
    if (bound.storage.ss_family == AF_INET) endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(v4->sin_port));
  }
  ~RawListener() { close(fd_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] int accept() const { return accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK); }

 private:
  int fd_ = -1;
  std::string endpoint_;
};

// A router's side of one connection: what the test says, and what came.
class RawPeer : private ZmtpEvents {
 public:
  explicit RawPeer(const ZmtpTerms& terms = {.role = ZmtpRole::server, .socket = ZmtpSocket::router})
      : session_(terms, *this) {}
  ~RawPeer() override { hang_up(); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  void take(int fd) { fd_ = fd; }
  [[nodiscard]] bool is_there() const { return fd_ >= 0; }
  // What the session says is sent, unless the test holds it back; what came is handed to the session.
  void turn() {
    if (!holds_back) say(std::exchange(session_.output(), {}));
    const ssize_t count = reads ? recv(fd_, room_.data(), room_.size(), 0) : -1;
    if (count == 0) has_ended = true;
    if (count <= 0) return;
    input_ += as_text({room_.data(), static_cast<std::size_t>(count)});
    input_.erase(0, session_.receive(as_bytes(input_)));
  }
  void say(std::string_view bytes) const {
    if (!bytes.empty()) REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size()));
  }
  void put_message(std::string_view text) { session_.send(as_bytes(text)); }
  std::string& output() { return session_.output(); }
  ZmtpSession& session() { return session_; }
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    hang_up();
  }
  void hang_up() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  std::string identity, last;
  std::string asked_key;  // with CURVE
  std::size_t messages = 0;
  std::size_t received = 0;  // bytes of all messages
  bool has_shaken_hands = false;
  bool has_ended = false;
  bool holds_back = false;
  bool reads = true;
  bool allows = true;

 private:
  bool is_allowed(Bytes public_key) override {
    asked_key = as_text(public_key);
    return allows;
  }
  void shook_hands(const ZmtpProperties& peer) override {
    has_shaken_hands = true;
    identity = peer.identity;
  }
  void message(Bytes first, std::size_t) override {
    ++messages;
    received += first.size();
    last.assign(as_text(first));
  }

  ZmtpSession session_;
  int fd_ = -1;
  std::string input_;
  std::array<std::uint8_t, 65'536> room_{};
};

// Turns both sides until it is so; only a failing test waits for long.
inline bool run_both(DrivenWire& wire, RawPeer& peer, const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so() && std::chrono::steady_clock::now() < deadline) {
    wire.turn();
    if (peer.is_there()) peer.turn();
  }
  return is_so();
}

// A worker's wire and a router that have been connected.
struct Joined {
  explicit Joined(const std::string& endpoint = "tcp://127.0.0.1:0", const WorkerOptions& options = {},
                  const ZmtpTerms& terms = {.role = ZmtpRole::server, .socket = ZmtpSocket::router})
      : listener(endpoint), wire(options), router(terms) {
    REQUIRE(wire.wire.connect(listener.endpoint(), kSteer, "me#1").has_value());
    REQUIRE(until([&] {
      const int fd = router.is_there() ? -1 : listener.accept();
      if (fd >= 0) router.take(fd);
      return router.is_there();
    }));
  }
  bool until(const std::function<bool()>& is_so) { return run_both(wire, router, is_so); }
  bool shakes_hands() {
    return until([&] { return router.has_shaken_hands && wire.log == "connected · hands"; });
  }
  bool until_told(const std::string& end) {
    return until([&] { return wire.log.ends_with(end); });
  }

  RawListener listener;
  DrivenWire wire;
  RawPeer router;
};

}  // namespace zeroway
