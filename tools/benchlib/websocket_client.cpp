// A client for the bench: sends a message on each of its WebSockets, and the next message as soon as the echo is back.
// All messages are alike, so that the client need not encode or decode. Each echo is compared byte by byte.
//
// Usage: websocket_client PORT CONNECTIONS SECONDS
// Prints the echoes, their median and 99th percentile in microseconds, and its own processor time in seconds.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kOpening =
    "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr std::string_view kText = "twenty bytes of text";
const std::string kMessage = std::string("\x81\x94\0\0\0\0", 6) + std::string(kText);  // a key of zeros masks nothing
constexpr std::uint8_t kFinal = 0x80;                                                  // RFC 6455 §5.2
constexpr std::uint8_t kOpcodes = 0x0f;

struct Socket {
  int fd = -1;
  Clock::time_point sent;
  std::string received;   // bytes of a frame that is not complete
  std::size_t taken = 0;  // bytes of the text that have come back
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

void say(int fd, std::string_view bytes) {
  if (send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) fail("send");
}

int open_socket(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  say(fd, kOpening);
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n")) {
    if (recv(fd, &byte, 1, 0) != 1) fail("opening");
    head += byte;
  }
  if (!head.starts_with("HTTP/1.1 101")) fail("refused");
  return fd;
}

[[noreturn]] void fail_echo() {
  std::fputs("something else came back\n", stderr);
  std::exit(1);
}

std::size_t size_of_frame(const Socket& socket) { return static_cast<std::uint8_t>(socket.received[1]); }

bool has_whole_frame(const Socket& socket) {
  if (socket.received.size() < 2) return false;
  const int opcode = socket.taken == 0 ? 1 : 0;  // text, then continuations
  if ((static_cast<std::uint8_t>(socket.received[0]) & kOpcodes) != opcode) fail_echo();
  if (size_of_frame(socket) > kText.size() - socket.taken) fail_echo();
  return socket.received.size() >= 2 + size_of_frame(socket);
}

// True when the first frame, which is complete, ends the echo: the echo may come in fragments.
bool take_frame(Socket& socket) {
  const bool is_final = (static_cast<std::uint8_t>(socket.received[0]) & kFinal) != 0;
  const std::size_t size = size_of_frame(socket);
  if (socket.received.compare(2, size, kText.substr(socket.taken, size)) != 0) fail_echo();
  socket.received.erase(0, 2 + size);
  socket.taken += size;
  if (is_final && socket.taken != kText.size()) fail_echo();
  return is_final;
}

// True when the echo is complete.
bool read_echo(Socket& socket) {
  std::array<char, 256> buffer{};
  const ssize_t size = recv(socket.fd, buffer.data(), buffer.size(), 0);
  if (size <= 0) fail("recv");
  socket.received.append(buffer.data(), static_cast<std::size_t>(size));
  while (has_whole_frame(socket))
    if (take_frame(socket)) return true;
  return false;
}

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: websocket_client PORT CONNECTIONS SECONDS\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  std::vector<Socket> sockets(static_cast<std::size_t>(std::atoi(argv[2])));
  const int poll = epoll_create1(0);
  for (Socket& socket : sockets) {
    socket.fd = open_socket(port);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &socket}};
    epoll_ctl(poll, EPOLL_CTL_ADD, socket.fd, &event);
  }

  std::vector<std::uint32_t> nanoseconds;
  nanoseconds.reserve(1 << 22);
  const auto until = Clock::now() + std::chrono::seconds(std::atoi(argv[3]));
  for (Socket& socket : sockets) {
    socket.sent = Clock::now();
    say(socket.fd, kMessage);
  }
  std::array<epoll_event, 128> events{};
  while (Clock::now() < until) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 1000);
    for (int index = 0; index < ready; ++index) {
      Socket& socket = *static_cast<Socket*>(events[static_cast<std::size_t>(index)].data.ptr);
      if (!read_echo(socket)) continue;
      const auto now = Clock::now();
      nanoseconds.push_back(static_cast<std::uint32_t>(std::chrono::nanoseconds(now - socket.sent).count()));
      socket.taken = 0;
      socket.sent = now;
      say(socket.fd, kMessage);
    }
  }
  if (nanoseconds.empty()) fail("no echo");
  std::sort(nanoseconds.begin(), nanoseconds.end());
  const auto at = [&](std::size_t percent) { return nanoseconds[(nanoseconds.size() - 1) * percent / 100] / 1e3; };
  std::printf("%zu %.1f %.1f %.3f\n", nanoseconds.size(), at(50), at(99), processor_seconds());
}
