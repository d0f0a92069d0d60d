#include "proto/zmtp/zmtp_session.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "proto/zmtp/zmtp_greeting.h"
#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string ping_of(std::string_view ttl_and_context) { return frame_of(4, command_of("PING", ttl_and_context)); }

// A session that has shaken hands with a peer, and said nothing since.
struct InTraffic : Hearer {
  explicit InTraffic(const ZmtpTerms& terms = {}, const std::string& peer = null_peer()) : Hearer(terms) {
    hear(peer);
    said();
    side.log.clear();
  }
};

}  // namespace

TEST_CASE("zmtp session: two sides shake hands and tell who they are") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker-1#1"},
                {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .must_have_identity = true});
  pair.run();
  CHECK(pair.client.log == "hands ROUTER '' · ");
  CHECK(pair.server.log == "hands ROUTER 'worker-1#1' · ");
}

TEST_CASE("zmtp session: messages travel both ways, short and long") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "a"},
                {.socket = ZmtpSocket::dealer});
  pair.run();
  pair.client.log.clear();
  pair.server.log.clear();
  pair.client.session.send(as_bytes("hello"));
  pair.client.session.send(as_bytes(std::string(300, 'x')));
  pair.server.session.send({});
  pair.run();
  CHECK(pair.server.log == "message 5 of 1 · message 300 of 1 · ");
  CHECK(pair.client.log == "message 0 of 1 · ");
}

// ---- messages

TEST_CASE("zmtp session: without keys the head of a message may be had alone, with keys only all of it") {
  const CurveKeys client_keys = curve_client_keys(), server_keys = curve_server_keys();
  ZmtpTerms client{.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "a"};
  ZmtpTerms server{.socket = ZmtpSocket::dealer};
  bool has_keys = false;
  SUBCASE("without keys") {}
  SUBCASE("with keys") { has_keys = true; }
  if (has_keys) {
    client.curve = &client_keys;
    server.curve = &server_keys;
  }
  ZmtpPair pair(client, server);
  CHECK_FALSE(pair.client.session.send_head(5));  // before the handshake
  pair.run();
  const std::string payload(300, 'x');
  CHECK(pair.client.session.send_head(payload.size()) == !has_keys);
  const std::string head = std::exchange(pair.client.session.output(), {});
  pair.client.session.send(as_bytes(payload));
  CHECK((head.empty() || head + payload == pair.client.session.output()));
  CHECK(head.empty() == has_keys);
}

TEST_CASE("zmtp session: of a message of many parts the first part and the number are told, once it is whole") {
  InTraffic hearer;
  hearer.hear(frame_of(1, "first") + frame_of(1, "") + frame_of(1, "third"));
  CHECK(hearer.side.log == "");
  hearer.hear(frame_of(0, "last") + frame_of(0, "next"));
  CHECK(hearer.side.log == "message 5 of 4 · message 4 of 1 · ");
}

TEST_CASE("zmtp session: what other sockets send first is a message: REQ an empty part, a probe an empty message") {
  InTraffic hearer({}, null_peer("REQ"));
  hearer.hear(frame_of(1, "") + frame_of(0, "q"));
  CHECK(hearer.side.log == "message 0 of 2 · ");
  hearer.side.log.clear();
  hearer.hear(std::string("\0\0", 2));
  CHECK(hearer.side.log == "message 0 of 1 · ");
}

TEST_CASE("zmtp session: a long frame may be short, and bits without a meaning are not looked at") {
  InTraffic hearer;
  hearer.hear(frame_of(2, "ab") + frame_of(0xf8, "abc") + frame_of(2, ""));
  CHECK(hearer.side.log == "message 2 of 1 · message 3 of 1 · message 0 of 1 · ");
}

TEST_CASE("zmtp session: the limit of a message counts all its parts, and the next message begins anew") {
  InTraffic hearer({.max_message = 10});
  hearer.hear(frame_of(0, std::string(10, 'x')) + frame_of(1, std::string(9, 'x')) + frame_of(0, "x"));
  CHECK(hearer.side.log == "message 10 of 1 · message 9 of 2 · ");
  hearer.hear(frame_of(1, std::string(9, 'x')) + std::string("\0\x02", 2));  // the head alone
  CHECK(hearer.failure().fault == ZmtpFault::too_long);
  CHECK(hearer.failure().detail == "a frame of 2 bytes, over 1");
}

TEST_CASE("zmtp session: a message has up to 64 parts") {
  std::string most;
  for (std::size_t i = 1; i < kZmtpMaxParts; ++i) most += frame_of(1, "");
  InTraffic hearer;
  hearer.hear(most + frame_of(0, ""));
  CHECK(hearer.side.log == "message 0 of 64 · ");
  hearer.hear(most + frame_of(1, ""));
  CHECK(hearer.failure().fault == ZmtpFault::none);
  hearer.hear(frame_of(1, ""));
  CHECK(hearer.failure().fault == ZmtpFault::too_long);
  CHECK(hearer.side.log == "message 0 of 64 · ");
}

TEST_CASE("zmtp session: the bytes of a frame that is not whole come again, a frame that is whole is taken") {
  InTraffic hearer;
  const std::string two = frame_of(0, "one") + frame_of(0, "two");
  CHECK(hearer.session().receive(as_bytes(two.substr(0, 7))) == 5);
  CHECK(hearer.session().receive(as_bytes(two.substr(5, 3))) == 0);
  CHECK(hearer.session().receive(as_bytes(two.substr(5))) == 5);
  CHECK(hearer.side.log == "message 3 of 1 · message 3 of 1 · ");
}

TEST_CASE("zmtp session: of a frame that is not whole it is known how much is missing, once its head is there") {
  InTraffic hearer;
  const std::string frame = frame_of(2, std::string(300, 'x'));
  CHECK(hearer.session().missing() == 0);
  for (std::size_t there = 0; there < 9; ++there) {
    CHECK(hearer.session().receive(as_bytes(frame.substr(0, there))) == 0);
    CHECK(hearer.session().missing() == 0);
  }
  for (const std::size_t there : {9U, 10U, 308U}) {
    CHECK(hearer.session().receive(as_bytes(frame.substr(0, there))) == 0);
    CHECK(hearer.session().missing() == 309 - there);
  }
  const std::string more = frame + frame.substr(0, 100);
  CHECK(hearer.session().receive(as_bytes(more)) == 309);
  CHECK(hearer.session().missing() == 209);
  CHECK(hearer.session().receive(as_bytes(frame)) == 309);
  CHECK(hearer.session().missing() == 0);
}

// ---- commands

TEST_CASE("zmtp session: a PING is answered, and its time to live is known (RFC 37)") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "a"}, {});
  pair.run();
  CHECK(pair.server.session.may_ping());
  pair.client.session.ping(50);
  CHECK(pair.server.session.receive(as_bytes(pair.client.session.output())) == 9);
  CHECK(pair.server.session.ttl() == 50);
  CHECK(pair.server.session.output() == std::string("\x04\x05\x04PONG", 7));
}

TEST_CASE("zmtp session: PONG has the context of PING, up to 16 bytes of it (RFC 37)") {
  InTraffic hearer;
  for (std::size_t size : {0U, 1U, 16U, 17U, 300U}) {
    INFO(size);
    const std::string context(size, 'c');
    hearer.hear(frame_of(6, command_of("PING", std::string("\0\0", 2) + context)));
    CHECK(hearer.said() == frame_of(4, command_of("PONG", context.substr(0, 16))));
  }
  CHECK(hearer.session().ttl() == 0);
}

TEST_CASE("zmtp session: a time to live has 16 bits, and 0 takes it back") {
  InTraffic hearer;
  hearer.hear(ping_of("\xfe\xdc"));
  CHECK(hearer.session().ttl() == 0xfedc);
  hearer.hear(ping_of(std::string("\0\0", 2)));
  CHECK(hearer.session().ttl() == 0);
}

TEST_CASE("zmtp session: commands may stand between the parts of a message (RFC 37)") {
  InTraffic hearer;
  hearer.hear(frame_of(1, "first") + ping_of(std::string("\0\0", 2)) + frame_of(4, command_of("PONG")) +
              frame_of(0, "last"));
  CHECK(hearer.side.log == "message 5 of 2 · ");
  CHECK(hearer.said() == frame_of(4, command_of("PONG")));
}

TEST_CASE("zmtp session: PING is for peers of version 3.1, for those that sent one, and not for REQ and REP") {
  const std::string old = greeting_of({.minor = 0});
  CHECK(InTraffic().session().may_ping());
  InTraffic hearer({}, old + ready_of("DEALER"));
  CHECK_FALSE(hearer.session().may_ping());
  hearer.hear(ping_of(std::string("\0\0", 2)));
  CHECK(hearer.session().may_ping());
  CHECK_FALSE(InTraffic({}, null_peer("REQ")).session().may_ping());
  CHECK_FALSE(InTraffic({.socket = ZmtpSocket::dealer}, null_peer("REP")).session().may_ping());
}

TEST_CASE("zmtp session: our time to live is at most 655 tenths of a second: libzmq reads more as almost nothing") {
  InTraffic hearer;
  hearer.session().ping(655);
  CHECK(hearer.said() == ping_of("\x02\x8f"));
  hearer.session().ping(656);
  CHECK(hearer.said() == ping_of("\x02\x8f"));
  hearer.session().ping(0);
  CHECK(hearer.said() == ping_of(std::string("\0\0", 2)));
}

TEST_CASE("zmtp session: commands that have no meaning in traffic are ignored, ERROR and READY too, as by libzmq") {
  InTraffic hearer;
  for (const char* name : {"PONG", "SUBSCRIBE", "CANCEL", "ERROR", "READY", "ping", "HELLO", ""})
    hearer.hear(frame_of(4, command_of(name, "data")));
  hearer.hear(frame_of(5, command_of("PONG")));  // MORE has no meaning with COMMAND
  hearer.hear(frame_of(0, "message"));
  CHECK(hearer.failure().fault == ZmtpFault::none);
  CHECK(hearer.said() == "");
  CHECK(hearer.side.log == "message 7 of 1 · ");
}

// ---- refusals

TEST_CASE("zmtp session: what is against the rules ends the connection, and nothing more is told") {
  struct Row {
    const char* name;
    std::string bytes;  // after the greeting
    ZmtpFault fault;
    const char* detail;
  };
  const std::string ready = ready_of("DEALER");
  const std::string huge = std::string("\x02\x40\0\0\0\0\0\0\0", 9);  // 2^62, where libzmq ends too
  const Row rows[] = {
      {"a message before READY", frame_of(0, "early"), ZmtpFault::protocol,
       "a message before the end of the handshake"},
      {"READY as a message", frame_of(0, command_of("READY")), ZmtpFault::protocol,
       "a message before the end of the handshake"},
      {"PING before READY", ping_of(std::string("\0\0", 2)), ZmtpFault::protocol,
       "another command than READY in the handshake"},
      {"a command of CURVE", frame_of(4, command_of("HELLO")), ZmtpFault::protocol,
       "another command than READY in the handshake"},
      {"an empty command", frame_of(4, ""), ZmtpFault::protocol, "a malformed command in the handshake"},
      {"a command that is longer than its frame", frame_of(4, "\x06READY"), ZmtpFault::protocol,
       "a malformed command in the handshake"},
      {"READY over the limit, before its body", std::string("\x06\0\0\0\0\0\0\x20\x01", 9), ZmtpFault::too_long,
       "a frame of 8193 bytes, over 8192"},
      {"READY of 2^64 - 1 bytes", "\x06\xff\xff\xff\xff\xff\xff\xff\xff", ZmtpFault::too_long,
       "a frame of 18446744073709551615 bytes, over 8192"},
      {"a wrong socket", ready_of("PUB"), ZmtpFault::socket_type,
       "its socket is of a type that does not speak with ROUTER"},
      {"an empty routing id", ready_of("DEALER", ""), ZmtpFault::identity,
       "its routing id is empty or begins with a zero byte"},
      {"a message over the limit, before its body",
       ready_of("DEALER", "a") + std::string("\x02\0\0\0\0\0\x40\0\x01", 9), ZmtpFault::too_long,
       "a frame of 4194305 bytes, over 4194304"},
      {"a message of 2^62 bytes", ready_of("DEALER", "a") + huge, ZmtpFault::too_long,
       "a frame of 4611686018427387904 bytes, over 4194304"},
      {"a command over the limit, before its body",
       ready_of("DEALER", "a") + std::string("\x06\0\0\0\0\0\0\x04\x01", 9), ZmtpFault::too_long,
       "a frame of 1025 bytes, over 1024"},
      {"an empty command in traffic", ready_of("DEALER", "a") + frame_of(4, ""), ZmtpFault::protocol,
       "a malformed command"},
      {"a PING with half a time to live", ready_of("DEALER", "a") + ping_of("x"), ZmtpFault::protocol,
       "a PING without its time to live"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const bool has_shaken = row.bytes.starts_with(ready_of("DEALER", "a"));
    const std::string expected = std::string(has_shaken ? "hands DEALER 'a' · " : "") + "fault " +
                                 std::to_string(static_cast<int>(row.fault)) + " " + row.detail + "|" +
                                 zmtp_greeting("NULL") + ready_of("ROUTER");
    CHECK(seen_in_every_cut({.must_have_identity = true}, greeting_of() + row.bytes) == expected);
    CHECK(seen_in_every_cut({.must_have_identity = true}, greeting_of() + row.bytes + frame_of(0, "more")) == expected);
  }
}

TEST_CASE("zmtp session: after a failure or a stop everything is taken and nothing is told") {
  InTraffic failed;
  failed.hear(frame_of(4, ""));
  failed.hear(frame_of(0, "more"));
  CHECK(failed.unread() == 0);
  CHECK(failed.side.log == "");
  InTraffic stopped;
  stopped.session().stop();
  stopped.hear(frame_of(0, "more") + frame_of(4, ""));
  CHECK(stopped.unread() == 0);
  CHECK(stopped.side.log == "");
  CHECK_FALSE(stopped.session().has_failed());
}

namespace {

// Stops the session at the first word.
class Stopper : public ZmtpSide {
 public:
  using ZmtpSide::ZmtpSide;
  bool is_allowed(Bytes key) override {
    if (stops_when_asked) session.stop();
    return ZmtpSide::is_allowed(key);
  }
  void shook_hands(const ZmtpProperties& peer) override {
    ZmtpSide::shook_hands(peer);
    if (stops_at_hands) session.stop();
  }
  void message(Bytes first, std::size_t parts) override {
    ZmtpSide::message(first, parts);
    session.stop();
  }
  bool stops_when_asked = false, stops_at_hands = false;
};

}  // namespace

TEST_CASE("zmtp session: it may be stopped in each call to its owner") {
  Stopper at_message(ZmtpTerms{});
  const std::string all = null_peer() + frame_of(1, "a") + frame_of(0, "b") + frame_of(0, "c");
  CHECK(at_message.session.receive(as_bytes(all)) == all.size());
  CHECK(at_message.log == "hands DEALER '' · message 1 of 2 · ");
  Stopper at_hands(ZmtpTerms{});
  at_hands.stops_at_hands = true;
  CHECK(at_hands.session.receive(as_bytes(all)) == all.size());
  CHECK(at_hands.log == "hands DEALER '' · ");
}

TEST_CASE("zmtp session: stopped when it is asked about a key, it does not shake hands") {
  const CurveKeys server_keys = curve_server_keys();
  const CurveKeys client_keys = curve_client_keys();
  for (const bool is_allowed : {true, false}) {
    Hearer client({.role = ZmtpRole::client, .curve = &client_keys});
    Stopper server({.curve = &server_keys});
    server.stops_when_asked = true;
    server.is_everybody_allowed = is_allowed;
    for (int turn = 0; turn < 4; ++turn) {
      std::string& out = server.session.output();
      client.hear(std::exchange(out, {}));
      const std::string said = client.said();
      CHECK(server.session.receive(as_bytes(said)) == said.size());
    }
    CHECK(server.asked_key.size() == 32);
    CHECK(server.log == "");
    CHECK_FALSE(server.session.has_failed());
    CHECK_FALSE(client.session().has_shaken_hands());
  }
}
