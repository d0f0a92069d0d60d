#include "router/net/proxy_arrivals.h"

#include <doctest/doctest.h>

#include <optional>

#include "tests/net/talk.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

struct Bench {
  explicit Bench(Millis deadline = 4s)
      : arrivals(
            loop, deadline,
            [this](Socket arrived, const ConnectionEnds& ends) {
              told += "client " + show(ends.source) + " of " + show(ends.destination) + "; ";
              socket.emplace(std::move(arrived));
            },
            [this](const Peer& peer, std::string_view why) { told += show(peer) + ": " + std::string(why) + "; "; }) {
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    balancer = Socket(pair[0]);
    arrivals.begin(Socket(pair[1]), {{"10.9.9.9", 7}, {"10.9.9.1", 80}});
  }
  void say(std::string_view text) {
    REQUIRE(::send(balancer.fd(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] bool is_told() {
    return run_until(loop, [this] { return !told.empty(); });
  }
  // What is left on the socket that arrived.
  [[nodiscard]] std::string left() const {
    std::string text(100, '\0');
    const ssize_t count = ::recv(socket->fd(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  Loop loop;
  Socket balancer;
  std::string told;
  std::optional<Socket> socket;
  ProxyArrivals arrivals;
};

}  // namespace

TEST_CASE("proxy arrivals: the header names the client, and the bytes behind it stay on the socket") {
  Bench bench;
  bench.say("PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\nGET / HTTP/1.1\r\n");
  REQUIRE(bench.is_told());
  CHECK(bench.told == "client 192.0.2.1:40000 of 192.0.2.2:443; ");
  CHECK(bench.left() == "GET / HTTP/1.1\r\n");
  CHECK(bench.arrivals.size() == 0);
}

TEST_CASE("proxy arrivals: a header may come in pieces, with more extensions than one look takes") {
  Bench bench;
  std::string header = proxy_header(ProxyVersion::two, {{"192.0.2.1", 1}, {"192.0.2.2", 2}});
  header[14] = 0x04;  // 1024 more bytes
  header += std::string(1'024, 't') + "GET";
  for (std::size_t at = 0; at < header.size(); at += 150) {
    CHECK(bench.told.empty());
    bench.say(std::string_view(header).substr(at, 150));
    CHECK(run_until(bench.loop, [turns = 0]() mutable { return ++turns > 3; }));
  }
  REQUIRE(bench.is_told());
  CHECK(bench.told == "client 192.0.2.1:1 of 192.0.2.2:2; ");
  CHECK(bench.left() == "GET");
}

TEST_CASE("proxy arrivals: a balancer's own check is its own client") {
  Bench bench;
  bench.say(own_proxy_header(ProxyVersion::two));
  REQUIRE(bench.is_told());
  CHECK(bench.told == "client 10.9.9.9:7 of 10.9.9.1:80; ");
}

TEST_CASE("proxy arrivals: no header, an end, or silence closes the connection") {
  SUBCASE("no header") {
    Bench bench;
    bench.say("GET / HTTP/1.1\r\n");
    REQUIRE(bench.is_told());
    CHECK(bench.told == "10.9.9.9:7: no PROXY header; ");
  }
  SUBCASE("an end") {
    Bench bench;
    bench.say("PROXY ");
    bench.balancer = Socket();
    REQUIRE(bench.is_told());
    CHECK(bench.told == "10.9.9.9:7: the connection ended before its PROXY header; ");
  }
  SUBCASE("silence") {
    Bench bench(50ms);
    bench.say("PROXY ");
    REQUIRE(bench.is_told());
    CHECK(bench.told == "10.9.9.9:7: the PROXY header took too long; ");
    char byte = 0;
    CHECK(::recv(bench.balancer.fd(), &byte, 1, 0) == 0);  // closed
  }
  SUBCASE("dropped") {
    Bench bench;
    bench.arrivals.drop_all();
    CHECK(stays(bench.loop, [&] { return bench.told.empty(); }));
  }
}
