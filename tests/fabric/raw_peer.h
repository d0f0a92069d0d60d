// A ZeroMQ peer made of bytes on a socket, so that a test knows when it connects and ends: somebody bad, or a worker
// that says one thing.
#pragma once
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "tests/support/folder.h"

namespace zeroway::test {

constexpr int kPatience = 60'000;  // ms: far more than anything takes

// True when one of them has something to read in time.
template <class... Fds>
bool wait_readable(Fds... fds) {
  std::array<pollfd, sizeof...(fds)> all{pollfd{fds, POLLIN, 0}...};
  return poll(all.data(), all.size(), kPatience) > 0;
}

class RawPeer {
 public:
  RawPeer() : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) { REQUIRE(socket_ >= 0); }
  ~RawPeer() {
    if (socket_ >= 0) close(socket_);
  }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  void connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  void send(const std::string& bytes) {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  // ZMTP 3.0 with the mechanism NULL (ZeroMQ RFC 23): greeting, and READY as a ROUTER.
  void shake_hands(const std::string& identity = "w") {
    using namespace std::string_literals;
    const std::string ready = "\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER\x08Identity\x00\x00\x00"s +
                              static_cast<char>(identity.size()) + identity;
    send("\xff"s + std::string(8, '\0') + "\x7f\x03"s + '\0' + "NULL" + std::string(48, '\0'));
    send("\x04"s + static_cast<char>(ready.size()) + ready);
  }
  // Returns when ZeroMQ has read all that was said: it answers a PING of its own in its turn. What it says meanwhile is
  // dropped.
  void settle() {
    using namespace std::string_literals;
    be_greeted();
    send("\x04\x0b\x04PING\0\0mark"s);
    while (hear_any().second != "\x04PONGmark") continue;
  }
  // One message of one short frame, once ZeroMQ has greeted and said READY.
  void say(const std::string& payload) {
    be_greeted();
    send(std::string(1, '\0') + static_cast<char>(payload.size()) + payload);
  }
  // The next message, of one short frame. Heartbeats and READY are commands.
  std::string hear() {
    be_greeted();
    while (true) {
      if (auto [flags, body] = hear_any(); flags == 0) return body;
    }
  }
  // Whether ZeroMQ has greeted and said READY, so that it takes messages.
  bool has_been_answered() {
    if (is_greeted_) return true;
    std::array<char, 256> bytes{};
    const ssize_t size = recv(socket_, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
    return size > 64 + 1 && size >= 64 + 2 + bytes[64 + 1];
  }
  // Whether the other end closes in time; what it still says is passed over.
  bool is_ended() {
    std::array<char, 256> bytes{};
    while (wait_readable(socket_))
      if (recv(socket_, bytes.data(), bytes.size(), 0) <= 0) return true;
    return false;
  }
  // What has come so far, without waiting for more.
  std::string hear_what_is_there() {
    std::string all;
    std::array<char, 65'536> bytes{};
    ssize_t size = 0;
    while ((size = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0)
      all.append(bytes.data(), static_cast<std::size_t>(size));
    return all;
  }
  // Whether the other end has closed by now; what it still says is passed over.
  bool has_ended() {
    std::array<char, 65'536> bytes{};
    ssize_t size = 0;
    while ((size = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0) continue;
    return size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }
  // Closes at once, without an orderly end.
  void vanish() {
    close(socket_);
    socket_ = -1;
  }
  [[nodiscard]] int descriptor() const { return socket_; }
  // Says no more; returns when ZeroMQ has closed its end, and its descriptor is free again.
  void end() {
    shutdown(socket_, SHUT_WR);
    REQUIRE_MESSAGE(is_ended(), "ZeroMQ keeps the connection");
  }

 private:
  // The flags and the body of a message, or of a command, of one short frame.
  std::pair<char, std::string> hear_any() {
    const std::string header = take(2);
    return {header[0], take(static_cast<std::uint8_t>(header[1]))};
  }
  void be_greeted() {
    if (std::exchange(is_greeted_, true)) return;
    const std::string command = take(64 + 2).substr(64);
    take(static_cast<std::size_t>(command[1]));
  }
  std::string take(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t got = 0; got < size;) {
      REQUIRE(wait_readable(socket_));
      const ssize_t piece = recv(socket_, bytes.data() + got, size - got, 0);
      REQUIRE(piece > 0);
      got += static_cast<std::size_t>(piece);
    }
    return bytes;
  }

  int socket_;
  bool is_greeted_ = false;
};

}  // namespace zeroway::test
