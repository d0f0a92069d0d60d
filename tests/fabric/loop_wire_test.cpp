#include "router/fabric/loop_wire.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "proto/limits.h"
#include "router/fabric/limits.h"
#include "tests/fabric/loop_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::string_literals;

namespace {

constexpr const char* kWorker = "w#0123456789abcdef";

// A long message frame of ZMTP.
std::string zmtp(const std::string& payload) {
  std::string frame(1, '\x02');
  for (int shift = 56; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(payload.size() >> shift & 0xffU));
  return frame + payload;
}

const std::string kPing = "\x04\x07\x04PING\0\0"s;

}  // namespace

TEST_CASE("loop wire: a worker's message is handed in with its routing id, its connection and its address") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  CHECK(bench.events.said == std::vector{std::string(kWorker) + ": " + bare_hello()});
  CHECK(bench.events.came == std::vector{connection});
  CHECK(bench.events.address == "process " + std::to_string(::getpid()));
}

TEST_CASE("loop wire: a message is steered to the worker that is named, and to no other") {
  LoopBench bench;
  RawPeer one, other;
  bench.hello_from(one, "one");
  bench.hello_from(other, "other");
  CHECK(bench.steer("one", "a"));
  CHECK(bench.steer("other", "b"));
  CHECK(bench.steer("other", "c"));
  CHECK_FALSE(bench.steer("nobody", "d"));
  bench.settle();
  CHECK(one.hear() == "a");
  CHECK(other.hear() == "b");
  CHECK(other.hear() == "c");
  CHECK(one.hear_what_is_there().empty());
}

TEST_CASE("loop wire: messages of any size arrive whole") {
  LoopBench bench;
  RawPeer peer;
  bench.hello_from(peer);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{255}, std::size_t{256}, std::size_t{300'000}, kMaxMessageSize}) {
    CAPTURE(size);
    REQUIRE(bench.steer(kWorker, std::string(size, 'x')));
    std::string heard;
    const std::size_t whole = size + (size > 255 ? 9 : 2);
    REQUIRE(bench.run([&] { return (heard += peer.hear_what_is_there()).size() >= whole; }));
    CHECK(heard.size() == whole);
    CHECK(std::count(heard.end() - static_cast<std::ptrdiff_t>(size), heard.end(), 'x') ==
          static_cast<std::ptrdiff_t>(size));
  }
}

TEST_CASE("loop wire: messages that no kernel has taken have not left, and never leave once the connection is over") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  Wire& wire = bench.engine.wire();
  CHECK(wire.unsent(connection) == 0);
  REQUIRE(bench.steer(kWorker, "read"));
  CHECK(wire.unsent(connection) == 1);
  REQUIRE(bench.run([&] { return wire.unsent(connection) == 0; }));
  CHECK(peer.hear() == "read");
  // A socket's buffer is smaller: the first message has begun to leave, the others wait behind it.
  for (int i = 0; i < 3; ++i) REQUIRE(bench.steer(kWorker, std::string(kMaxMessageSize, 'x')));
  bench.settle();
  CHECK(wire.unsent(connection) == 2);
  bench.cut(connection);
  CHECK(wire.unsent(connection) == 2);
  REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  CHECK(bench.events.unsent == 2);
  CHECK(wire.unsent(connection) == 0);
}

TEST_CASE("loop wire: pings are dealt in turn to all that have shaken hands") {
  LoopBench bench;
  CHECK_FALSE(bench.engine.wire().deal("nobody is there"));
  RawPeer one, other, silent;
  bench.come(one, "deal");
  bench.come(other, "deal");
  silent.connect(bench.folder.path("deal"));
  REQUIRE(bench.run([&] { return bench.events.dealt_to == 3; }));
  CHECK(bench.events.shaken == 2);
  for (const char* ping : {"1", "2", "3"}) CHECK(bench.engine.wire().deal(ping));
  bench.settle();
  CHECK(one.hear() == "1");
  CHECK(other.hear() == "2");
  CHECK(one.hear() == "3");
  one.vanish();
  REQUIRE(bench.run([&] { return bench.events.dealt_to == 2; }));
  for (const char* ping : {"4", "5"}) CHECK(bench.engine.wire().deal(ping));
  bench.settle();
  CHECK(other.hear() == "4");
  CHECK(other.hear() == "5");
}

TEST_CASE("loop wire: a worker's last messages come before the end of its connection") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  peer.say("1");
  peer.say("2");
  peer.vanish();
  REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  const std::vector<std::string> said(bench.events.said.end() - 3, bench.events.said.end());
  CHECK(said ==
        std::vector{std::string(kWorker) + ": 1", std::string(kWorker) + ": 2", "broke " + std::to_string(connection)});
}

TEST_CASE("loop wire: a connection that is cut ends, waiting messages are thrown away, and its end is told later") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  peer.hear_what_is_there();
  REQUIRE(bench.steer(kWorker, "never seen"));
  bench.cut(connection);
  CHECK_FALSE(bench.steer(kWorker, "neither"));
  bench.cut(connection);  // again: nothing more happens
  CHECK(bench.events.broken.empty());
  REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  CHECK(peer.hear_what_is_there().empty());
  CHECK(peer.has_ended());
  CHECK(bench.events.broken.size() == 1);
}

TEST_CASE("loop wire: a worker may be cut while its message is handed in") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  bench.events.on_message = [&] { bench.cut(bench.engine.wire().sender()); };
  const std::size_t before = bench.events.said.size();
  peer.send(zmtp("1") + zmtp("2"));
  REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  CHECK(bench.events.said.size() == before + 2);  // the first message, and the end
}

TEST_CASE("loop wire: a number of a connection is never used again") {
  LoopBench bench;
  std::vector<ConnectionId> seen;
  for (int i = 0; i < 20; ++i) {
    RawPeer peer;
    const ConnectionId connection = bench.hello_from(peer);
    CHECK(std::count(seen.begin(), seen.end(), connection) == 0);
    seen.push_back(connection);
    peer.vanish();
    REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  }
}

TEST_CASE("loop wire: a peer that says something at deal is cut") {
  LoopBench bench;
  for (const std::string& words : {zmtp("hello?"), zmtp(std::string(100'000, 'x'))}) {
    RawPeer peer;
    bench.come(peer, "deal");
    bench.events.strangers.clear();
    peer.send(words);
    REQUIRE(bench.run([&] { return bench.events.dealt_to == 0; }));
    CHECK(bench.events.strangers == std::vector{"deal: it is cut, nobody has anything to say there"s});
  }
}

TEST_CASE("loop wire: a routing id that is empty or begins with a zero byte is refused") {
  for (const std::string& identity : {""s, "\0abcd"s}) {
    LoopBench bench;
    RawPeer peer;
    peer.connect(bench.folder.path("deal.steer"));
    peer.shake_hands(identity);
    REQUIRE(bench.run([&] { return bench.events.broken.size() == 1; }));
    CHECK(bench.events.strangers ==
          std::vector{"steer: it is cut, its routing id is empty or begins with a zero byte"s});
  }
}

TEST_CASE("loop wire: a peer that speaks no ZMTP is cut, and told once") {
  LoopBench bench;
  RawPeer peer;
  peer.connect(bench.folder.path("deal.steer"));
  peer.send("GET / HTTP/1.1\r\n\r\n");
  REQUIRE(bench.run([&] { return bench.events.broken.size() == 1; }));
  REQUIRE(bench.events.strangers.size() == 1);
  CHECK(bench.events.strangers.front().starts_with("steer: no ZMTP handshake at ipc://" +
                                                   bench.folder.path("deal.steer")));
  RawPeer shy;
  shy.connect(bench.folder.path("deal"));
  shy.vanish();
  REQUIRE(bench.run([&] { return bench.events.strangers.size() == 2; }));
  CHECK(bench.events.strangers.back().ends_with("it closed the connection"));
}

TEST_CASE("loop wire: a peer of ZMTP 2 is cut, and the line names the version") {
  LoopBench bench;
  RawPeer peer;
  peer.connect(bench.folder.path("deal.steer"));
  peer.send("\xff"s + std::string(8, '\0') + "\x7f\x01");  // what NetMQ 4.0.0 sends first
  REQUIRE(bench.run([&] { return bench.events.broken.size() == 1; }));
  CHECK(bench.events.strangers == std::vector{"steer: no ZMTP handshake at ipc://" + bench.folder.path("deal.steer") +
                                              ": it speaks ZMTP 2, only ZMTP 3 will do"});
}

TEST_CASE("loop wire: a stranger whose message is too long is cut at the head of the frame, and told") {
  LoopBench bench;
  RawPeer peer;
  bench.come(peer, "deal.steer");
  peer.send(zmtp(std::string(kMaxMessageSize + 1, 'x')).substr(0, 9));
  REQUIRE(bench.run([&] { return bench.events.broken.size() == 1; }));
  CHECK(bench.events.strangers == std::vector{"steer: it is cut, a frame of 4194305 bytes, over 4194304"s});
}

TEST_CASE("loop wire: whatever a peer at deal sends is a sign of life, a PONG without the PING's context too") {
  LoopBench bench;
  RawPeer peer;
  bench.come(peer, "deal");
  peer.send(kPing);  // from now on it is pinged, and must answer
  bench.settle();
  auto& wire = dynamic_cast<LoopWire&>(bench.engine.wire());
  const auto most = kDealTimeout - std::chrono::milliseconds(1'000);
  wire.lost_time(-most);
  peer.send("\x04\x05\x04PONG"s);
  bench.settle();
  wire.lost_time(-most);
  wire.judge();
  bench.settle();
  CHECK(bench.events.dealt_to == 1);
  wire.lost_time(-kDealTimeout);
  wire.judge();
  CHECK(bench.run([&] { return bench.events.dealt_to == 0; }));
}

TEST_CASE(
    "loop wire: a handshake that is not over in time, and a silent deal connection, are cut; a paused router cuts "
    "nobody") {
  LoopBench bench;
  RawPeer slow, shaken;
  slow.connect(bench.folder.path("deal"));
  bench.come(shaken, "deal");
  REQUIRE(bench.run([&] { return bench.events.dealt_to == 2; }));
  auto& wire = dynamic_cast<LoopWire&>(bench.engine.wire());
  wire.lost_time(kFabricHandshake);  // these two cancel each other out
  wire.lost_time(-kFabricHandshake);
  wire.judge();
  REQUIRE(bench.run([] { return true; }));
  CHECK(bench.events.dealt_to == 2);
  wire.lost_time(-kFabricHandshake);
  wire.judge();
  REQUIRE(bench.run([&] { return bench.events.dealt_to == 1; }));
  CHECK(slow.has_ended());
  CHECK_FALSE(shaken.has_ended());
}

TEST_CASE("loop wire: a peer that sets itself a time to live is cut when it is silent for so long") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  peer.send("\x04\x07\x04PING\0\x32"s);  // 5 s
  auto& wire = dynamic_cast<LoopWire&>(bench.engine.wire());
  bench.settle();
  wire.lost_time(-std::chrono::milliseconds(4'000));
  wire.judge();
  bench.settle();
  CHECK_FALSE(bench.has_broken(connection));
  wire.lost_time(-std::chrono::milliseconds(1'000));
  wire.judge();
  CHECK(bench.run([&] { return bench.has_broken(connection); }));
}

TEST_CASE("loop wire: a second connection with one routing id goes while the first one answers") {
  LoopBench bench;
  RawPeer first, second;
  const ConnectionId connection = bench.hello_from(first);
  bench.come(second, "deal.steer", kWorker);
  second.say("stolen");
  bench.settle();
  first.hear_what_is_there();
  first.send("\x04\x05\x04PONG"s);
  auto& wire = dynamic_cast<LoopWire&>(bench.engine.wire());
  REQUIRE(bench.run([&] {
    wire.judge();
    return !bench.events.broken.empty();
  }));
  CHECK_FALSE(bench.has_broken(connection));
  CHECK(second.has_ended());
  CHECK(bench.events.strangers == std::vector{"steer: it is cut, another connection has its routing id and answers"s});
  CHECK(std::none_of(bench.events.said.begin(), bench.events.said.end(),
                     [](const std::string& said) { return said.ends_with("stolen"); }));
  REQUIRE(bench.steer(kWorker, "yours"));
  bench.settle();
  CHECK(first.hear() == "yours");
}

TEST_CASE("loop wire: a second connection has the routing id when the first one does not answer, and nothing is lost") {
  LoopBench bench;
  RawPeer first, second, third;
  const ConnectionId connection = bench.hello_from(first);
  bench.come(second, "deal.steer", kWorker);
  second.say(bare_hello());
  second.say("more");
  third.connect(bench.folder.path("deal.steer"));
  third.shake_hands(kWorker);  // one may wait
  REQUIRE(bench.run([&] { return third.has_ended(); }));
  auto& wire = dynamic_cast<LoopWire&>(bench.engine.wire());
  bench.settle();
  wire.judge();
  bench.settle();
  CHECK_FALSE(bench.has_broken(connection));
  wire.lost_time(-kIdentityPatience);
  wire.judge();
  REQUIRE(bench.run([&] { return bench.events.said.back().ends_with("more"); }));
  const std::vector<std::string> said(bench.events.said.end() - 3, bench.events.said.end());
  CHECK(said ==
        std::vector{"broke " + std::to_string(connection), kWorker + ": "s + bare_hello(), kWorker + ": more"s});
  REQUIRE(bench.steer(kWorker, "welcome"));
  bench.settle();
  CHECK(second.hear() == "welcome");
  CHECK(first.has_ended());
}

TEST_CASE("loop wire: a worker that comes back with its routing id as its old connection ends has the id at once") {
  LoopBench bench;
  RawPeer first, second;
  const ConnectionId connection = bench.hello_from(first);
  second.connect(bench.folder.path("deal.steer"));
  second.shake_hands(kWorker);
  first.say("one more word");
  first.vanish();
  REQUIRE(bench.run([&] { return bench.has_broken(connection) && second.has_been_answered(); }));
  bench.events.spoke = -1;
  second.say(bare_hello());
  REQUIRE(bench.run([&] { return bench.events.spoke > connection; }));
  REQUIRE(bench.steer(kWorker, "welcome"));
  bench.settle();
  CHECK(second.hear() == "welcome");
}

TEST_CASE("loop wire: a peer that asks and does not read is cut") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  std::string pings;
  for (int i = 0; i < 1'000; ++i) pings += "\x04\x17\x04PING\0\0sixteen bytes!!!"s;
  std::size_t sent = 0;
  REQUIRE(bench.run([&] {
    const ssize_t size = ::send(peer.descriptor(), pings.data(), pings.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0) sent += static_cast<std::size_t>(size);
    // A PING that was cut short goes on with the next bytes.
    if (size > 0) std::rotate(pings.begin(), pings.begin() + size, pings.end());
    return bench.has_broken(connection);
  }));
  CHECK(sent > kMostAnswers);
}

TEST_CASE("loop wire: many connections of one address without HELLO are too many") {
  LoopBench bench;
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (std::size_t i = 0; i < kMostNewcomers; ++i) {
    peers.push_back(std::make_unique<RawPeer>());
    peers.back()->connect(bench.folder.path("deal.steer"));
    if (i % 100 == 0) REQUIRE(bench.run([&] { return bench.events.came.size() == i + 1; }));
  }
  REQUIRE(bench.run([&] { return bench.events.came.size() == kMostNewcomers; }));
  RawPeer late;
  late.connect(bench.folder.path("deal.steer"));
  REQUIRE(bench.run([&] { return late.has_ended(); }));
  CHECK(bench.events.strangers ==
        std::vector{"steer: it is cut, 1024 connections of its address have not said HELLO"s});
  peers.pop_back();
  REQUIRE(bench.run([&] { return bench.events.broken.size() == 1; }));
  RawPeer next;
  next.connect(bench.folder.path("deal.steer"));
  CHECK(bench.run([&] { return bench.events.came.size() == kMostNewcomers + 1; }));
}

// Each of these ended a router whose sockets were libzmq's: see ZmqWire.
TEST_CASE("loop wire: what made libzmq abort ends one connection") {
  LoopBench bench;
  RawPeer worker;
  const ConnectionId connection = bench.hello_from(worker);
  const std::string empty = "\0\0"s;
  std::vector<std::string> attacks;
  for (const int many : {20, 100}) {
    std::string attack;
    for (int i = 0; i < many; ++i) attack += empty;
    attacks.push_back(attack + kPing);
  }
  for (const std::string& attack : attacks) {
    for (const char* socket : {"deal", "deal.steer"}) {
      for (int i = 0; i < 50; ++i) {
        RawPeer peer;
        bench.come(peer, socket, "bad");
        peer.send(attack);
        peer.vanish();
        REQUIRE(bench.run([&] { return bench.events.dealt_to == 0; }));
      }
    }
  }
  for (int i = 0; i < 1'000; ++i) {
    RawPeer peer;
    peer.connect(bench.folder.path("deal"));
    peer.shake_hands();
    peer.send(zmtp("x"));
    peer.vanish();
  }
  bench.settle();
  CHECK(bench.events.dealt_to == 0);
  CHECK_FALSE(bench.has_broken(connection));
  REQUIRE(bench.steer(kWorker, "well"));
  bench.settle();
  CHECK(worker.hear() == "well");
}

TEST_CASE("loop wire: a worker that sends four hundred thousand messages and vanishes is read to its end") {
  LoopBench bench;
  RawPeer peer;
  const ConnectionId connection = bench.hello_from(peer);
  bench.events.said.clear();
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += (i % 100 == 0 ? kPing : "\0\1x"s);
  std::size_t rest = 404 * many.size();  // 990 messages each
  std::size_t at = 0;
  REQUIRE(bench.run([&] {
    while (rest > 0) {
      peer.hear_what_is_there();
      const ssize_t size = ::send(peer.descriptor(), many.data() + at, many.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size <= 0) return false;
      rest -= static_cast<std::size_t>(size);
      at = (at + static_cast<std::size_t>(size)) % many.size();
    }
    peer.vanish();
    return true;
  }));
  REQUIRE(bench.run([&] { return bench.has_broken(connection); }));
  CHECK(bench.events.said.size() == 404 * 990 + 1);
}
