#include "worker-sdk/src/wire/output_queue.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <random>
#include <string>
#include <utility>

using namespace zeroway;

namespace {

// A socket with little room, and its other end.
class SmallSocket {
 public:
  SmallSocket() {
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()) == 0);
    const int size = 4'096;
    setsockopt(ends_[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  ~SmallSocket() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  SmallSocket(const SmallSocket&) = delete;
  SmallSocket& operator=(const SmallSocket&) = delete;

  [[nodiscard]] int fd() const { return ends_[0]; }
  std::string read() {
    std::string got(100'000, '\0');
    const ssize_t count = recv(ends_[1], got.data(), got.size(), 0);
    got.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return got;
  }
  void close_other_end() { close(std::exchange(ends_[1], -1)); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace

TEST_CASE("output queue: what fits the socket leaves in one call, and nothing waits") {
  SmallSocket socket;
  OutputQueue queue;
  std::string tail = "head ";
  queue.add(tail, "large");
  CHECK(tail.empty());
  tail = " and a tail";
  CHECK(queue.send(socket.fd(), tail) == 0);
  CHECK_FALSE(queue.waits());
  CHECK(tail.empty());
  CHECK(socket.read() == "head large and a tail");
  CHECK(queue.send(socket.fd(), tail) == 0);  // nothing to send
  CHECK(socket.read().empty());
}

TEST_CASE("output queue: bytes come in order and once, whatever the socket takes of them") {
  std::mt19937 random(1);
  SmallSocket socket;
  OutputQueue queue;
  std::string tail, expected, got;
  for (int round = 0; round < 2'000; ++round) {
    const std::string bytes(random() % 3'000, static_cast<char>('a' + round % 26));
    expected += bytes;
    if (random() % 3 == 0)
      queue.add(tail, bytes + "!"), expected += '!';
    else
      tail += bytes;
    REQUIRE(queue.send(socket.fd(), tail) == 0);
    if (random() % 4 != 0) got += socket.read();
  }
  for (int left = 0; left < 100'000 && queue.waits(); ++left) {
    got += socket.read();
    REQUIRE(queue.send(socket.fd(), tail) == 0);
  }
  got += socket.read();
  CHECK(got == expected);
  CHECK_FALSE(queue.waits());
}

TEST_CASE("output queue: a socket that takes nothing any more is told by its errno, and clear() forgets all") {
  SmallSocket socket;
  OutputQueue queue;
  std::string tail;
  queue.add(tail, std::string(1'000'000, 'x'));
  CHECK(queue.send(socket.fd(), tail) == 0);
  CHECK(queue.waits());
  socket.close_other_end();
  tail = "more";
  CHECK(queue.send(socket.fd(), tail) == EPIPE);
  queue.clear(tail);
  CHECK_FALSE(queue.waits());
  CHECK(queue.send(socket.fd(), tail) == 0);
}
