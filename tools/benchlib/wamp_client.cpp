// A client for the bench: sessions of WAMP that call, or hear events, one thread for all of them.
//
//   calls   each session calls a procedure, and calls again as soon as it has the result; one more session answers
//   events  one more session publishes, and publishes again once each session has the event and it has the acknowledge
//   echoes  no WAMP: each session sends what a call is, and sends it again as soon as it has come back
//   passed  the same in sessions of WAMP, whose other side sends back all that comes behind HELLO
//
// Usage: wamp_client PORT web|raw json|cbor calls|events|echoes|passed SESSIONS SECONDS [BYTES]
// Speaks WebSocket or RawSocket. BYTES: of a CALL (about 60).
// Prints the results, events or echoes, the median and 99th percentile in microseconds (of publications: until the last
// session has the event), and its own processor time in seconds.
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
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wamp_wire.h"

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

Format format = Format::json;
std::unique_ptr<const Wire> wire;
json arguments = {"twenty bytes of text"};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

[[noreturn]] void fail_with(const json& message) {
  std::fprintf(stderr, "an unexpected message: %s\n", message.dump().c_str());
  std::exit(1);
}

int dial(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  return fd;
}

class Session {
 public:
  explicit Session(std::uint16_t port) : fd_(dial(port)) {
    say_bytes(wire->opening(format));
    std::string answer;
    char byte = 0;
    while (!wire->is_answer(answer)) {
      if (recv(fd_, &byte, 1, 0) != 1) fail("opening");
      answer += byte;
    }
    if (!wire->is_welcome(answer)) fail("refused");
  }

  void join() {
    const json roles = {{"caller", json::object()},
                        {"callee", json::object()},
                        {"publisher", json::object()},
                        {"subscriber", json::object()}};
    ask({1, "realm1", {{"roles", roles}}}, 2);
  }

  [[nodiscard]] int fd() const { return fd_; }

  void say(const json& message) {
    std::string bytes;
    if (format == Format::cbor) {
      json::to_cbor(message, bytes);
    } else {
      bytes = message.dump();
    }
    say_bytes(wire->frame(bytes, format));
  }

  // Says it, and waits for the answer, which has this type.
  void ask(const json& message, int type) {
    say(message);
    json answer;
    while (!take(answer)) read();
    if (answer[0] != type) fail_with(answer);
  }

  void read() {
    std::array<char, 65'536> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    if (size <= 0) fail("recv");
    received_.append(buffer.data(), static_cast<std::size_t>(size));
  }

  // False when no whole message is there.
  bool take(json& message) {
    for (;;) {
      const FrameHead head = wire->read_head(received_);
      if (head.size == 0 || received_.size() < head.size + head.payload) return false;
      message_.append(received_, head.size, head.payload);
      received_.erase(0, head.size + head.payload);
      if (!head.is_last) continue;
      message = format == Format::cbor ? json::from_cbor(message_) : json::parse(message_);
      message_.clear();
      return true;
    }
  }

  Clock::time_point sent;
  int request = 0;

 private:
  void say_bytes(const std::string& bytes) {
    if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) fail("send");
  }

  int fd_;
  std::string received_, message_;
};

json make_call(int request) { return {48, request, json::object(), "com.bench.echo", arguments}; }

// Until a CALL has so many bytes of JSON; of CBOR it has a few less.
void lengthen_arguments(std::size_t bytes) {
  arguments[0] = "";
  const std::size_t rest = make_call(1'000).dump().size();
  arguments[0] = std::string(bytes - std::min(bytes, rest), 'x');
}

using Sessions = std::vector<std::unique_ptr<Session>>;

class Bench {
 public:
  Bench(std::uint16_t port, std::size_t sessions) : poll_(epoll_create1(0)), other_(port) {
    watch(other_);
    for (std::size_t i = 0; i < sessions; ++i) {
      sessions_.push_back(std::make_unique<Session>(port));
      watch(*sessions_.back());
    }
  }

  void call(int seconds) {
    join();
    other_.ask({64, 1, json::object(), "com.bench.echo"}, 65);
    for (const auto& session : sessions_) call_from(*session);
    run(seconds, [this](Session& session, const json& message) { hear_call(session, message); });
  }

  void publish(int seconds) {
    join();
    for (const auto& session : sessions_) session->ask({32, 1, json::object(), "com.bench.topic"}, 33);
    publish_one();
    run(seconds, [this](Session& session, const json& message) { hear_event(session, message); });
  }

  void pass(int seconds) {
    join();
    echo(seconds);
  }

  void echo(int seconds) {
    for (const auto& session : sessions_) call_from(*session);
    run(seconds, [this](Session& session, const json& message) { hear_echo(session, message); });
  }

  void print() {
    if (nanoseconds_.empty()) fail("nothing came");
    std::sort(nanoseconds_.begin(), nanoseconds_.end());
    const auto at = [&](std::size_t percent) { return nanoseconds_[(nanoseconds_.size() - 1) * percent / 100] / 1e3; };
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto time = [](const timeval& one) {
      return static_cast<double>(one.tv_sec) + static_cast<double>(one.tv_usec) / 1e6;
    };
    std::printf("%zu %.1f %.1f %.3f\n", count_, at(50), at(99), time(used.ru_utime) + time(used.ru_stime));
  }

 private:
  void join() {
    other_.join();
    for (const auto& session : sessions_) session->join();
  }

  void watch(Session& session) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &session}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, session.fd(), &event);
  }

  template <class Hear>
  void run(int seconds, Hear hear) {
    const auto until = Clock::now() + std::chrono::seconds(seconds);
    std::array<epoll_event, 128> events{};
    json message;
    while (Clock::now() < until) {
      const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 1000);
      for (int i = 0; i < ready; ++i) {
        auto& session = *static_cast<Session*>(events[static_cast<std::size_t>(i)].data.ptr);
        session.read();
        while (session.take(message)) hear(session, message);
      }
    }
  }

  void call_from(Session& session) {
    session.sent = Clock::now();
    session.say(make_call(++session.request));
  }

  void hear_call(Session& session, const json& message) {
    if (&session == &other_) {
      if (message[0] != 68) fail_with(message);
      return other_.say({70, message[1], json::object(), message[4]});
    }
    if (message[0] != 50 || message[1] != session.request || message[3] != arguments) fail_with(message);
    took(session.sent);
    ++count_;
    call_from(session);
  }

  void hear_echo(Session& session, const json& message) {
    if (message[0] != 48 || message[1] != session.request || message[4] != arguments) fail_with(message);
    took(session.sent);
    ++count_;
    call_from(session);
  }

  void publish_one() {
    missing_ = sessions_.size() + 1;
    other_.sent = Clock::now();
    other_.say({16, ++other_.request, {{"acknowledge", true}}, "com.bench.topic", arguments});
  }

  void hear_event(Session& session, const json& message) {
    if (message[0] != (&session == &other_ ? 17 : 36)) fail_with(message);
    if (&session != &other_) ++count_;
    if (--missing_ > 0) return;
    took(other_.sent);
    publish_one();
  }

  void took(Clock::time_point since) {
    nanoseconds_.push_back(static_cast<std::uint32_t>(std::chrono::nanoseconds(Clock::now() - since).count()));
  }

  int poll_;
  Session other_;  // the callee, or the publisher
  Sessions sessions_;
  std::size_t count_ = 0, missing_ = 0;
  std::vector<std::uint32_t> nanoseconds_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7 && argc != 8) {
    std::fputs("usage: wamp_client PORT web|raw json|cbor calls|events|echoes|passed SESSIONS SECONDS [BYTES]\n",
               stderr);
    return 2;
  }
  if (argv[2] == std::string_view("raw")) {
    wire = std::make_unique<RawSocketWire>();
  } else {
    wire = std::make_unique<WebSocketWire>();
  }
  format = argv[3] == std::string_view("cbor") ? Format::cbor : Format::json;
  if (argc == 8) lengthen_arguments(static_cast<std::size_t>(std::atoi(argv[7])));
  Bench bench(static_cast<std::uint16_t>(std::atoi(argv[1])), static_cast<std::size_t>(std::atoi(argv[5])));
  const std::string_view what = argv[4];
  const int seconds = std::atoi(argv[6]);
  if (what == "calls") bench.call(seconds);
  if (what == "events") bench.publish(seconds);
  if (what == "echoes") bench.echo(seconds);
  if (what == "passed") bench.pass(seconds);
  bench.print();
}
