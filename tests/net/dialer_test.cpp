#include "router/net/dialer.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <optional>

#include "router/net/connect_attempt.h"
#include "router/net/limits.h"
#include "router/net/listener.h"
#include "router/net/tcp_connection.h"
#include "tests/net/talk.h"
#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// A server on a free port: greets each client.
struct Server {
  Server(Loop& loop, Socket socket) : where(SocketAddress::numeric("127.0.0.1", 1)) {
    if (const Peer peer = bound_to(socket); !peer.address.empty())
      where = SocketAddress::numeric(peer.address, peer.port);
    listener.emplace(loop, std::move(socket), [this, &loop](Socket accepted, Peer) {
      talks.emplace_back();
      talks.back().serve(std::make_unique<TcpConnection>(loop, std::move(accepted)));
      talks.back().say("hello");
    });
  }
  Server(Loop& loop, const std::string& address) : Server(loop, *listen_at(address, 0, Share::no)) {}

  std::optional<SocketAddress> where;
  std::deque<Talk> talks;
  std::optional<Listener> listener;
};

// A socket that listens and accepts nobody: its backlog is full, so a further client gets no answer.
struct Silent {
  explicit Silent(const SocketAddress& at) : address(at) {
    listening = make();
    sockaddr_storage storage;
    REQUIRE(::bind(listening.fd(), reinterpret_cast<const sockaddr*>(&storage), address.fill(storage)) == 0);
    REQUIRE(::listen(listening.fd(), 0) == 0);
    if (!at.is_unix()) address = address.with_port(bound_to(listening).port);
    const socklen_t size = address.fill(storage);
    while (true) {
      Socket client = make();
      static_cast<void>(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&storage), size));
      if (!is_connected(client)) return;  // that one got no answer
      clients.push_back(std::move(client));
    }
  }
  // Takes all who wait, so that the next one is answered.
  void accept_all() {
    for (const Socket& client : clients) {
      CHECK(client.is_open());
      Socket(::accept4(listening.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    }
  }
  Silent() : Silent(*SocketAddress::numeric("127.0.0.1", 0)) {}
  [[nodiscard]] static bool is_connected(const Socket& client) {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return ::getpeername(client.fd(), reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  }
  [[nodiscard]] Socket make() const {
    return Socket(::socket(address.is_unix() ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  }

  SocketAddress address;
  Socket listening;
  std::vector<Socket> clients;
};

SocketAddress refused_address() {
  const auto socket = listen_at("127.0.0.1", 0, Share::no);
  return *SocketAddress::numeric("127.0.0.1", bound_to(*socket).port);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct Bench {
  // Waits for the result: "connected", or the error's detail.
  std::string dial(DialWish wish) {
    result.reset();
    auto dialing = dialer.dial(std::move(wish), [this](Result<Dialed> told) { result.emplace(std::move(told)); });
    CHECK_FALSE(result);  // never from inside
    REQUIRE(run_until(loop, [this] { return result.has_value(); }));
    return result->has_value() ? "connected" : result->error().detail;
  }
  std::string dial(std::vector<SocketAddress> addresses, Millis deadline = 4s) {
    return dial(DialWish{std::move(addresses), nullptr, deadline, ""});
  }
  [[nodiscard]] Error error() const { return result->error(); }

  Loop loop{ManySends::Ring::never};  // a ring would be one more descriptor, opened when it is needed
  Dialer dialer{loop};
  std::optional<Result<Dialed>> result;
};

}  // namespace

TEST_CASE("dialer: a connection is served later, and no byte is lost") {
  Bench bench;
  for (const std::string address : {"127.0.0.1", "::1"}) {
    Server server(bench.loop, address);
    REQUIRE(bench.dial({*server.where}) == "connected");
    REQUIRE(run_until(bench.loop, [&] { return !server.talks.empty(); }));
    CHECK(stays(bench.loop, [&] { return server.talks[0].end.empty(); }));  // the greeting waits in the kernel
    Talk talk;
    talk.serve(std::move((*bench.result)->connection));
    talk.say("good day");
    CHECK(run_until(bench.loop, [&] { return talk.heard == "hello" && server.talks[0].heard == "good day"; }));
    CHECK((*bench.result)->address == *server.where);
    CHECK((*bench.result)->protocol.empty());
    server.talks[0].close();
    CHECK(run_until(bench.loop, [&] { return talk.end == "ended "; }));
  }
}

TEST_CASE("dialer: a unix socket, there and not there") {
  const Folder folder;
  Bench bench;
  const auto where = SocketAddress::unix_socket(folder.path("door"));
  CHECK(bench.dial({*where}).ends_with("door: there is no such socket file"));
  CHECK(bench.error().fault == Fault::backend);
  {
    Server server(bench.loop, *listen_on_unix(folder.path("door")));
    REQUIRE(bench.dial({*where}) == "connected");
    Talk talk;
    talk.serve(std::move((*bench.result)->connection));
    CHECK(run_until(bench.loop, [&] { return talk.heard == "hello"; }));
  }
  CHECK(bench.dial({*where}).ends_with("refused: nobody listens there"));
}

TEST_CASE("dialer: a unix socket with a full backlog is waited for") {
  const Folder folder;
  Bench bench;
  Silent busy(*SocketAddress::unix_socket(folder.path("door")));
  CHECK(bench.dial({busy.address}, 100ms).ends_with("no answer in 100 ms"));
  CHECK(bench.error().code == Code::backend_timeout);
  auto dialing =
      bench.dialer.dial(busy.address, nullptr, 4s, [&](Result<Dialed> told) { bench.result.emplace(std::move(told)); });
  bench.result.reset();
  CHECK(stays(bench.loop, [&] { return !bench.result; }));
  busy.accept_all();
  REQUIRE(run_until(bench.loop, [&] { return bench.result.has_value(); }));
  CHECK(bench.result->has_value());
}

TEST_CASE("dialer: errors say what happened, and whose fault it is") {
  Bench bench;
  const SocketAddress address = refused_address();
  CHECK(bench.dial({address}) == "cannot connect to " + address.show() + ": refused: nobody listens there");
  CHECK(bench.error().fault == Fault::backend);
  CHECK(bench.error().code == Code::backend_lost);
  CHECK(bench.error().retry_safe);

  const Silent silent;
  CHECK(bench.dial({silent.address}, 100ms) == "cannot connect to " + silent.address.show() + ": no answer in 100 ms");
  CHECK(bench.error().fault == Fault::backend);
  CHECK(bench.error().code == Code::backend_timeout);

  CHECK(bench.dial(std::vector<SocketAddress>{}) == "no address");

  struct Case {
    int error;
    Fault fault;
    std::string words;
  };
  for (const Case& one :
       {Case{EADDRNOTAVAIL, Fault::router, "no local port is free"},
        Case{EMFILE, Fault::router, "no descriptor is free"}, Case{ENFILE, Fault::router, "no descriptor is free"},
        Case{ENOBUFS, Fault::router, "No buffer space available"}, Case{EHOSTUNREACH, Fault::backend, "no route"},
        Case{ENETUNREACH, Fault::backend, "no route"}, Case{ETIMEDOUT, Fault::backend, "no answer"},
        Case{ECONNRESET, Fault::backend, "Connection reset by peer"}}) {
    CAPTURE(one.words);
    const Error error = connect_error(address, one.error);
    CHECK(error.fault == one.fault);
    CHECK(error.retry_safe);
    CHECK(error.detail.ends_with(one.words));
  }
}

TEST_CASE("dialer: no descriptor left is our failure, and is told from the loop") {
  Bench bench;
  Server server(bench.loop, "127.0.0.1");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit now = before;
  const Socket next(::dup(0));
  now.rlim_cur = static_cast<rlim_t>(next.fd());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
  const std::string told = bench.dial({*server.where});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(told.ends_with("no descriptor is free"));
  CHECK(bench.error().fault == Fault::router);
  CHECK(bench.error().code == Code::internal);
}

TEST_CASE("dialer: a handle that is destroyed cancels, and leaves no descriptor open") {
  Bench bench;
  Server server(bench.loop, "127.0.0.1");
  const Silent silent;
  const std::size_t before = open_descriptors();
  bool is_told = false;
  const auto done = [&](const Result<Dialed>&) { is_told = true; };
  for (const SocketAddress& address : {*server.where, silent.address, refused_address()}) {
    static_cast<void>(bench.dialer.dial(address, nullptr, 1s, done));
    auto later = bench.dialer.dial(address, nullptr, 1s, done);
    bench.loop.post([&] { later.reset(); });
    CHECK(stays(bench.loop, [&] { return !is_told; }));
  }
  server.talks.clear();
  CHECK(open_descriptors() == before);
}

TEST_CASE("dialer: a handle may be destroyed in its callback") {
  Bench bench;
  Server server(bench.loop, "127.0.0.1");
  int told = 0;
  std::unique_ptr<Dialing> good, bad;
  good = bench.dialer.dial(*server.where, nullptr, 1s, [&](Result<Dialed> result) {
    CHECK(result.has_value());
    good.reset();
    ++told;
  });
  bad = bench.dialer.dial(refused_address(), nullptr, 1s, [&](Result<Dialed> result) {
    CHECK_FALSE(result.has_value());
    bad.reset();
    ++told;
  });
  CHECK(run_until(bench.loop, [&] { return told == 2; }));
}

TEST_CASE("dialer: a refused address gives way to the next one at once, a silent one after a short delay") {
  Bench bench;
  Server server(bench.loop, "127.0.0.1");
  const Silent silent;
  Time begin = bench.loop.now();
  REQUIRE(bench.dial({refused_address(), refused_address(), *server.where}) == "connected");
  CHECK((*bench.result)->address == *server.where);
  begin = Clock::now();
  REQUIRE(bench.dial({silent.address, *server.where}) == "connected");
  CHECK((*bench.result)->address == *server.where);
  CHECK(Clock::now() - begin >= kAttemptDelay);
}

TEST_CASE("dialer: an address that answers late still wins when the next one is silent, too") {
  Bench bench;
  Silent late, silent;
  const std::size_t before = open_descriptors();
  bench.result.reset();
  auto dialing = bench.dialer.dial(DialWish{{late.address, silent.address}, nullptr, 4s, ""},
                                   [&](Result<Dialed> told) { bench.result.emplace(std::move(told)); });
  CHECK(run_until(bench.loop, [&] { return open_descriptors() == before + 2; }));  // both are under way
  late.accept_all();
  REQUIRE(run_until(bench.loop, [&] { return bench.result.has_value(); }));  // the kernel asks again after a second
  REQUIRE(bench.result->has_value());
  CHECK((*bench.result)->address == late.address);
  CHECK(open_descriptors() == before + 1);  // the other attempt is closed
}

TEST_CASE("dialer: families take turns (RFC 8305 §4)") {
  Bench bench;
  const Silent silent;
  Server same(bench.loop, "127.0.0.1"), other(bench.loop, "::1");
  REQUIRE(bench.dial({silent.address, *same.where, *other.where}) == "connected");
  CHECK((*bench.result)->address == *other.where);
}

TEST_CASE("dialer: of several errors, the first one of a server is told, and the deadline covers all addresses") {
  Bench bench;
  const SocketAddress first = refused_address(), second = refused_address();
  CHECK(bench.dial({first, second}).find(first.show()) != std::string::npos);
  const Silent one, two;
  const Time begin = Clock::now();
  CHECK(bench.dial({one.address, two.address}, 300ms).ends_with("no answer in 300 ms"));
  CHECK(Clock::now() - begin < 3s);
}

TEST_CASE("dialer: the first bytes are in front of all others") {
  Bench bench;
  Server server(bench.loop, "127.0.0.1");
  REQUIRE(bench.dial(DialWish{{*server.where}, nullptr, 1s, "PROXY UNKNOWN\r\n"}) == "connected");
  Talk talk;
  talk.serve(std::move((*bench.result)->connection));
  talk.say("GET");
  CHECK(
      run_until(bench.loop, [&] { return !server.talks.empty() && server.talks[0].heard == "PROXY UNKNOWN\r\nGET"; }));
}
