#include "proto/zmtp/null_mechanism.h"

#include <doctest/doctest.h>

#include <string>

#include "proto/zmtp/zmtp_greeting.h"
#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

ZmtpFault fault_after(const ZmtpTerms& terms, std::string_view bytes) {
  Hearer hearer(terms);
  hearer.hear(bytes);
  return hearer.failure().fault;
}

}  // namespace

TEST_CASE("null: READY leaves when the peer's greeting is whole, in both roles, as libzmq writes it") {
  const std::string ready = std::string(
      "\x04\x29\x05READY\x0bSocket-Type\x00\x00\x00\x06"
      "DEALER\x08Identity\x00\x00\x00\x00",
      43);
  for (const ZmtpRole role : {ZmtpRole::client, ZmtpRole::server}) {
    Hearer hearer({.role = role, .socket = ZmtpSocket::dealer});
    hearer.hear(greeting_of().substr(0, 63));
    CHECK(hearer.said() == zmtp_greeting("NULL"));
    hearer.hear(greeting_of().substr(63));
    CHECK(hearer.said() == ready);
    CHECK_FALSE(hearer.session().has_shaken_hands());
  }
}

TEST_CASE("null: READY tells our routing id") {
  Hearer hearer({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker-1#1"});
  hearer.said();
  hearer.hear(greeting_of());
  CHECK(hearer.said() == zmtp_greeting("NULL").substr(12) + ready_of("ROUTER", "worker-1#1"));
}

TEST_CASE("null: nothing is sent before the peer's READY, not even when the owner says so (RFC 23)") {
  Hearer hearer({});
  hearer.hear(greeting_of());
  hearer.said();
  hearer.session().send(as_bytes("early"));
  hearer.session().ping(5);
  CHECK(hearer.said() == "");
  hearer.hear(ready_of("DEALER"));
  hearer.session().send(as_bytes("late"));
  CHECK(hearer.said() == frame_of(0, "late"));
}

TEST_CASE("null: greeting, READY, messages and PING may come in one segment, or in any pieces") {
  const std::string all = null_peer("DEALER", "bob") + frame_of(0, "one") + frame_of(1, "two") +
                          frame_of(4, command_of("PING", std::string("\0\x32 again", 8))) + frame_of(3, "three") +
                          frame_of(2, std::string(300, 'x')) + frame_of(0, "");
  CHECK(seen_in_every_cut({.must_have_identity = true}, all) ==
        "hands DEALER 'bob' · message 3 of 1 · message 3 of 3 · message 0 of 1 · fault 0 |" + zmtp_greeting("NULL") +
            ready_of("ROUTER") + frame_of(4, command_of("PONG", " again")));
}

TEST_CASE("null: which sockets speak with which (RFC 28)") {
  struct Row {
    ZmtpSocket own;
    std::string_view friends;
  };
  const Row rows[] = {{ZmtpSocket::dealer, " REP DEALER ROUTER "}, {ZmtpSocket::router, " REQ DEALER ROUTER "}};
  const char* types[] = {"REQ",  "REP",  "DEALER", "ROUTER", "PUB",    "SUB", "XPUB",
                         "XSUB", "PUSH", "PULL",   "PAIR",   "dealer", "X",   "DEALERS"};
  for (const Row& row : rows) {
    for (const std::string type : types) {
      INFO(type);
      const bool is_friend = row.friends.find(" " + type + " ") != std::string_view::npos;
      CHECK((fault_after({.socket = row.own}, null_peer(type)) == ZmtpFault::none) == is_friend);
      CHECK((fault_after({.socket = row.own}, null_peer(type)) == ZmtpFault::socket_type) == !is_friend);
    }
  }
}

TEST_CASE("null: a peer that does not tell its socket's type is taken, as libzmq does") {
  CHECK(fault_after({}, greeting_of() + frame_of(4, command_of("READY"))) == ZmtpFault::none);
}

TEST_CASE("null: a routing id has up to 255 bytes") {
  CHECK(fault_after({}, null_peer("DEALER", std::string(255, 'i')).substr(0, 64) +
                            frame_of(6, command_of("READY", metadata_of("DEALER", std::string(255, 'i'))))) ==
        ZmtpFault::none);
  CHECK(
      fault_after({}, greeting_of() + frame_of(6, command_of("READY", metadata_of("DEALER", std::string(256, 'i'))))) ==
      ZmtpFault::identity);
}

TEST_CASE("null: a routing id that is empty or begins as those that sockets make is refused where one is wanted") {
  const std::string made("\0\x6b\x8b\x45\x67", 5);
  CHECK(fault_after({.must_have_identity = true}, null_peer("DEALER", "")) == ZmtpFault::identity);
  CHECK(fault_after({.must_have_identity = true}, null_peer("DEALER", made)) == ZmtpFault::identity);
  CHECK(fault_after({.must_have_identity = true}, greeting_of() + frame_of(4, command_of("READY"))) ==
        ZmtpFault::identity);
  CHECK(fault_after({.must_have_identity = true}, null_peer("DEALER", "a")) == ZmtpFault::none);
  CHECK(fault_after({}, null_peer("DEALER", "")) == ZmtpFault::none);
  CHECK(fault_after({}, null_peer("DEALER", made)) == ZmtpFault::none);
}

TEST_CASE("null: a READY that is cut short is refused, at each byte but between two properties") {
  const std::string body = command_of("READY", metadata_of("DEALER", "bob"));
  const std::size_t between = body.size() - property_of("Identity", "bob").size();
  for (std::size_t size = 0; size < body.size(); ++size) {
    INFO(size);
    const bool is_whole = size == between || size == command_of("READY").size();
    CHECK((fault_after({}, greeting_of() + frame_of(4, body.substr(0, size))) == ZmtpFault::protocol) == !is_whole);
  }
}

TEST_CASE("null: READY may travel in a long frame or with bits that have no meaning") {
  const std::string body = command_of("READY", metadata_of("DEALER", ""));
  CHECK(fault_after({}, greeting_of() + frame_of(6, body)) == ZmtpFault::none);
  CHECK(fault_after({}, greeting_of() + frame_of(4 | 0xf8, body)) == ZmtpFault::none);
}

TEST_CASE("null: ERROR in the handshake is a refusal, with its reason (RFC 37)") {
  Hearer hearer({});
  hearer.hear(greeting_of() + frame_of(4, command_of("ERROR", command_of("400"))));
  CHECK(hearer.failure().fault == ZmtpFault::refused);
  CHECK(hearer.failure().detail == "it refuses us: '400'");
}
