#include "proto/zmtp/curve_client.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tests/zmtp/curve_by_hand.h"
#include "tests/zmtp/zmtp_hearer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const CurveKeys kClient = curve_client_keys();

ZmtpTerms terms() {
  return {.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker#1", .curve = &kClient};
}

// Our client, which has said HELLO, and a server by hand.
struct Meeting : Hearer {
  Meeting() : Hearer(terms()) {
    hear(greeting_of({.mechanism = "CURVE"}));
    hello = said().substr(64);
    REQUIRE(server.take_hello(bodies_of(hello).at(0)));
  }
  void shake_hands() {
    hear(frame_of(4, server.welcome()));
    REQUIRE(server.take_initiate(bodies_of(said()).at(0)));
    hear(frame_of(4, server.ready()));
    side.log.clear();
  }

  CurveServerByHand server;
  std::string hello;
};

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

}  // namespace

TEST_CASE("curve client: a server that RFC 26 describes shakes hands") {
  Meeting meeting;
  CHECK(meeting.hello.size() == 202);
  CHECK(meeting.hello.substr(0, 2) == "\x04\xc8");
  CHECK(bodies_of(meeting.hello).at(0).substr(112, 8) == big_endian(1, 8));
  meeting.hear(frame_of(4, meeting.server.welcome()));
  const std::string initiate = meeting.said();
  CHECK(initiate[0] == 6);  // a command, always long
  CHECK(bodies_of(initiate).at(0).substr(105, 8) == big_endian(2, 8));
  REQUIRE(meeting.server.take_initiate(bodies_of(initiate).at(0)));
  CHECK(meeting.server.client == as_text(kClient.own_public));
  CHECK(meeting.server.client_metadata == metadata_of("ROUTER", "worker#1"));
  CHECK(meeting.side.log == "");
  meeting.hear(frame_of(4, meeting.server.ready()));
  CHECK(meeting.side.log == "hands ROUTER '' · ");
  CHECK(meeting.said() == "");
}

TEST_CASE("curve client: keys of the connection and vouches are never used twice") {
  Meeting one, other;
  CHECK(one.server.traffic.peer_transient != other.server.traffic.peer_transient);
  one.shake_hands();
  other.shake_hands();
  CHECK(one.server.vouch.substr(0, 16) != other.server.vouch.substr(0, 16));
}

TEST_CASE("curve client: each byte of WELCOME counts") {
  for (std::size_t at = 0; at < 168; ++at) {
    INFO(at);
    Meeting meeting;
    meeting.hear(frame_of(4, flipped(meeting.server.welcome(), at)));
    CHECK(meeting.failure().fault == (at < 8 ? ZmtpFault::protocol : ZmtpFault::key));
    CHECK(meeting.said() == "");
  }
}

TEST_CASE("curve client: WELCOME has 168 bytes") {
  for (const std::size_t size : {8U, 167U, 169U}) {
    Meeting meeting;
    std::string welcome = meeting.server.welcome();
    welcome.resize(size);
    meeting.hear(frame_of(4, welcome));
    CHECK(meeting.failure().detail == "WELCOME has a wrong size");
  }
}

TEST_CASE("curve client: a server without the secret key that belongs to its public key makes no WELCOME") {
  Meeting meeting;
  meeting.server.keys = curve_pair(9);
  meeting.hear(frame_of(4, meeting.server.welcome()));
  CHECK(meeting.failure().fault == ZmtpFault::key);
  CHECK(meeting.failure().detail == "its WELCOME does not open with the server's public key that was given");
}

TEST_CASE("curve client: a server's key that is no point is refused, given or in WELCOME (RFC 7748 §6.1)") {
  CurveKeys keys = kClient;
  keys.server.fill(0);
  Hearer hearer({.role = ZmtpRole::client, .curve = &keys});
  hearer.hear(greeting_of({.mechanism = "CURVE"}));
  CHECK(hearer.failure().fault == ZmtpFault::key);
  CHECK(hearer.said().size() == 64);
  Meeting meeting;
  meeting.server.traffic.transient.own_public.fill(0);
  meeting.hear(frame_of(4, meeting.server.welcome()));
  CHECK(meeting.failure().detail == "WELCOME has a key that is none");
  CHECK(meeting.said() == "");
}

TEST_CASE("curve client: each byte of READY counts, and its properties are looked at") {
  const std::size_t size = 30 + metadata_of("ROUTER", "").size();
  for (std::size_t at = 0; at < size; ++at) {
    INFO(at);
    Meeting meeting;
    meeting.hear(frame_of(4, meeting.server.welcome()));
    REQUIRE(meeting.server.take_initiate(bodies_of(meeting.said()).at(0)));
    meeting.hear(frame_of(4, flipped(meeting.server.ready(), at)));
    CHECK(meeting.failure().fault == ZmtpFault::protocol);
  }
  struct Row {
    std::string metadata;
    ZmtpFault fault;
  };
  const Row rows[] = {{metadata_of("PUB", ""), ZmtpFault::socket_type},
                      {metadata_of("ROUTER", "").substr(1), ZmtpFault::protocol},
                      {metadata_of("ROUTER", std::string(256, 'i')), ZmtpFault::identity},
                      {"", ZmtpFault::none},
                      {metadata_of("DEALER", "router"), ZmtpFault::none}};
  for (const Row& row : rows) {
    Meeting meeting;
    meeting.hear(frame_of(4, meeting.server.welcome()));
    REQUIRE(meeting.server.take_initiate(bodies_of(meeting.said()).at(0)));
    meeting.server.metadata = row.metadata;
    meeting.hear(frame_of(6, meeting.server.ready()));
    CHECK(meeting.failure().fault == row.fault);
  }
}

TEST_CASE("curve client: READY is too short, or has the counter 0") {
  Meeting short_one;
  short_one.hear(frame_of(4, short_one.server.welcome()));
  short_one.hear(frame_of(4, command_of("READY", std::string(23, 'x'))));
  CHECK(short_one.failure().detail == "READY is too short");
  Meeting zero;
  zero.hear(frame_of(4, zero.server.welcome()));
  REQUIRE(zero.server.take_initiate(bodies_of(zero.said()).at(0)));
  zero.server.traffic.counter = ~std::uint64_t{0};
  zero.hear(frame_of(4, zero.server.ready()));
  CHECK(zero.failure().detail == "READY has the counter 0");
}

TEST_CASE("curve client: ERROR is a refusal, instead of WELCOME and instead of READY (RFC 26)") {
  const std::string error = frame_of(4, command_of("ERROR", command_of("400")));
  Meeting early;
  early.hear(error);
  CHECK(early.failure().fault == ZmtpFault::refused);
  CHECK(early.failure().detail == "it refuses us: '400'");
  Meeting late;
  late.hear(frame_of(4, late.server.welcome()));
  late.hear(error);
  CHECK(late.failure().fault == ZmtpFault::refused);
}

TEST_CASE("curve client: another command or a message where a command of the handshake is due") {
  const std::string messages[] = {frame_of(0, "message"), frame_of(4, ""),
                                  frame_of(4, command_of("PING", std::string("\0\0", 2))),
                                  frame_of(4, command_of("HELLO"))};
  for (const std::string& bytes : messages) {
    Meeting at_welcome;
    at_welcome.hear(bytes);
    CHECK(at_welcome.failure().fault == ZmtpFault::protocol);
    Meeting at_ready;
    at_ready.hear(frame_of(4, at_ready.server.welcome()));
    at_ready.hear(bytes);
    CHECK(at_ready.failure().fault == ZmtpFault::protocol);
  }
  Meeting too_early;
  too_early.hear(frame_of(4, command_of("READY", std::string(60, 'x'))));
  CHECK(too_early.failure().detail == "another command than WELCOME in the handshake");
  Meeting twice;
  twice.hear(frame_of(4, twice.server.welcome()) + frame_of(4, twice.server.welcome()));
  CHECK(twice.failure().detail == "another command than READY in the handshake");
}

TEST_CASE("curve client: a message behind READY, in one segment with it, is one") {
  Meeting meeting;
  meeting.hear(frame_of(4, meeting.server.welcome()));
  REQUIRE(meeting.server.take_initiate(bodies_of(meeting.said()).at(0)));
  const std::string ready = frame_of(4, meeting.server.ready());
  meeting.hear(ready + frame_of(0, meeting.server.traffic.message(std::string("\0first", 6))));
  CHECK(meeting.side.log == "hands ROUTER '' · message 5 of 1 · ");
}

TEST_CASE("curve client: nothing is sent before READY came, not even when the owner says so") {
  Meeting meeting;
  meeting.session().send(as_bytes("early"));
  meeting.session().ping(5);
  CHECK(meeting.said() == "");
  meeting.hear(frame_of(4, meeting.server.welcome()));
  REQUIRE(meeting.server.take_initiate(bodies_of(meeting.said()).at(0)));
  meeting.session().send(as_bytes("early"));
  CHECK(meeting.said() == "");
}

TEST_CASE("curve client: its messages count on from INITIATE, the server's from READY") {
  Meeting meeting;
  meeting.shake_hands();
  meeting.session().send(as_bytes("to the server"));
  const std::string body = bodies_of(meeting.said()).at(0);
  CHECK(body.substr(8, 8) == big_endian(3, 8));
  CHECK(meeting.server.traffic.opened(body) == '\0' + std::string("to the server"));
  meeting.server.traffic.counter = 0;
  meeting.hear(frame_of(0, meeting.server.traffic.message(std::string("\0old", 4))));
  CHECK(meeting.failure().detail == "a box whose counter does not grow");
}
