#include "router/net/tcp_connection.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <functional>
#include <optional>
#include <thread>

#include "router/net/limits.h"
#include "router/net/listener.h"
#include "router/net/loop_inside.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// The router's end of a real TCP connection and, as a plain blocking descriptor, the client's.
struct Bench : ConnectionEvents {
  enum class Copy : bool { no, yes };
  // With a copy, the socket stays open when the connection has closed it.
  explicit Bench(int receive_buffer = 0, Copy wanted = Copy::no) {
    auto socket = listen_at("127.0.0.1", 0, Share::no);
    REQUIRE(socket.has_value());
    const std::uint16_t port = bound_to(*socket).port;
    client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer) ::setsockopt(client, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    Listener listener(loop, std::move(*socket), [this, wanted](Socket accepted, Peer from) {
      peer = from;
      int on = 0;
      socklen_t size = sizeof on;
      ::getsockopt(accepted.fd(), IPPROTO_TCP, TCP_NODELAY, &on, &size);
      has_no_delay = on != 0;
      ::getsockopt(accepted.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, &size);
      is_probed = on != 0;
      ::getsockopt(accepted.fd(), IPPROTO_TCP, TCP_KEEPIDLE, &probe_after, &size);
      if (wanted == Copy::yes) same_socket = share(accepted.fd());
      connection.emplace(loop, std::move(accepted), *this);
      loop.stop();
    });
    loop.run();
    REQUIRE(connection);
  }
  ~Bench() override {
    if (client >= 0) ::close(client);
  }

  std::size_t received(Bytes bytes) override {
    heard = as_text(bytes);
    const std::size_t taken = bytes.size() < least ? 0 : std::min(takes, bytes.size());
    note("received " + std::to_string(bytes.size()));
    return taken;
  }
  std::size_t missing() const override { return least > heard.size() ? least - heard.size() : 0; }
  void input_ended() override { note("ended"); }
  void hung_up() override { note("hung up"); }
  void written() override {
    if (on_written) on_written();
  }
  void lost() override {
    connection.reset();
    note("lost");
  }
  void note(const std::string& what) {
    told += what + "; ";
    loop.stop();
  }

  // Runs until something is told, or a second is over and nothing that came meanwhile is left.
  void turn() {
    Timer limit(loop, [this] { loop.post([this] { loop.stop(); }); });
    limit.set(1s);
    loop.run();
  }
  void say(std::string_view text) { REQUIRE(::send(client, text.data(), text.size(), MSG_NOSIGNAL) > 0); }
  std::string hear(std::size_t size) {
    std::string text(size, '\0');
    const ssize_t count = ::recv(client, text.data(), size, MSG_WAITALL);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  void reset_by_client() {
    const linger at_once{1, 0};
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(client);
    client = -1;
  }

  Loop loop;
  int client = -1;
  std::optional<TcpConnection> connection;
  Socket same_socket;
  Peer peer;
  bool has_no_delay = false;
  bool is_probed = false;
  int probe_after = 0;
  std::size_t least = 0;  // fewer bytes are not taken
  std::size_t takes = SIZE_MAX;
  std::string told;
  std::string heard;
  std::function<void()> on_written;
};

// How much of the `said` bytes a closed connection reads and drops, before it is lost. `others` of the loop linger.
std::size_t dropped(Linger linger, std::size_t said, std::size_t others = 0) {
  Bench bench(0, Bench::Copy::yes);
  bench.loop.inside().lingering = others;
  std::string bytes = "the last words";
  REQUIRE(bench.connection->send(bytes));
  CHECK_FALSE(bench.connection->close(linger));
  std::thread client([&] {
    const std::string all(said, 'x');
    std::size_t at = 0;
    for (ssize_t count = 1; at < said && count > 0; at += static_cast<std::size_t>(std::max<ssize_t>(count, 0))) {
      count = ::send(bench.client, all.data() + at, said - at, MSG_NOSIGNAL);
    }
    ::shutdown(bench.client, SHUT_WR);
  });
  while (bench.told.empty()) bench.turn();
  CHECK(bench.told == "lost; ");
  CHECK(bench.loop.inside().lingering == others);
  CHECK(bench.hear(100) == "the last words");
  ::fcntl(bench.same_socket.fd(), F_SETFL, 0);  // blocks
  std::string piece(65'536, '\0');
  std::size_t left = 0;
  for (ssize_t count = 1; count > 0; left += static_cast<std::size_t>(std::max<ssize_t>(count, 0))) {
    count = ::read(bench.same_socket.fd(), piece.data(), piece.size());
  }
  client.join();
  return said - left;
}

}  // namespace

TEST_CASE("tcp connection: knows its peer, and sends small replies without delay") {
  Bench bench;
  CHECK(bench.peer.address == "127.0.0.1");
  CHECK(bench.peer.port != 0);
  CHECK(bench.has_no_delay);
  CHECK(bench.is_probed);  // a client that lost its line is found out
  CHECK(bench.probe_after == kProbeAfter);
}

TEST_CASE("tcp connection: what is not taken is kept and told again with what comes, or when offered") {
  Bench bench;
  bench.takes = 2;
  bench.say("abc");
  bench.turn();
  CHECK(bench.connection->kept() == 1);
  bench.say("de");
  bench.turn();
  CHECK(bench.heard == "cde");
  CHECK(bench.connection->kept() == 1);
  bench.connection->offer();
  CHECK(bench.heard == "e");
  CHECK(bench.connection->kept() == 0);
}

TEST_CASE(
    "tcp connection: of bytes that are missing to those that are kept, no more are read at once than are missing") {
  Bench bench;
  const std::string body(kLargeRead, 'b');
  bench.least = 4 + body.size();
  bench.say("head");
  bench.turn();
  CHECK(bench.told == "received 4; ");
  bench.say(body + "tail");
  while (bench.heard != "tail") bench.turn();
  CHECK(bench.told == "received 4; received " + std::to_string(bench.least) + "; received 4; ");
  CHECK(bench.connection->kept() == 4);
}

TEST_CASE("tcp connection: what the kernel refuses waits, and everything arrives in order") {
  Bench bench(4'096);
  std::string sent(8 << 20, '\0');
  for (std::size_t index = 0; index < sent.size(); ++index) sent[index] = static_cast<char>(index * 7 / 5);
  std::string got;
  std::thread client([&] { got = bench.hear(sent.size()); });
  std::string bytes = sent;
  REQUIRE(bench.connection->send(bytes));
  CHECK(bytes.empty());
  CHECK(bench.connection->queued() > 0);
  bench.on_written = [&] {
    if (bench.connection->queued() == 0) bench.note("all");
  };
  while (bench.told.empty()) bench.turn();
  client.join();
  CHECK(got == sent);
  CHECK(bench.told == "all; ");
}

TEST_CASE("tcp connection: paused it does not read; resumed it does") {
  Bench bench;
  bench.connection->pause(PauseReason::reader);
  bench.connection->pause(PauseReason::writer);
  bench.say("abc");
  Timer limit(bench.loop, [&] { bench.loop.stop(); });
  limit.set(30ms);
  bench.loop.run();
  CHECK(bench.told == "");
  bench.connection->resume(PauseReason::reader);
  limit.set(30ms);
  bench.loop.run();
  CHECK(bench.told == "");
  bench.connection->resume(PauseReason::writer);
  bench.turn();
  CHECK(bench.told == "received 3; ");
}

TEST_CASE("tcp connection: a client that closes its side is told, paused or not, once") {
  Bench bench;
  SUBCASE("reading") {
    ::shutdown(bench.client, SHUT_WR);
    bench.turn();
    bench.turn();
    CHECK(bench.told == "ended; ");
  }
  SUBCASE("paused") {
    bench.connection->pause(PauseReason::reader);
    bench.say("x");
    ::shutdown(bench.client, SHUT_WR);
    bench.turn();
    bench.turn();
    CHECK(bench.told == "hung up; ");
    bench.connection->resume(PauseReason::reader);
    bench.turn();
    bench.turn();
    CHECK(bench.told == "hung up; received 1; ended; ");
  }
}

TEST_CASE("tcp connection: a reset is told as lost, paused or not, and writing to it says so") {
  Bench bench;
  SUBCASE("reading") {
    bench.reset_by_client();
    bench.turn();
    CHECK(bench.told == "lost; ");
  }
  SUBCASE("paused") {
    bench.connection->pause(PauseReason::reader);
    bench.reset_by_client();
    for (int turns = 0; turns < 3 && bench.connection; ++turns) bench.turn();
    CHECK(bench.told.ends_with("lost; "));
  }
  SUBCASE("writing") {
    bench.reset_by_client();
    const Time begin = Clock::now();
    bool is_sent = true;
    while (is_sent && Clock::now() - begin < 60s) {  // the reset may be on its way
      std::string bytes = "x";
      is_sent = bench.connection->send(bytes);
    }
    CHECK_FALSE(is_sent);
  }
}

TEST_CASE("tcp connection: our side may end alone, behind the bytes that wait, and the client goes on") {
  Bench bench(4'096);
  const std::string text(4 << 20, 'x');
  std::string bytes = text;
  REQUIRE(bench.connection->send(bytes));
  CHECK(bench.connection->queued() > 0);
  bench.connection->end_output();
  std::string heard;
  std::thread client([&] {
    heard = bench.hear(text.size() + 1);  // until the end
    bench.say("later");
    ::shutdown(bench.client, SHUT_WR);
  });
  for (int turns = 0; turns < 100 && bench.told.find("ended") == std::string::npos; ++turns) bench.turn();
  client.join();
  CHECK(heard == text);
  CHECK(bench.told == "received 5; ended; ");
}

TEST_CASE("tcp connection: with both sides ended and bytes unread, the loop rests until they are wanted") {
  Bench bench;
  bench.connection->end_output();
  bench.connection->pause(PauseReason::reader);
  bench.say("abc");
  ::shutdown(bench.client, SHUT_WR);
  bench.turn();
  const std::clock_t before = std::clock();
  Timer limit(bench.loop, [&] { bench.loop.stop(); });
  limit.set(200ms);
  bench.loop.run();
  CHECK(std::clock() - before < CLOCKS_PER_SEC / 20);  // a loop that is told without end takes all of the time
  bench.connection->resume(PauseReason::reader);
  bench.turn();
  bench.turn();
  CHECK(bench.told.ends_with("received 3; ended; "));
}

TEST_CASE("tcp connection: reset throws away what waits, and the client sees it") {
  Bench bench(4'096);
  std::string bytes(4 << 20, 'x');
  REQUIRE(bench.connection->send(bytes));
  bench.connection->reset();
  bench.connection.reset();
  ssize_t count = 0;
  std::string piece(1 << 20, '\0');
  while ((count = ::recv(bench.client, piece.data(), piece.size(), 0)) > 0) {
  }
  CHECK(count == -1);
  CHECK(errno == ECONNRESET);
  CHECK(bench.told == "");
}

TEST_CASE("tcp connection: closing over unread bytes does not destroy the last reply") {
  Bench bench;
  bench.connection->pause(PauseReason::reader);
  bench.say("never read");
  std::string bytes = "the last reply";
  REQUIRE(bench.connection->send(bytes));
  CHECK_FALSE(bench.connection->close(Linger::full));
  bench.say("nor this");
  CHECK(bench.hear(100) == "the last reply");
  ::close(bench.client);
  bench.client = -1;
  bench.turn();
  CHECK(bench.told == "lost; ");
}

TEST_CASE("tcp connection: what comes after close is dropped, up to a bound that is small when it was a flood") {
  CHECK(dropped(Linger::full, 20 << 20) == 20 << 20);
  CHECK(dropped(Linger::brief, 300'000) == 300'000);
  CHECK(dropped(Linger::brief, kBriefLingerBytes + 300'000) == kBriefLingerBytes);
  CHECK(dropped(Linger::flood, 10'000) == 10'000);
  CHECK(dropped(Linger::flood, 300'000) == kFloodLingerBytes);
}

TEST_CASE("tcp connection: beside many that linger, a further one does so briefly") {
  CHECK(dropped(Linger::full, 2 << 20, kMaxLingering - 1) == 2 << 20);
  CHECK(dropped(Linger::full, 2 << 20, kMaxLingering) == kBriefLingerBytes);
}

TEST_CASE("tcp connection: closed again, it lingers for less time") {
  Bench bench;
  CHECK_FALSE(bench.connection->close(Linger::full));
  CHECK(bench.loop.inside().lingering == 1);
  CHECK_FALSE(bench.connection->close(Linger::brief));
  CHECK(bench.loop.inside().lingering == 0);
  CHECK_FALSE(bench.connection->close(Linger::full));
  CHECK(bench.loop.inside().lingering == 0);
  while (bench.told.empty()) bench.turn();  // its client never closes
  CHECK(bench.told == "lost; ");
}

TEST_CASE("tcp connection: a client that sends all before it reads gets a reply larger than the kernel holds") {
  Bench bench(4'096);
  const std::string reply(8 << 20, 'r');
  std::string bytes = reply;
  REQUIRE(bench.connection->send(bytes));
  REQUIRE(bench.connection->queued() > 0);
  CHECK_FALSE(bench.connection->close(Linger::full));
  std::string got;
  std::thread client([&] {
    const std::string upload(20 << 20, 'u');
    CHECK(::send(bench.client, upload.data(), upload.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(upload.size()));
    got = bench.hear(reply.size() + 1);
    ::shutdown(bench.client, SHUT_WR);
  });
  while (bench.told.empty()) bench.turn();
  client.join();
  CHECK(got == reply);
  CHECK(bench.told == "lost; ");
}

TEST_CASE("tcp connection: close waits for what is queued") {
  Bench bench(4'096);
  std::string bytes(8 << 20, 'x');
  std::string got;
  REQUIRE(bench.connection->send(bytes));
  CHECK_FALSE(bench.connection->close(Linger::no));
  std::thread client([&] { got = bench.hear((8 << 20) + 1); });
  while (bench.told.empty()) bench.turn();
  client.join();
  CHECK(got.size() == 8 << 20);
  CHECK(bench.told == "lost; ");
}

// What a session does at the end of a turn.
TEST_CASE("tcp connection: what is small leaves at the end of the turn") {
  Bench bench;
  const auto in_a_turn = [&](auto&& task) {
    bench.loop.post([&] {
      task();
      bench.loop.stop();
    });
    bench.loop.run();
  };
  std::string bytes = "small";
  SUBCASE("with that of others") {
    in_a_turn([&] {
      REQUIRE(bench.connection->send(bytes));
      CHECK(bytes.empty());
      char byte;
      CHECK(::recv(bench.client, &byte, 1, MSG_DONTWAIT) < 0);
    });
    CHECK(bench.hear(5) == "small");
  }
  SUBCASE("in its order, when more follows in the same turn") {
    std::string much(kSmallSend + 1, 'x');
    std::string end = "end";
    in_a_turn([&] {
      REQUIRE(bench.connection->send(bytes));
      REQUIRE(bench.connection->send(much));
      REQUIRE(bench.connection->send(end));
    });
    CHECK(bench.hear(kSmallSend + 9) == "small" + std::string(kSmallSend + 1, 'x') + "end");
  }
  SUBCASE("when it is closed in the same turn") {
    in_a_turn([&] {
      REQUIRE(bench.connection->send(bytes));
      CHECK(bench.connection->close(Linger::no));
    });
    CHECK(bench.hear(100) == "small");
  }
  SUBCASE("when it is destroyed in the same turn") {
    in_a_turn([&] {
      REQUIRE(bench.connection->send(bytes));
      bench.connection.reset();
    });
    CHECK(bench.hear(100) == "small");
  }
  CHECK(bench.told == "");
}

TEST_CASE("tcp connection: what the kernel did not take at the end of the turn is told to wait, and arrives") {
  Bench bench(4'096);
  std::string sent;
  bool was_refused = false;
  bench.on_written = [&] { was_refused = was_refused || bench.connection->queued() > 0; };
  for (int turns = 0; turns < 10'000 && !was_refused; ++turns) {
    bench.loop.post([&] {
      std::string bytes(kSmallSend, static_cast<char>('a' + turns % 26));
      sent += bytes;
      REQUIRE(bench.connection->send(bytes));
      CHECK(bench.connection->queued() == 0);  // until the turn ends
      bench.loop.stop();
    });
    bench.loop.run();
  }
  REQUIRE(was_refused);
  std::string got;
  std::thread client([&] { got = bench.hear(sent.size()); });
  bench.on_written = [&] {
    if (bench.connection->queued() == 0) bench.note("all");
  };
  while (bench.told.empty()) bench.turn();
  client.join();
  CHECK(got == sent);
}

TEST_CASE("tcp connection: a break that is found at the end of the turn is told as lost, once") {
  Bench bench;
  bench.connection->pause(PauseReason::reader);  // reading does not find it first
  bench.reset_by_client();
  for (int turns = 0; turns < 1'000 && bench.connection; ++turns) {
    bench.loop.post([&] {
      std::string bytes = "x";
      if (bench.connection && !bench.connection->send(bytes)) bench.connection.reset();
    });
    bench.turn();
  }
  CHECK(bench.told.ends_with("lost; "));  // as in reading, paused: the end may be told first
  CHECK(bench.told.find("lost") == bench.told.rfind("lost"));
}

TEST_CASE("listener: a taken port is an error that names it") {
  auto first = listen_at("127.0.0.1", 0, Share::no);
  REQUIRE(first.has_value());
  const Peer where = bound_to(*first);
  CHECK(where.port != 0);
  const auto second = listen_at("127.0.0.1", where.port, Share::no);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().detail.find(show(where)) != std::string::npos);
}

TEST_CASE("listener: several loops share one port") {
  auto first = listen_at("127.0.0.1", 0, Share::yes);
  REQUIRE(first.has_value());
  CHECK(listen_at("127.0.0.1", bound_to(*first).port, Share::yes).has_value());
}

TEST_CASE("listener: a socket has the terms that its listener was given, also when they change later") {
  const auto timeout_of = [](const Socket& socket) {
    unsigned value = 0;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(socket.fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size) == 0);
    return value;
  };
  const auto backlog_of = [](const Socket& socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    REQUIRE(::getsockopt(socket.fd(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    return info.tcpi_sacked;  // of a listening socket: its backlog
  };
  auto socket = listen_at("127.0.0.1", 0, Share::no, {7, false, std::chrono::milliseconds(5'000)});
  REQUIRE(socket.has_value());
  CHECK(timeout_of(*socket) == 5'000);
  CHECK(backlog_of(*socket) == 7);
  change_terms(*socket, {9, false, std::chrono::milliseconds(0)});
  CHECK(timeout_of(*socket) == 0);
  CHECK(backlog_of(*socket) == 9);
}

TEST_CASE("listener: every address takes IPv4 clients, seen by their own address") {
  Loop loop;
  auto socket = listen_at("", 0, Share::no);
  REQUIRE(socket.has_value());
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(bound_to(*socket).port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  std::string from;
  Listener listener(loop, std::move(*socket), [&](Socket, Peer peer) {
    from = peer.address;
    loop.stop();
  });
  loop.run();
  ::close(client);
  CHECK(from == "127.0.0.1");
}

TEST_CASE("listener: paused it accepts nobody") {
  Loop loop;
  auto socket = listen_at("127.0.0.1", 0, Share::no);
  REQUIRE(socket.has_value());
  const sockaddr_storage where = [&] {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket->fd(), reinterpret_cast<sockaddr*>(&address), &size);
    return address;
  }();
  int accepted = 0;
  Listener listener(loop, std::move(*socket), [&](Socket, Peer) {
    ++accepted;
    listener.pause();
    loop.stop();
  });
  Socket clients[2] = {Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
                       Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  for (const Socket& client : clients) {
    REQUIRE(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof(sockaddr_in)) == 0);
  }
  loop.run();
  CHECK(accepted == 1);
  Timer limit(loop, [&] { loop.stop(); });
  limit.set(30ms);
  loop.run();
  CHECK(accepted == 1);
  listener.resume();
  limit.set(60s);
  loop.run();
  CHECK(accepted == 2);
}
