#include "proto/zmtp/zmtp_greeting.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

ZmtpFault fault_of(const std::string& bytes, std::string_view mechanism = "NULL") {
  return zmtp_greeting_failure(as_bytes(bytes), mechanism).fault;
}

std::string changed(std::size_t at, char byte) {
  std::string greeting = greeting_of();
  greeting[at] = byte;
  return greeting;
}

}  // namespace

TEST_CASE("zmtp greeting: the 64 bytes of RFC 37, with the padding that libzmq sends") {
  const std::string expected = std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01", 12) + "NULL" + std::string(48, '\0');
  CHECK(zmtp_greeting("NULL") == expected);
  CHECK(zmtp_greeting("CURVE").substr(12) == "CURVE" + std::string(47, '\0'));
}

TEST_CASE(
    "zmtp greeting: the first 12 bytes leave at once, the others when the peer's version is there, in both roles") {
  const CurveKeys keys = curve_server_keys();
  const CurveKeys* const both[] = {nullptr, &keys};
  for (const CurveKeys* curve : both) {
    for (const ZmtpRole role : {ZmtpRole::client, ZmtpRole::server}) {
      const std::string ours = zmtp_greeting(curve == nullptr ? "NULL" : "CURVE");
      Hearer hearer({.role = role, .curve = curve});
      CHECK(hearer.said() == ours.substr(0, 12));
      hearer.hear(greeting_of().substr(0, 11));
      CHECK(hearer.said() == "");
      hearer.hear(greeting_of().substr(11, 1));
      CHECK(hearer.said() == ours.substr(12));
      hearer.hear(greeting_of().substr(12, 51));
      CHECK(hearer.said() == "");
    }
  }
}

TEST_CASE("zmtp greeting: what has no meaning is not looked at: padding, as-server, the last 31 bytes") {
  for (std::size_t at = 1; at <= 8; ++at) CHECK(fault_of(changed(at, '\x55')) == ZmtpFault::none);
  for (std::size_t at = 32; at < 64; ++at) CHECK(fault_of(changed(at, '\x01')) == ZmtpFault::none);
  CHECK(fault_of(changed(9, '\x01')) == ZmtpFault::none);  // only bit 0 says that it is ZMTP 2 or later
}

TEST_CASE("zmtp greeting: another protocol is known by its first byte") {
  CHECK(fault_of("G") == ZmtpFault::not_zmtp);     // HTTP
  CHECK(fault_of("\x16") == ZmtpFault::not_zmtp);  // TLS
  CHECK(fault_of("\x01") == ZmtpFault::not_zmtp);  // ZMTP 1 with an empty identity
  CHECK(fault_of("\xff") == ZmtpFault::none);
  CHECK(fault_of("") == ZmtpFault::none);
}

TEST_CASE("zmtp greeting: ZMTP 1 and 2 are refused as soon as they show, with the version") {
  CHECK(fault_of(changed(9, '\x7e').substr(0, 10)) == ZmtpFault::version);
  CHECK(zmtp_greeting_failure(as_bytes(changed(9, '\x7e')), "NULL").detail == "it speaks ZMTP 1, only ZMTP 3 will do");
  for (const char major : {'\0', '\1', '\2'}) {
    const std::string bytes = changed(10, major).substr(0, 11);
    CHECK(zmtp_greeting_failure(as_bytes(bytes), "NULL").detail == "it speaks ZMTP 2, only ZMTP 3 will do");
    CHECK(fault_of(bytes.substr(0, 10)) == ZmtpFault::none);
  }
}

TEST_CASE("zmtp greeting: a later version speaks 3.1 with us, 3.0 does not know PING") {
  CHECK(read_zmtp_greeting(as_bytes(greeting_of({.minor = 0}))).minor == 0);
  CHECK(read_zmtp_greeting(as_bytes(greeting_of({.minor = 1}))).minor == 1);
  CHECK(read_zmtp_greeting(as_bytes(greeting_of({.minor = 9}))).minor == 1);
  CHECK(read_zmtp_greeting(as_bytes(greeting_of({.major = 4, .minor = 0}))).minor == 1);
  CHECK(fault_of(greeting_of({.major = '\xff', .minor = 0})) == ZmtpFault::none);
}

TEST_CASE("zmtp greeting: a mechanism is compared over all its 20 bytes, with case") {
  const char* others[] = {"null", "", "NULLX", "NUL", "PLAIN", "CURVE", "GSSAPI"};
  for (const char* other : others) {
    INFO(other);
    CHECK(fault_of(greeting_of({.mechanism = other})) == ZmtpFault::mechanism);
  }
  CHECK(fault_of(changed(31, 'X')) == ZmtpFault::mechanism);
  CHECK(fault_of(greeting_of({.mechanism = "CURVE"}), "CURVE") == ZmtpFault::none);
  CHECK(fault_of(greeting_of(), "CURVE") == ZmtpFault::mechanism);
  CHECK(zmtp_greeting_failure(as_bytes(greeting_of({.mechanism = "PL\nIN"})), "CURVE").detail ==
        "its mechanism is 'PL?IN', ours is CURVE");
}

TEST_CASE("zmtp greeting: every cut of it may become one, and none is one") {
  const std::string greeting = greeting_of();
  for (std::size_t size = 0; size < greeting.size(); ++size) {
    Hearer hearer({});
    hearer.said();
    hearer.hear(greeting.substr(0, size));
    CHECK(hearer.failure().fault == ZmtpFault::none);
    CHECK(hearer.unread() == size);
    CHECK(hearer.said().size() == (size < 12 ? 0 : 52));
  }
}

TEST_CASE("zmtp greeting: no command follows when the mechanisms differ, but the peer is told ours (RFC 37)") {
  Hearer hearer({});
  hearer.said();
  hearer.hear(greeting_of({.mechanism = "CURVE"}) + frame_of(4, command_of("HELLO")));
  CHECK(hearer.failure().fault == ZmtpFault::mechanism);
  CHECK(hearer.said() == zmtp_greeting("NULL").substr(12));
  CHECK(hearer.unread() == 0);
}
