#include "proto/zmtp/curve_server.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tests/zmtp/curve_by_hand.h"
#include "tests/zmtp/zmtp_hearer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const CurveKeys kServer = curve_server_keys();
const std::string kGreeting = greeting_of({.mechanism = "CURVE"});

ZmtpTerms terms() { return {.curve = &kServer, .must_have_identity = true}; }

// Our server, and a client by hand that said its greeting.
struct Meeting : Hearer {
  Meeting() : Hearer(terms()) {
    hear(kGreeting);
    said();
  }
  // The body of the one frame that the server says; "" when it says nothing.
  std::string answer_to(const std::string& frame) {
    hear(frame);
    const auto bodies = bodies_of(said());
    return bodies.size() == 1 ? bodies[0] : std::string(bodies.size(), '!');
  }
  void shake_hands() {
    REQUIRE(client.take_welcome(answer_to(frame_of(4, client.hello()))));
    REQUIRE(client.opened_ready(answer_to(frame_of(6, client.initiate()))));
    side.log.clear();
  }
  void hear_message(std::string_view flags_and_payload) {
    hear(frame_of(2, client.traffic.message(flags_and_payload)));
  }

  CurveClientByHand client;
};

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

}  // namespace

TEST_CASE("curve server: a client that RFC 26 describes shakes hands; nothing is said before HELLO") {
  Meeting meeting;
  CHECK(meeting.said() == "");
  meeting.hear(frame_of(4, meeting.client.hello()));
  const std::string welcome = meeting.said();
  CHECK(welcome.substr(0, 2) == "\x04\xa8");  // 168 bytes, a command
  REQUIRE(meeting.client.take_welcome(bodies_of(welcome).at(0)));
  const std::string initiate = meeting.client.initiate();
  CHECK(initiate.size() == 257 + metadata_of("DEALER", "bob").size());
  meeting.hear(frame_of(6, initiate));
  CHECK(meeting.side.log == "hands DEALER 'bob' · ");
  CHECK(meeting.side.asked_key == as_text(meeting.client.keys.own_public));
  const std::string ready = meeting.said();
  CHECK(ready.substr(0, 2) == std::string("\x04") + static_cast<char>(30 + metadata_of("ROUTER", "").size()));
  CHECK(bodies_of(ready).at(0).substr(6, 8) == big_endian(1, 8));
  CHECK(meeting.client.opened_ready(bodies_of(ready).at(0)) == metadata_of("ROUTER", ""));
}

TEST_CASE("curve server: each byte of HELLO counts but those of the padding") {
  CurveClientByHand client;
  const std::string hello = client.hello();
  for (std::size_t at = 0; at < hello.size(); ++at) {
    INFO(at);
    Meeting meeting;
    const bool is_padding = at >= 8 && at < 80;
    CHECK((meeting.answer_to(frame_of(4, flipped(hello, at))) != "") == is_padding);
    const ZmtpFault fault = at < 6 ? ZmtpFault::protocol : at < 8 ? ZmtpFault::version : ZmtpFault::key;
    // The highest bit of a public key is not looked at, the lowest is (RFC 7748 §5).
    CHECK((meeting.failure().fault == fault) == !is_padding);
  }
}

TEST_CASE("curve server: HELLO has 200 bytes") {
  for (const std::size_t size : {6U, 8U, 199U, 201U}) {
    Meeting meeting;
    std::string hello = meeting.client.hello();
    hello.resize(size);
    CHECK(meeting.answer_to(frame_of(4, hello)) == "");
    CHECK(meeting.failure().detail == "HELLO has a wrong size");
  }
}

TEST_CASE("curve server: a client with another public key of ours costs one agreement and gets no word") {
  Meeting meeting;
  meeting.client.keys.server = curve_pair(9).own_public;
  CHECK(meeting.answer_to(frame_of(4, meeting.client.hello())) == "");
  CHECK(meeting.failure().fault == ZmtpFault::key);
  CHECK(meeting.failure().detail == "it has another public key of ours, or none");
}

TEST_CASE("curve server: a key of the connection that is no point makes no box (RFC 7748 §6.1)") {
  Meeting meeting;
  std::string hello = meeting.client.hello();
  hello.replace(80, 32, std::string(32, '\0'));
  CHECK(meeting.answer_to(frame_of(4, hello)) == "");
  CHECK(meeting.failure().fault == ZmtpFault::key);
}

TEST_CASE("curve server: each byte of INITIATE counts") {
  const std::size_t size = 257 + metadata_of("DEALER", "bob").size();
  for (std::size_t at = 0; at < size; ++at) {
    INFO(at);
    Meeting meeting;
    REQUIRE(meeting.client.take_welcome(meeting.answer_to(frame_of(4, meeting.client.hello()))));
    CHECK(meeting.answer_to(frame_of(6, flipped(meeting.client.initiate(), at))) == "");
    CHECK(meeting.failure().fault == ZmtpFault::protocol);
    CHECK(meeting.side.asked_key == "");
  }
}

TEST_CASE("curve server: what is wrong inside INITIATE is refused, and nobody is asked about the key") {
  struct Row {
    const char* name;
    std::function<void(CurveClientByHand&)> change;
    ZmtpFault fault;
    const char* detail;
  };
  const CurveKeys other = curve_pair(7);
  const std::string other_public(as_text(other.own_public));
  const Row rows[] = {
      {"a vouch for another key of the connection",
       [&](CurveClientByHand& client) { client.vouch_plain = other_public + client.server(); }, ZmtpFault::key,
       "it does not prove that it has the secret key of its public key"},
      {"a vouch for another server, as one that a server passes on",
       [&](CurveClientByHand& client) { client.vouch_plain = client.own_transient() + other_public; }, ZmtpFault::key,
       "it does not prove that it has the secret key of its public key"},
      {"a vouch with another secret key than that of C",
       [&](CurveClientByHand& client) { client.vouch_secret = other.own_secret; }, ZmtpFault::key,
       "it does not prove that it has the secret key of its public key"},
      {"a public key that is no point", [&](CurveClientByHand& client) { client.keys.own_public.fill(0); },
       ZmtpFault::key, "it does not prove that it has the secret key of its public key"},
      {"another cookie", [](CurveClientByHand& client) { client.cookie = std::string(96, 'x'); }, ZmtpFault::protocol,
       "INITIATE has another cookie than WELCOME"},
      {"the counter of HELLO again", [](CurveClientByHand& client) { client.traffic.counter = 0; }, ZmtpFault::protocol,
       "INITIATE has a counter that does not grow"},
      {"a property that is cut short", [](CurveClientByHand& client) { client.metadata.pop_back(); },
       ZmtpFault::protocol, "INITIATE with a property that is cut short"},
      {"too short for a vouch",
       [](CurveClientByHand& client) { client.metadata = "", client.vouch_plain = client.own_transient(); },
       ZmtpFault::protocol, "INITIATE is too short"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Meeting meeting;
    REQUIRE(meeting.client.take_welcome(meeting.answer_to(frame_of(4, meeting.client.hello()))));
    row.change(meeting.client);
    CHECK(meeting.answer_to(frame_of(6, meeting.client.initiate())) == "");
    CHECK(meeting.failure().fault == row.fault);
    CHECK(meeting.failure().detail == row.detail);
    CHECK(meeting.side.asked_key == "");
    CHECK(meeting.side.log == "");
  }
}

TEST_CASE("curve server: no READY for a peer that is not wanted, only the end") {
  struct Row {
    std::string metadata;
    ZmtpFault fault;
  };
  const Row rows[] = {{metadata_of("PUB", "bob"), ZmtpFault::socket_type},
                      {metadata_of("DEALER", ""), ZmtpFault::identity},
                      {metadata_of("DEALER", std::string(256, 'i')), ZmtpFault::identity},
                      {metadata_of("DEALER", std::string("\0a", 2)), ZmtpFault::identity},
                      {"", ZmtpFault::identity}};
  for (const Row& row : rows) {
    Meeting meeting;
    REQUIRE(meeting.client.take_welcome(meeting.answer_to(frame_of(4, meeting.client.hello()))));
    meeting.client.metadata = row.metadata;
    CHECK(meeting.answer_to(frame_of(6, meeting.client.initiate())) == "");
    CHECK(meeting.failure().fault == row.fault);
  }
}

TEST_CASE("curve server: another command or a message where a command of the handshake is due") {
  const std::string ping = frame_of(4, command_of("PING", std::string("\0\0", 2)));
  for (const std::string& bytes : {ping, frame_of(4, ""), frame_of(0, "message"),
                                   frame_of(4, command_of("INITIATE", std::string(300, 'x')).substr(0, 250)),
                                   frame_of(4, command_of("READY", metadata_of("DEALER", "a"))),
                                   frame_of(4, command_of("ERROR",
                                                          "\x03"
                                                          "400"))}) {
    Meeting at_hello;
    CHECK(at_hello.answer_to(bytes) == "");
    CHECK(at_hello.failure().fault == ZmtpFault::protocol);
    Meeting at_initiate;
    static_cast<void>(at_initiate.answer_to(frame_of(4, at_initiate.client.hello())));
    CHECK(at_initiate.answer_to(bytes) == "");
    CHECK(at_initiate.failure().fault == ZmtpFault::protocol);
  }
  Meeting twice;
  static_cast<void>(twice.answer_to(frame_of(4, twice.client.hello())));
  CHECK(twice.answer_to(frame_of(4, twice.client.hello())) == "");
  CHECK(twice.failure().detail == "another command than INITIATE in the handshake");
}

TEST_CASE("curve server: a client in clear text is refused by its greeting") {
  Hearer hearer(terms());
  hearer.hear(null_peer());
  CHECK(hearer.failure().fault == ZmtpFault::mechanism);
  CHECK(hearer.failure().detail == "its mechanism is 'NULL', ours is CURVE");
}

// ---- traffic

TEST_CASE("curve server: our messages are frames of messages, and their counter goes on from READY's") {
  Meeting meeting;
  meeting.shake_hands();
  meeting.session().send(as_bytes("short"));
  std::string bytes = meeting.said();
  CHECK(bytes[0] == 0);  // not a command, which libzmq would drop
  CHECK(bodies_of(bytes).at(0).substr(8, 8) == big_endian(2, 8));
  CHECK(meeting.client.traffic.opened(bodies_of(bytes).at(0)) == std::string("\0short", 6));
  meeting.session().send(as_bytes(std::string(300, 'x')));
  bytes = meeting.said();
  CHECK(bytes[0] == 2);
  CHECK(bodies_of(bytes).at(0).substr(8, 8) == big_endian(3, 8));
  CHECK(meeting.client.traffic.opened(bodies_of(bytes).at(0)) == '\0' + std::string(300, 'x'));
}

TEST_CASE("curve server: PING and PONG are messages with the flag of a command inside") {
  Meeting meeting;
  meeting.shake_hands();
  meeting.session().ping(50);
  CHECK(meeting.client.traffic.opened(bodies_of(meeting.said()).at(0)) ==
        "\2" + command_of("PING", std::string("\0\x32", 2)));
  meeting.hear_message("\2" + command_of("PING", std::string("\0\x28", 2) + "context"));
  CHECK(meeting.client.traffic.opened(bodies_of(meeting.said()).at(0)) == "\2" + command_of("PONG", "context"));
  CHECK(meeting.session().ttl() == 40);
  CHECK(meeting.side.log == "");
}

TEST_CASE("curve server: the flags inside say what a frame is, those outside say nothing") {
  Meeting meeting;
  meeting.shake_hands();
  meeting.hear_message("\1first");
  meeting.hear_message("\2" + command_of("PING", std::string("\0\0", 2)));
  meeting.hear(frame_of(1, meeting.client.traffic.message(std::string("\0last", 5))));
  meeting.hear_message(
      "\xfc"
      "other bits");
  CHECK(meeting.side.log == "message 5 of 2 · message 10 of 1 · ");
}

TEST_CASE("curve server: counters may leave gaps, but not stand still or go back, from INITIATE's on") {
  Meeting meeting;
  meeting.shake_hands();
  CHECK(meeting.client.traffic.counter == 2);
  meeting.client.traffic.counter = 99;
  meeting.hear_message(std::string("\0gap", 4));
  CHECK(meeting.side.log == "message 3 of 1 · ");
  for (const std::uint64_t before : {100U, 99U, 1U}) {
    Meeting again;
    again.shake_hands();
    again.client.traffic.counter = 99;
    again.hear_message(std::string("\0gap", 4));
    again.client.traffic.counter = before;
    again.hear_message(std::string("\0old", 4));
    CHECK((again.failure().fault == ZmtpFault::none) == (before == 100));
  }
  Meeting from_start;
  from_start.shake_hands();
  from_start.client.traffic.counter = 1;  // INITIATE's was 2
  from_start.hear_message(std::string("\0old", 4));
  CHECK(from_start.failure().detail == "a box whose counter does not grow");
}

TEST_CASE("curve server: a frame that comes twice ends the connection") {
  Meeting meeting;
  meeting.shake_hands();
  const std::string frame = frame_of(0, meeting.client.traffic.message(std::string("\0once", 5)));
  meeting.hear(frame + frame);
  CHECK(meeting.side.log == "message 4 of 1 · ");
  CHECK(meeting.failure().detail == "a box whose counter does not grow");
}

TEST_CASE("curve server: what did not come through the key ends the connection") {
  struct Row {
    const char* name;
    std::string bytes;
    const char* detail;
  };
  const Row rows[] = {
      {"a PING in clear text", frame_of(4, command_of("PING", std::string("\0\0", 2))),
       "a command in clear text on a connection with keys"},
      {"a message in clear text", frame_of(0, "message"), "a frame without a box on a connection with keys"},
      {"an empty frame", frame_of(0, ""), "a frame without a box on a connection with keys"},
      {"a box without flags", frame_of(0, command_of("MESSAGE", std::string(24, 'x'))),
       "a frame without a box on a connection with keys"},
      {"a box of nobody", frame_of(0, command_of("MESSAGE", std::string(25, 'x'))), "a box that does not open"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Meeting meeting;
    meeting.shake_hands();
    meeting.hear(row.bytes);
    CHECK(meeting.failure().fault == ZmtpFault::protocol);
    CHECK(meeting.failure().detail == row.detail);
    CHECK(meeting.side.log == "");
  }
  Meeting as_command;
  as_command.shake_hands();
  as_command.hear(frame_of(4, as_command.client.traffic.message(std::string("\0x", 2))));
  CHECK(as_command.failure().detail == "a command in clear text on a connection with keys");
  Meeting mirrored;  // our own box comes back
  mirrored.shake_hands();
  mirrored.session().send(as_bytes("x"));
  mirrored.hear(mirrored.said());
  CHECK(mirrored.failure().detail == "a box that does not open");
}

TEST_CASE("curve server: each byte of a message counts") {
  CurveClientByHand like;
  like.traffic.peer_transient = as_text(curve_pair(4).own_public);
  const std::size_t size = like.traffic.message(std::string("\0hello", 6)).size();
  for (std::size_t at = 0; at < size; ++at) {
    INFO(at);
    Meeting meeting;
    meeting.shake_hands();
    meeting.hear(frame_of(0, flipped(meeting.client.traffic.message(std::string("\0hello", 6)), at)));
    CHECK(meeting.failure().fault == ZmtpFault::protocol);
    CHECK(meeting.side.log == "");
  }
}

TEST_CASE("curve server: the limit counts what is inside, exactly") {
  CurveClientByHand client;
  Hearer hearer({.curve = &kServer, .max_message = 100});
  hearer.hear(kGreeting + frame_of(4, client.hello()));
  REQUIRE(client.take_welcome(bodies_of(hearer.said()).at(0)));
  hearer.hear(frame_of(6, client.initiate()));
  hearer.side.log.clear();
  hearer.hear(frame_of(0, client.traffic.message('\1' + std::string(60, 'x'))));
  hearer.hear(frame_of(0, client.traffic.message('\0' + std::string(40, 'x'))));
  CHECK(hearer.side.log == "message 60 of 2 · ");
  hearer.hear(frame_of(0, client.traffic.message('\1' + std::string(60, 'x'))));
  hearer.hear(frame_of(0, client.traffic.message('\0' + std::string(41, 'x'))));
  CHECK(hearer.failure().detail == "a part of 41 bytes, over 40");
}

TEST_CASE("curve server: what is too long for a message and for a command is refused before it is there") {
  CurveClientByHand client;
  Hearer hearer({.curve = &kServer, .max_message = 2'000});
  hearer.hear(kGreeting + frame_of(4, client.hello()));
  REQUIRE(client.take_welcome(bodies_of(hearer.said()).at(0)));
  hearer.hear(frame_of(6, client.initiate()));
  hearer.hear('\2' + big_endian(2'033, 8));
  CHECK(hearer.failure().fault == ZmtpFault::none);
  Hearer other({.curve = &kServer, .max_message = 2'000});
  CurveClientByHand again;
  other.hear(kGreeting + frame_of(4, again.hello()));
  REQUIRE(again.take_welcome(bodies_of(other.said()).at(0)));
  other.hear(frame_of(6, again.initiate()));
  other.hear('\2' + big_endian(2'034, 8));
  CHECK(other.failure().detail == "a frame of 2034 bytes, over 2033");
}

TEST_CASE("curve server: commands come through when a message has no byte left") {
  CurveClientByHand client;
  Hearer hearer({.curve = &kServer, .max_message = 10});
  hearer.hear(kGreeting + frame_of(4, client.hello()));
  REQUIRE(client.take_welcome(bodies_of(hearer.said()).at(0)));
  hearer.hear(frame_of(6, client.initiate()));
  hearer.side.log.clear();
  hearer.said();
  hearer.hear(frame_of(0, client.traffic.message('\1' + std::string(10, 'x'))));
  hearer.hear(frame_of(0, client.traffic.message("\2" + command_of("PING", std::string(18, '\0')))));
  CHECK(client.traffic.opened(bodies_of(hearer.said()).at(0)) == "\2" + command_of("PONG", std::string(16, '\0')));
  hearer.hear(frame_of(0, client.traffic.message(std::string(1, '\0'))));
  CHECK(hearer.side.log == "message 10 of 2 · ");
  hearer.hear(frame_of(0, client.traffic.message('\0' + std::string(11, 'x'))));
  CHECK(hearer.failure().detail == "a part of 11 bytes, over 10");
}

TEST_CASE("curve server: a command inside has the limit of a command") {
  for (const std::size_t size : {1'024U, 1'025U}) {
    Meeting meeting;
    meeting.shake_hands();
    std::string pong = command_of("PONG");
    pong.resize(size);
    meeting.hear_message("\2" + pong);
    CHECK((meeting.failure().fault == ZmtpFault::too_long) == (size > 1'024));
  }
  Meeting empty;
  empty.shake_hands();
  empty.hear_message("\2");
  CHECK(empty.failure().detail == "a malformed command");
}

TEST_CASE("curve server: a long message after a short one, and a short one after a very long one") {
  Meeting meeting;
  meeting.shake_hands();
  for (const std::size_t size : {3U, 70'000U, 1'000'000U, 0U, 5U}) {
    const std::string payload(size, 'x');
    meeting.hear_message('\0' + payload);
    CHECK(meeting.side.last == payload);
  }
  CHECK(meeting.side.log ==
        "message 3 of 1 · message 70000 of 1 · message 1000000 of 1 · message 0 of 1 · message 5 of 1 · ");
}
