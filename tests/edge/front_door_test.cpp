// The whole HTTP side in one process: real sockets, the real codec and exchanges, and a backend that answers at once.
#include "router/edge/front_door.h"

#include <doctest/doctest.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

#include "router/edge/limits.h"
#include "router/exchange/exchanges.h"
#include "router/net/loop_clock.h"
#include "router/observe/counters.h"
#include "tests/edge/echo_backend.h"
#include "tests/exchange/one_route.h"
#include "tests/support/run_until.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// A blocking client, used from a thread of its own while the loop runs.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void say(std::string_view text) { is_connected = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) > 0; }
  // Until `ending` was read, or the end.
  std::string hear(std::string_view ending) {
    std::string text;
    char byte;
    while (!text.ends_with(ending) && ::recv(fd_, &byte, 1, 0) == 1) text += byte;
    return text;
  }
  std::string hear_all() { return hear("never said"); }
  // Reads `bytes` and forgets them; false when there are not so many.
  bool skip(std::size_t bytes) {
    std::string piece(bytes, ' ');
    return ::recv(fd_, piece.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
  }
  // Waits until the peer's kernel has all that was said. False when the peer resets the connection instead.
  bool has_all_arrived() const {
    for (;;) {
      int waiting = 0;
      REQUIRE(::ioctl(fd_, SIOCOUTQ, &waiting) == 0);
      tcp_info info{};
      socklen_t size = sizeof info;
      REQUIRE(::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
      if (info.tcpi_state == TCP_CLOSE) return false;
      if (waiting == 0) return true;
      ::poll(nullptr, 0, 1);
    }
  }
  void half_close() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  bool is_connected = false;

 private:
  int fd_;
};

struct Bench {
  explicit Bench(EdgeSettings edge = {}, std::vector<std::string> proxies = {})
      : settings(std::move(edge)), exchange_settings{.trusted_proxies = std::move(proxies)} {
    auto socket = listen_at("127.0.0.1", 0, Share::no);
    REQUIRE(socket.has_value());
    port = bound_to(*socket).port;
    door.open(std::move(*socket));
  }
  // Runs the loop until the client is done.
  void run(const std::function<void()>& client) {
    std::thread thread([&] {
      client();
      loop.stop();
    });
    loop.run();
    thread.join();
  }
  // Runs the loop until `is_so`, at most for a minute.
  bool run_until(const std::function<bool()>& is_so) {
    return zeroway::run_until(loop, is_so, std::chrono::seconds(60));
  }

  EdgeSettings settings;
  ExchangeSettings exchange_settings;
  Loop loop;
  LoopClock clock{loop};
  Counters counters;
  EchoBackend backend{loop};
  OneRoute route{exchange_settings, backend, settings};
  Exchanges exchanges{exchange_settings, counters, clock};
  Admission admission{loop, settings.limits, exchanges, counters};
  FrontDoor door{{loop, admission, exchanges, counters}, route.plan.listen(0)};
  std::uint16_t port = 0;
};

const char* const kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::string h2_frame(char type, char stream, std::string_view payload) {
  const std::string head{0, 0, static_cast<char>(payload.size()), type, 0, 0, 0, 0, stream};
  return head + std::string(payload);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("front door: many requests on one connection") {
  Bench bench;
  bench.run([&] {
    Client client(bench.port);
    for (int request = 0; request < 100; ++request) {
      client.say(kGet);
      if (!client.hear("rrr").starts_with("HTTP/1.1 200")) return;
    }
  });
  CHECK(bench.counters.requests == 100);
  CHECK(bench.counters.replies_2xx == 100);
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  CHECK(bench.counters.connections_accepted == 1);
  CHECK(bench.exchanges.size() == 0);
}

TEST_CASE("front door: a pipeline is answered in order, then `connection: close` closes") {
  Bench bench;
  std::string got;
  bench.run([&] {
    Client client(bench.port);
    client.say(std::string(kGet) + kGet + kGet + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    got = client.hear_all();
  });
  CHECK(count(got, "HTTP/1.1 200 OK") == 4);
  CHECK(got.ends_with("rrr"));
}

TEST_CASE("front door: a reply whose worker is lost before it has left is asked for again") {
  Bench bench;
  bench.backend.lost_replies = 1;
  std::string got;
  bench.run([&] {
    Client client(bench.port);
    client.say(std::string(kGet) + kGet + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    got = client.hear_all();
  });
  CHECK(count(got, "HTTP/1.1 200 OK") == 3);
  CHECK(count(got, "rrr") == 3);
  CHECK(bench.counters.retries == 1);
  CHECK(bench.counters.requests == 3);
  CHECK(bench.counters.replies_2xx == 3);
}

TEST_CASE("front door: a reply that is taken back gives its client no credit") {
  Bench bench;
  bench.backend.reply_size = 1'000'000;
  bench.backend.lost_replies = 1;
  bench.run([&] {
    Client client(bench.port);
    client.say(kGet);
    client.hear("\r\n\r\n");
    CHECK(client.skip(1'000'000));
  });
  CHECK(bench.counters.retries == 1);
  CHECK(bench.backend.sent == 1'000'000 + kFirstReplyWindow);
  CHECK(bench.backend.credited <= 1'000'000 + kSharedLead);
}

TEST_CASE("front door: a broken request gets its error, and the connection closes") {
  Bench bench;
  std::string got;
  bench.run([&] {
    Client client(bench.port);
    client.say("GET / HTTP/1.1\r\n\r\n");
    got = client.hear_all();
  });
  CHECK(got.starts_with("HTTP/1.1 400"));
  CHECK(bench.counters.bad_requests == 1);
  CHECK(bench.counters.replies_4xx == 1);
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
}

// A mistake gets its GOAWAY through whatever is still on the way; a flood is not read on.
TEST_CASE("front door: an HTTP/2 client that breaks a rule is read on for a while, one that floods is not") {
  const std::string preface = std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + h2_frame(4, 0, "");
  const std::string goaway{7, 0, 0, 0, 0, 0};  // its type, flags and stream
  // Whether 900 kB that come afterwards are taken in.
  const auto is_read_on = [&](const std::string& frames) {
    Bench bench;
    Client client(bench.port);
    bench.run([&] {
      client.say(preface + frames);
      CHECK(client.hear_all().find(goaway) != std::string::npos);
      const std::string piece(10'000, 'x');
      for (int pieces = 0; pieces < 90 && client.is_connected; ++pieces) client.say(piece);
    });
    CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
    CHECK(bench.counters.bad_requests == 1);
    return client.is_connected && client.has_all_arrived();
  };
  std::string pings;
  for (int number = 0; number < 200; ++number) pings += h2_frame(6, 0, "12345678");
  CHECK_FALSE(is_read_on(pings));
  CHECK(is_read_on(h2_frame(6, 1, "12345678")));  // PING on a stream
}

TEST_CASE("front door: a large body arrives, credit by credit") {
  Bench bench;
  std::string got;
  bench.run([&] {
    Client client(bench.port);
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
    client.say(std::string(8'000'000, 'b'));
    got = client.hear("rrr");
  });
  CHECK(got.starts_with("HTTP/1.1 200"));
  CHECK(bench.backend.body_bytes == 8'000'000);
}

TEST_CASE("front door: a worker that grants no credit gets no more than the opening window") {
  Bench bench;
  bench.backend.credits = false;
  Client client(bench.port);
  bench.run([&] {
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
    client.say(std::string(200'000, 'b'));
  });
  CHECK(bench.run_until([&] { return bench.backend.body_bytes == kOpeningWindow; }));
}

TEST_CASE("front door: a client that does not read holds its worker back; when it goes, both sides forget") {
  Bench bench;
  bench.backend.reply_size = 64 << 20;
  Client client(bench.port, 4'096);
  bench.run([&] { client.say(kGet); });
  std::uint64_t before = 0;
  // The kernel's buffers grow for a while; then nothing moves any more.
  CHECK(bench.run_until([&] {
    const bool is_still = bench.backend.sent == before && before > 0;
    before = bench.backend.sent;
    return is_still;
  }));
  CHECK(bench.backend.sent < (16 << 20));
  CHECK(bench.backend.sent - bench.backend.credited <= kStreamWindow);
  client.reset();
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  CHECK(bench.counters.cancelled == 1);
  CHECK(bench.exchanges.size() == 0);
}

TEST_CASE("front door: a pipeline whose replies nobody reads waits; read, it is answered to its end") {
  Bench bench;
  bench.backend.reply_size = 60'000;  // fits into the first window: no credit holds it back
  Client client(bench.port, 4'096);
  std::string requests;
  for (int request = 0; request < 1'000; ++request) requests += kGet;
  bench.run([&] { client.say(requests); });
  std::uint64_t before = 0;
  CHECK(bench.run_until([&] {
    const bool is_still = bench.backend.sent == before && before > 0;
    before = bench.backend.sent;
    return is_still;
  }));
  CHECK(bench.backend.sent < (16 << 20));  // the kernel's buffers, our high mark, and a reply
  std::size_t replies = 0;
  bench.run([&] {
    while (replies < 1'000 && client.hear("\r\n\r\n").starts_with("HTTP/1.1 200")) {
      replies += client.skip(60'000) ? 1 : 0;
    }
  });
  CHECK(replies == 1'000);
}

TEST_CASE("front door: a slow reader gets every byte") {
  Bench bench;
  bench.backend.reply_size = 8 << 20;
  Client client(bench.port, 4'096);
  std::size_t got = 0;
  bench.run([&] {
    client.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client.hear("\r\n\r\n");
    got = client.hear_all().size();
  });
  CHECK(got == 8 << 20);
}

TEST_CASE("front door: a client that goes away while its request is open cancels it") {
  EdgeSettings edge;
  edge.limits.half_close_timeout = Millis(3'600'000);
  const auto goes = [&edge](const std::function<void(Client&)>& go) {
    Bench bench(edge);
    bench.backend.is_silent = true;
    Client client(bench.port);
    bench.run([&] { client.say(kGet); });
    CHECK(bench.run_until([&] { return bench.exchanges.size() == 1; }));
    go(client);
    CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
    CHECK(bench.backend.told == "head GET /; reset; ");
    CHECK(bench.counters.cancelled == 1);
  };
  const auto closes_behind_more = [](Client& client) {
    client.say(kGet);
    client.close();
  };
  SUBCASE("at once by a reset") {
    goes([](Client& client) { client.reset(); });
  }
  SUBCASE("by closing, when no reply has begun within the half-close timeout") {
    edge.limits.half_close_timeout = Millis(50);
    goes([](Client& client) { client.close(); });
    goes(closes_behind_more);
  }
  SUBCASE("at once by closing, without that timeout") {
    edge.limits.half_close_timeout = Millis(0);
    goes([](Client& client) { client.close(); });
    goes(closes_behind_more);
  }
}

TEST_CASE("front door: a half-closed client is answered, each request of its pipeline") {
  Bench bench;
  const int requests = 20;
  std::string heard;
  bench.run([&] {
    Client client(bench.port);
    std::string pipeline;
    for (int left = requests; left > 0; --left) pipeline += kGet;
    client.say(pipeline);
    client.half_close();
    heard = client.hear_all();
  });
  CHECK(count(heard, "HTTP/1.1 200 OK") == requests);
  CHECK(heard.ends_with("rrr"));
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  CHECK(bench.counters.cancelled == 0);
}

TEST_CASE("front door: a half-closed client whose reply has begun gets all of it") {
  EdgeSettings edge;
  edge.limits.half_close_timeout = Millis(20);
  Bench bench(edge);
  bench.backend.reply_size = 8 << 20;
  std::size_t heard = 0;
  bench.run([&] {
    Client client(bench.port, 4'096);
    client.say(kGet);
    client.half_close();
    client.hear("\r\n\r\n");
    ::poll(nullptr, 0, 200);  // ten times as long as a reply may take to begin
    while (client.skip(4'096)) heard += 4'096;
  });
  CHECK(heard == bench.backend.reply_size);
  CHECK(bench.counters.cancelled == 0);
}

TEST_CASE("front door: a half-closed client that has not sent all of its body is not answered") {
  Bench bench;
  std::string heard = "nothing";
  bench.run([&] {
    Client client(bench.port);
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
    client.half_close();
    heard = client.hear_all();
  });
  CHECK(heard.empty());
  CHECK(bench.backend.told == "head POST /; reset; ");
}

TEST_CASE("front door: a half-closed client that goes away while its reply is sent cancels it at once") {
  EdgeSettings edge;
  edge.limits.half_close_timeout = Millis(3'600'000);
  Bench bench(edge);
  bench.backend.reply_size = 1 << 30;
  Client client(bench.port);
  bench.run([&] {
    client.say(kGet);
    client.half_close();
    client.hear("\r\n\r\n");
  });
  client.close();  // with bytes unread: its kernel resets
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  CHECK(bench.backend.told == "head GET /; reset; ");
}

TEST_CASE("front door: slow heads and slow bodies get 408, idle connections are closed without a word") {
  EdgeSettings settings;
  settings.limits.head_timeout = settings.limits.body_timeout = settings.limits.idle_timeout = 50ms;
  Bench bench(settings);
  std::string sent;
  std::string expected = "HTTP/1.1 408";
  SUBCASE("head") { sent = "GET / HT"; }
  SUBCASE("body") { sent = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"; }
  SUBCASE("idle") {
    sent = kGet;
    expected = "HTTP/1.1 200";
  }
  std::string got;
  Client client(bench.port);
  client.say(sent);  // it is there before any time runs
  bench.run([&] { got = client.hear_all(); });
  CHECK(got.starts_with(expected));
  CHECK(count(got, "HTTP/1.1") == 1);
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  CHECK(bench.exchanges.size() == 0);
}

TEST_CASE("front door: a client that takes nothing for the send timeout is dropped") {
  EdgeSettings settings;
  settings.limits.send_timeout = 100ms;
  Bench bench(settings);
  bench.backend.reply_size = 64 << 20;
  Client client(bench.port, 4'096);
  bench.run([&] { client.say(kGet); });
  const auto is_gone = [&] { return bench.counters.connections_accepted == 1 && bench.counters.connections_open == 0; };
  CHECK(bench.run_until(is_gone));
  CHECK(bench.counters.cancelled == 1);
}

TEST_CASE("front door: at the cap newcomers wait until somebody leaves") {
  EdgeSettings settings;
  settings.limits.max_connections = 1;
  Bench bench(settings);
  Client first(bench.port);
  CHECK(bench.run_until([&] { return bench.counters.connections_accepted == 1; }));
  Client second(bench.port);
  std::string got;
  bench.run([&] {
    first.say(kGet);
    got = first.hear("rrr");
  });
  CHECK(got.starts_with("HTTP/1.1 200"));
  CHECK(bench.counters.connections_accepted == 1);
  first.close();
  bench.run([&] {
    second.say(kGet);
    got = second.hear("rrr");
  });
  CHECK(got.starts_with("HTTP/1.1 200"));
  CHECK(bench.counters.connections_accepted == 2);
}

TEST_CASE("front door: an address has so many connections, the next is closed at once, until one of them ends") {
  EdgeSettings settings;
  settings.limits.max_connections_per_address = 1;
  Bench bench(settings);
  Client first(bench.port);
  std::string got = "?";
  bench.run([&] {
    Client second(bench.port);
    got = second.hear_all();
    first.say(kGet);
    if (!first.hear("rrr").starts_with("HTTP/1.1 200")) got = "the first is served";
  });
  CHECK(got == "");
  CHECK(bench.counters.connections_refused == 1);
  CHECK(bench.counters.connections_accepted == 1);
  CHECK(bench.counters.connections_open == 1);
  first.close();
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 0; }));
  bench.run([&] {
    Client third(bench.port);
    third.say(kGet);
    got = third.hear("rrr");
  });
  CHECK(got.starts_with("HTTP/1.1 200"));
}

TEST_CASE("front door: an address opens so many connections in a second, the next is closed at once") {
  EdgeSettings settings;
  settings.limits.connection_rate_per_address = 1;
  Bench bench(settings);
  std::size_t served = 0, refused = 0;
  bench.run([&] {
    // Until the second has passed that the first one took.
    for (int tries = 0; tries < 100'000 && (served < 2 || refused == 0); ++tries) {
      Client client(bench.port);
      client.say(kGet);
      const std::string got = client.hear("rrr");
      served += got.starts_with("HTTP/1.1 200") ? 1 : 0;
      refused += got == "" ? 1 : 0;
    }
  });
  CHECK(served >= 2);
  CHECK(refused > 0);
  CHECK(bench.counters.connections_too_fast == refused);
  CHECK(bench.counters.connections_refused == 0);
  CHECK(bench.counters.connections_accepted == served);
}

TEST_CASE("front door: the connections of a trusted proxy are not counted") {
  EdgeSettings settings;
  settings.limits.max_connections_per_address = settings.limits.connection_rate_per_address = 1;
  Bench bench(settings, {"127.0.0.0/8"});
  Client first(bench.port);
  Client second(bench.port);
  CHECK(bench.run_until([&] { return bench.counters.connections_open == 2; }));
  CHECK(bench.counters.connections_refused + bench.counters.connections_too_fast == 0);
}

TEST_CASE("front door: draining closes idle connections and finishes open requests") {
  Bench bench;
  Client idle(bench.port);
  Client busy(bench.port);
  bench.run([&] {
    idle.say(kGet);
    idle.hear("rrr");
    busy.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
  });
  CHECK(bench.run_until([&] { return bench.exchanges.size() == 1; }));
  bench.door.drain();
  CHECK_FALSE(bench.door.is_drained());
  std::string from_idle = "?";
  std::string from_busy;
  bench.run([&] {
    from_idle = idle.hear_all();
    busy.say("bc");
    from_busy = busy.hear_all();
  });
  CHECK(from_idle == "");
  CHECK(from_busy.starts_with("HTTP/1.1 200"));
  CHECK(bench.run_until([&] { return bench.door.is_drained(); }));
  CHECK_FALSE(Client(bench.port).is_connected);
}
