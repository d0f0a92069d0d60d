#include "router/fabric/zmq_wire.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Recorder : WireEvents {
  void message(std::string_view, Bytes, ConnectionId connection) override {
    ++messages;
    said_hello = connection;
  }
  void steer_broke(ConnectionId connection) override { broken.push_back(connection); }
  void deal_came(std::size_t connections) override { dealt_to = connections; }
  void deal_broke(std::size_t connections) override { dealt_to = connections; }
  void deal_shook_hands() override { ++shaken; }
  void too_many_parts(std::string_view) override {}
  void steer_came(ConnectionId connection, std::string_view) override { came.push_back(connection); }
  void key_refused(std::string_view, std::string_view) override {}
  void stranger(std::string_view socket, std::string_view, std::string_view) override {
    strangers.emplace_back(socket);
  }

  std::size_t dealt_to = 0;
  int shaken = 0;
  int messages = 0;
  ConnectionId said_hello = -1;
  std::vector<ConnectionId> came, broken;
  std::vector<std::string> strangers;
};

template <class Question>
void wait_until(Question is_done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatience);
  while (!is_done()) REQUIRE(std::chrono::steady_clock::now() < deadline);
}

// Bound, and handled as the loop does it.
struct BoundWire {
  BoundWire() {
    wire.attach(events);
    REQUIRE(wire.bind("ipc://" + folder.path("deal"), "ipc://" + folder.path("deal.steer")).has_value());
  }
  void wait_shaken(int count) {
    while (events.shaken < count) {
      REQUIRE(wait_readable(wire.door_descriptor(), wire.deal_descriptor(), wire.deal_watch_descriptor()));
      wire.door_ready();
      wire.deal_ready();
      wire.watch_ready();
      wire.tell_watched();
    }
  }

  // Comes to steer as a worker does and says hello. Its connection.
  ConnectionId hello_from(RawPeer& peer) {
    peer.connect(folder.path("deal.steer"));
    peer.shake_hands("w#0123456789abcdef");
    return hello_of(peer);
  }
  ConnectionId hello_of(RawPeer& peer) {
    events.said_hello = -1;
    turn_until([&] { return peer.has_been_answered(); });
    peer.say(std::string("\0\0\0\xe0\0\0\0\0\0", kFrameHeaderSize));
    turn_until([&] { return events.said_hello >= 0; });
    return events.said_hello;
  }
  void wait_broken(ConnectionId connection) {
    turn_until([&] { return std::count(events.broken.begin(), events.broken.end(), connection) > 0; });
  }
  template <class Question>
  void turn_until(Question is_done) {
    wait_until([&] {
      wire.door_ready();
      wire.watch_ready();
      if (wire.receive()) wire.tell_watched();
      return is_done();
    });
  }

  Folder folder;
  FabricSettings settings;
  ZmqWire wire{settings};
  Recorder events;
};

}  // namespace

TEST_CASE("zmq wire: nobody is dealt to before deal_came told of it") {
  BoundWire bound;
  ZmqWire& wire = bound.wire;
  Recorder& events = bound.events;

  RawPeer stranger;
  stranger.connect(bound.folder.path("deal"));
  stranger.shake_hands();
  REQUIRE(wait_readable(wire.door_descriptor()));  // it asks: all that is left is our answer
  wire.deal_ready();
  CHECK_FALSE(wire.deal("an opening"));
  CHECK(events.dealt_to == 0);

  wire.door_ready();
  CHECK(events.dealt_to == 1);
  while (!wire.deal("an opening")) {
    REQUIRE(wait_readable(wire.door_descriptor(), wire.deal_descriptor()));
    wire.door_ready();  // the first edge may have come before all of the question
    wire.deal_ready();
  }
}

TEST_CASE("zmq wire: whoever has shaken hands is dealt to, once it takes note") {
  BoundWire bound;
  RawPeer peer;
  peer.connect(bound.folder.path("deal"));
  peer.shake_hands();
  bound.wait_shaken(1);
  bound.wire.take_note();
  REQUIRE(bound.wire.deal("an opening"));
  CHECK(peer.hear() == "an opening");
}

TEST_CASE("zmq wire: what is dealt after it took note of an end goes to those that are left") {
  BoundWire bound;
  RawPeer one, other;
  for (RawPeer* peer : {&one, &other}) {
    peer->connect(bound.folder.path("deal"));
    peer->shake_hands();
  }
  bound.wait_shaken(2);
  bound.wire.take_note();
  for (const char* opening : {"1", "2"}) REQUIRE(bound.wire.deal(opening));
  const std::string before = other.hear();
  bound.wire.deal_ready();
  one.end();
  REQUIRE(wait_readable(bound.wire.deal_descriptor()));  // ZeroMQ's own thread has let go of it
  bound.wire.take_note();
  for (const char* opening : {"3", "4"}) REQUIRE(bound.wire.deal(opening));
  CHECK(other.hear() == "3");
  CHECK(other.hear() == "4");
  CHECK((before == "1" || before == "2"));
}

TEST_CASE("zmq wire: a connection that is cut ends, and its end is told") {
  BoundWire bound;
  RawPeer peer;
  const ConnectionId connection = bound.hello_from(peer);
  bound.wire.cut(connection);
  CHECK(peer.is_ended());
  bound.wait_broken(connection);
}

TEST_CASE("zmq wire: a connection that has ended before it is cut is left alone, and so is who has its number now") {
  BoundWire bound;
  RawPeer first, second;
  const ConnectionId connection = bound.hello_from(first);
  first.end();
  second.connect(bound.folder.path("deal.steer"));
  second.shake_hands("second#0123456789abcdef");
  // It has been accepted, and the end of the first waits to be told.
  wait_until([&] { return ::fcntl(connection, F_GETFD) >= 0; });
  bound.wire.cut(connection);
  bound.wait_broken(connection);
  CHECK(bound.hello_of(second) == connection);
}

TEST_CASE("zmq wire: a worker that has much to say stays connected while the loop is busy for longer than heartbeats") {
  BoundWire bound;
  RawPeer peer;
  (void)bound.hello_from(peer);
  std::string much;
  for (int i = 0; i < 5'000; ++i) much += std::string("\0\1x", 3);
  peer.send(much);
  const auto until = std::chrono::steady_clock::now() + 2 * bound.settings.heartbeat_timeout;
  while (std::chrono::steady_clock::now() < until) {
    peer.say("x");  // it lives
    ::poll(nullptr, 0, 50);
  }
  bound.turn_until([&] { return bound.events.messages > 5'000; });
  for (int i = 0; i < 5; ++i) bound.turn_until([] { return true; });
  CHECK(bound.events.broken.empty());
}

TEST_CASE("zmq wire: who says something at deal is cut, and no connection that has its number afterwards") {
  BoundWire bound;
  RawPeer talker;
  talker.connect(bound.folder.path("deal"));
  talker.shake_hands();
  bound.wait_shaken(1);
  talker.say("hello?");
  bound.turn_until([&] {
    bound.wire.deal_ready();
    return !bound.events.strangers.empty();
  });
  CHECK(talker.is_ended());
  CHECK(bound.events.strangers.front() == "deal");

  // Of a connection that has ended, words are left; a client of ours has its descriptor.
  RawPeer late;
  late.connect(bound.folder.path("deal"));
  late.shake_hands();
  bound.wait_shaken(2);
  late.say("bye");
  late.end();
  std::array<int, 2> pair{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
  std::vector<int> more;
  for (int i = 0; i < 8; ++i) more.push_back(::fcntl(pair[0], F_DUPFD, 3));  // every number that is free
  const std::size_t before = bound.events.strangers.size();
  bound.turn_until([&] {
    bound.wire.deal_ready();
    return bound.events.strangers.size() > before;
  });
  CHECK(::send(pair[0], "x", 1, MSG_NOSIGNAL) == 1);
  for (const int fd : more) ::close(fd);
  for (const int fd : pair) ::close(fd);
}
