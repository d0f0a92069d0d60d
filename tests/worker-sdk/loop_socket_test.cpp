// The engine loop against a router's side that is played byte by byte.
#include "worker-sdk/src/wire/loop_socket.h"

#include <doctest/doctest.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <utility>

#include "proto/zmtp/zmtp_greeting.h"
#include "tests/support/counted_heap.h"
#include "tests/worker-sdk/driven_wire.h"
#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_pair.h"
#include "worker-sdk/src/wire/limits.h"

using namespace zeroway;

namespace {

std::string fault(ZmtpFault why) { return "connected · handshake failed " + std::to_string(static_cast<int>(why)); }

// What a router says until its first message, and that message.
std::string whole_conversation() {
  ZmtpSide worker({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "me#1"});
  ZmtpSide router({.role = ZmtpRole::server, .socket = ZmtpSocket::router});
  std::string said, to_worker, to_router;
  const auto carry = [](ZmtpSide& from, ZmtpSide& to, std::string& way) {
    const std::string bytes = std::exchange(from.session.output(), {});
    way += bytes;
    way.erase(0, to.session.receive(as_bytes(way)));
    return bytes;
  };
  while (!worker.session.has_shaken_hands() || !router.session.has_shaken_hands()) {
    carry(worker, router, to_router);
    said += carry(router, worker, to_worker);
  }
  router.session.send(as_bytes("hello"));
  return said + router.session.output();
}

}  // namespace

TEST_CASE("loop socket: it shakes hands and carries messages both ways, over every transport") {
  const Folder folder;
  std::string endpoint;
  SUBCASE("tcp") { endpoint = "tcp://127.0.0.1:0"; }
  SUBCASE("ipc") { endpoint = "ipc://" + folder.path("steer"); }
  SUBCASE("ipc in the abstract namespace") { endpoint = "ipc://@zeroway-test-" + std::to_string(getpid()); }
  Joined joined(endpoint);
  REQUIRE(joined.shakes_hands());
  CHECK(joined.router.identity == "me#1");
  joined.router.put_message("hello");
  joined.router.put_message("");
  CHECK(joined.until_told("hands · message hello · message "));
  CHECK(joined.wire.send("an answer"));
  CHECK(joined.until([&] { return joined.router.messages == 1; }));
  CHECK(joined.router.last.ends_with("an answer"));
}

TEST_CASE("loop socket: a PING of ZMTP is answered, and a time to live ends nothing") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.session().ping(1);
  joined.router.put_message("behind it");
  CHECK(joined.until_told("message behind it"));
  joined.wire.now += std::chrono::hours(1);
  joined.wire.turn();
  CHECK(joined.wire.log == "connected · hands · message behind it");
}

TEST_CASE("loop socket: a handshake may be cut at every byte") {
  const std::string bytes = whole_conversation();
  REQUIRE(bytes.size() > 100);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    Joined joined("ipc://@zeroway-cut-" + std::to_string(getpid()));
    joined.router.holds_back = true;
    joined.router.say(std::string_view(bytes).substr(0, cut));
    for (int turns = 0; turns < 3; ++turns) joined.wire.turn();
    CHECK(joined.wire.log.find("broke") == std::string::npos);
    CHECK((joined.wire.log.find("hands") != std::string::npos) == (cut >= bytes.size() - 7));
    joined.router.say(std::string_view(bytes).substr(cut));
    CHECK(joined.until_told("message hello"));
    CHECK(joined.wire.log == "connected · hands · message hello");
  }
}

TEST_CASE("loop socket: a handshake that breaks off at any byte is the end of that connection, told once") {
  const std::string bytes = whole_conversation();
  for (std::size_t cut = 0; cut < bytes.size() - 7; ++cut) {
    CAPTURE(cut);
    Joined joined("ipc://@zeroway-cut-" + std::to_string(getpid()));
    joined.router.holds_back = true;
    joined.router.say(std::string_view(bytes).substr(0, cut));
    joined.router.hang_up();
    CHECK(joined.until_told("broke 0"));
    for (int turns = 0; turns < 3; ++turns) joined.wire.turn();
    CHECK(joined.wire.log == "connected · broke 0");
  }
}

TEST_CASE("loop socket: a handshake that never ends tells nothing: its deadline is the loop's") {
  Joined joined;
  joined.router.holds_back = true;
  joined.router.say(zmtp_greeting("NULL").substr(0, 30));
  joined.wire.now += std::chrono::hours(1);
  for (int turns = 0; turns < 3; ++turns) joined.wire.turn();
  CHECK(joined.wire.log == "connected");
  CHECK(joined.wire.wire.next_step() == WorkerWire::TimePoint::max());
  joined.wire.wire.disconnect(kSteer, {});
  CHECK(joined.until([&] { return joined.router.has_ended; }));
}

TEST_CASE("loop socket: what is no router is told by its cause") {
  Joined joined;
  joined.router.holds_back = true;
  const std::string greeting = zmtp_greeting("NULL");
  SUBCASE("another protocol") {
    joined.router.say("HTTP/1.1 400 Bad Request\r\n\r\n");
    CHECK(joined.until_told(fault(ZmtpFault::not_zmtp)));
  }
  SUBCASE("an older ZMTP") {
    joined.router.say(std::string(greeting).replace(10, 1, "\1"));
    CHECK(joined.until_told(fault(ZmtpFault::version)));
  }
  SUBCASE("another mechanism") {
    joined.router.say(std::string(greeting).replace(12, 5, "CURVE"));
    CHECK(joined.until_told(fault(ZmtpFault::mechanism)));
  }
  SUBCASE("a refusal") {
    joined.router.say(greeting + "\4\x0a\5ERROR\3nil");
    CHECK(joined.until_told(fault(ZmtpFault::refused)));
  }
  SUBCASE("a message instead of READY") {
    joined.router.say(greeting + std::string("\0\1x", 3));
    CHECK(joined.until_told(fault(ZmtpFault::protocol)));
  }
  CHECK(joined.wire.wire.is_dry());
}

TEST_CASE("loop socket: garbage after the handshake ends that connection, and says what was wrong") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.put_message("one that is good");
  joined.router.turn();
  joined.router.say(std::string("\2\0\0\0\0\xff\0\0\0", 9));
  CHECK(joined.until_told("bytes, over 4194304"));
  CHECK(joined.wire.log.starts_with("connected · hands · message one that is good · broke 0 a frame of 4278190080"));
}

TEST_CASE("loop socket: the messages before the end are told before the end") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  for (const char* text : {"one", "two", "three"}) joined.router.put_message(text);
  joined.router.turn();
  joined.router.say(std::string("\2\0\0\0\0\0\1\0\0half of a message", 26));
  SUBCASE("closed") { joined.router.hang_up(); }
  SUBCASE("reset in the middle of a message") {
    CHECK(joined.until_told("three"));  // what is unread when a reset comes, the kernel may throw away
    joined.router.reset();
  }
  CHECK(joined.until_told("broke 0"));
  CHECK(joined.wire.log == "connected · hands · message one · message two · message three · broke 0");
}

TEST_CASE("loop socket: an answer to a router that has gone is lost, what the router said before is not") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.put_message("a last word");
  joined.router.turn();
  joined.router.hang_up();
  // The first answer makes the router's kernel refuse, the next one sees that.
  CHECK(joined.wire.send("an answer"));
  CHECK(joined.wire.wire.has_ended(kSteer));
  CHECK(joined.wire.send("another"));
  CHECK(joined.until_told("broke 0"));
  CHECK(joined.wire.log == "connected · hands · message a last word · broke 0");
}

TEST_CASE("loop socket: why no connection can be made is told with its number") {
  DrivenWire wire;
  const Folder folder;
  std::string endpoint, told;
  SUBCASE("nobody listens on tcp") {
    endpoint = RawListener("tcp://127.0.0.1:0").endpoint();  // closed again
    told = "broke " + std::to_string(ECONNREFUSED);
  }
  SUBCASE("no such path") {
    endpoint = "ipc://" + folder.path("nothing");
    told = "broke " + std::to_string(ENOENT);
  }
  REQUIRE(wire.wire.connect(endpoint, kSteer, "me#1").has_value());
  CHECK(wire.log.empty());  // never in the call
  RawPeer nobody;
  CHECK(run_both(wire, nobody, [&] { return !wire.log.empty(); }));
  wire.turn();
  CHECK(wire.log == told);
  CHECK(wire.wire.is_dry());
  CHECK(wire.wire.next_step() == WorkerWire::TimePoint::max());  // else the loop would never sleep
}

TEST_CASE("loop socket: an endpoint that is none is refused at once") {
  DrivenWire wire;
  CHECK(wire.wire.connect("ipc://", kSteer, "me#1").error().detail == "Invalid argument");
  CHECK(wire.wire.connect("ipc://" + std::string(200, 'x'), kSteer, "me#1").has_error());
}

TEST_CASE("loop socket: a host that drops packets costs the time of a connection attempt") {
  // The queue of a listener that accepts nobody is full: the kernel drops what else wants to connect.
  const RawListener full("tcp://127.0.0.1:0", 0);
  std::vector<std::unique_ptr<DrivenWire>> first;
  for (int i = 0; i < 3; ++i) {
    first.push_back(std::make_unique<DrivenWire>());
    REQUIRE(first.back()->wire.connect(full.endpoint(), kSteer, "me#1").has_value());
  }
  DrivenWire& last = *first.back();
  last.turn();
  CHECK(last.log.empty());
  CHECK(last.wire.next_step() > last.now);
  last.now = last.wire.next_step();
  last.turn();
  CHECK(last.log == "broke " + std::to_string(ETIMEDOUT));
}

TEST_CASE("loop socket: a connection that is disconnected tells nothing more") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.put_message("too late");
  joined.router.turn();
  joined.wire.wire.disconnect(kSteer, std::chrono::seconds(1));
  joined.wire.wire.disconnect(kSteer, std::chrono::seconds(1));  // does nothing
  CHECK_FALSE(joined.wire.send("to nobody"));
  CHECK(joined.until([&] { return joined.router.has_ended; }));
  joined.router.hang_up();
  CHECK(joined.until([&] { return joined.wire.sockets() == 0; }));
  CHECK(joined.wire.log == "connected · hands");
}

TEST_CASE("loop socket: at a farewell the last bytes leave, while the loop goes on") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.reads = false;
  const std::string large(65'536, 'x');
  std::size_t sent = 0;
  for (; !joined.wire.waits_for_room(); ++sent) REQUIRE(joined.wire.send(large));
  for (int more = 0; more < 20; ++more, ++sent) REQUIRE(joined.wire.send(large));
  joined.router.put_message("unread: it must not cost the answers");
  joined.router.turn();
  joined.wire.wire.disconnect(kSteer, std::chrono::seconds(60));
  SUBCASE("to a router that reads") {
    joined.router.reads = true;
    CHECK(joined.until([&] { return joined.router.has_ended; }));
    CHECK(joined.router.messages == sent);
    joined.router.hang_up();
    CHECK(joined.until([&] { return joined.wire.sockets() == 0; }));
  }
  SUBCASE("to a router that does not, until their time is over") {
    for (int turns = 0; turns < 3; ++turns) joined.wire.turn();
    CHECK(joined.wire.sockets() == 1);
    CHECK(joined.wire.wire.next_step() > joined.wire.now + std::chrono::seconds(50));
    joined.wire.now = joined.wire.wire.next_step();
    joined.wire.turn();
    CHECK(joined.wire.sockets() == 0);
  }
}

TEST_CASE("loop socket: a wire that is closed delivers what was sent, and waits no longer than that") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.put_message("unread: it must not cost the answer");
  joined.router.turn();
  REQUIRE(joined.wire.send("the last answer"));
  joined.wire.wire.close(std::chrono::hours(1));
  CHECK(joined.until([&] { return joined.router.messages == 1; }));
  CHECK(joined.router.last.ends_with("the last answer"));
}

TEST_CASE("loop socket: large messages go both ways whole") {
  Joined joined("ipc://@zeroway-large-" + std::to_string(getpid()));
  REQUIRE(joined.shakes_hands());
  joined.wire.is_logging = false;
  const std::string large(kMaxMessageSize, 'y');
  joined.router.holds_back = true;
  joined.router.put_message(large);
  joined.router.put_message("and a small one");
  std::string bytes = std::exchange(joined.router.output(), {});
  CHECK(joined.until([&] {
    const std::string_view piece = std::string_view(bytes).substr(0, 50'000);
    joined.router.say(piece);
    bytes.erase(0, piece.size());
    return joined.wire.messages == 2;
  }));
  const std::string answer(1'000'000, 'z');
  CHECK(joined.wire.send(answer));
  CHECK(joined.until([&] { return joined.router.messages == 1; }));
  CHECK(joined.router.received > answer.size());
}

TEST_CASE("loop socket: a message in several parts is its first part, as with libzmq") {
  Joined joined;
  REQUIRE(joined.shakes_hands());
  joined.router.say(std::string("\1\5first\0\6second\0\4next", 21));
  CHECK(joined.until_told("message first · message next"));
}

TEST_CASE("loop socket: messages of an ordinary size cost no allocation") {
  Joined joined("ipc://@zeroway-heap-" + std::to_string(getpid()));
  REQUIRE(joined.shakes_hands());
  joined.wire.is_logging = false;
  const std::string text(200, 'x');
  const std::string request("\0\x0dplease answer", 15);
  std::size_t allocations = 0;
  joined.router.reads = false;  // it reads afterwards: what its side allocates does not count
  for (int round = 0; round < 100; ++round) {
    joined.router.say(request);
    const std::size_t before = test::heap.allocations;
    joined.wire.turn();
    joined.wire.send(text);
    if (round >= 10) allocations += test::heap.allocations - before;
  }
  CHECK(allocations == 0);
  CHECK(joined.wire.messages == 100);
  joined.router.reads = true;
  CHECK(joined.until([&] { return joined.router.messages == 100; }));
}

namespace {

std::string z85(const CurveKey& key) {
  std::array<char, 41> text{};
  zmq_z85_encode(text.data(), key.data(), key.size());
  return text.data();
}

// A worker's options with keys: `router` is the public key that it expects.
WorkerOptions with_keys(const Folder& folder, const CurveKey& router) {
  WorkerOptions options;
  options.key_file = folder.write("worker.key", z85(test::curve_client_keys().own_secret) + "\n");
  options.router_key = z85(router);
  return options;
}

}  // namespace

TEST_CASE("loop socket: with keys it speaks CURVE") {
  const Folder folder;
  const CurveKeys keys = test::curve_server_keys();
  Joined joined("tcp://127.0.0.1:0", with_keys(folder, keys.own_public),
                {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .curve = &keys});
  SUBCASE("both ways") {
    REQUIRE(joined.shakes_hands());
    CHECK(joined.router.identity == "me#1");
    CHECK(joined.router.asked_key == as_text(test::curve_client_keys().own_public));
    joined.router.put_message("hello");
    CHECK(joined.until_told("message hello"));
    const std::string large(200'000, 'x');
    CHECK(joined.wire.send(large));
    CHECK(joined.wire.send("small"));
    CHECK(joined.until([&] { return joined.router.messages == 2; }));
    CHECK(joined.router.last.ends_with("small"));
    CHECK(joined.router.received > large.size());
  }
  SUBCASE("a router that does not allow its key says so") {
    joined.router.allows = false;
    CHECK(joined.until_told(fault(ZmtpFault::refused)));
  }
  SUBCASE("bytes of a message that are changed on their way end the connection") {
    REQUIRE(joined.shakes_hands());
    joined.router.put_message("hello");
    std::string bytes = std::exchange(joined.router.output(), {});
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    joined.router.say(bytes);
    CHECK(joined.until([&] { return joined.wire.log.starts_with("connected · hands · broke 0 "); }));
  }
}

TEST_CASE("loop socket: a router with another key breaks off, and gives no reason") {
  const Folder folder;
  const CurveKeys keys = test::curve_server_keys();
  Joined joined("tcp://127.0.0.1:0", with_keys(folder, test::curve_pair(9).own_public),
                {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .curve = &keys});
  CHECK(joined.until([&] {
    if (joined.router.session().has_failed()) joined.router.hang_up();
    return joined.wire.log == "connected · broke 0";
  }));
}

TEST_CASE("loop socket: a router without keys is told from one with keys") {
  const Folder folder;
  Joined joined("tcp://127.0.0.1:0", with_keys(folder, test::curve_server_keys().own_public));
  CHECK(joined.until_told(fault(ZmtpFault::mechanism)));
}

TEST_CASE("loop socket: keys that cannot be read are an error at the start") {
  WorkerOptions options;
  options.key_file = "/nowhere/at/all.key";
  options.router_key = "/nowhere/at/all.pub";
  LoopSocket wire;
  CHECK(wire.open(options).error().detail == "key file /nowhere/at/all.key cannot be read");
}
