#include "router/wamp/msgpack_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/limits.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string msgpack(std::string_view hex) { return said(Serializer::msgpack, from_hex(hex)); }

}  // namespace

TEST_CASE("MessagePack: every form of an integer") {
  CHECK(msgpack("00") == "0");
  CHECK(msgpack("7f") == "127");
  CHECK(msgpack("ff") == "-1");
  CHECK(msgpack("e0") == "-32");
  CHECK(msgpack("cc80") == "128");
  CHECK(msgpack("cdffff") == "65535");
  CHECK(msgpack("ceffffffff") == "4294967295");
  CHECK(msgpack("cfffffffffffffffff") == "18446744073709551615");
  CHECK(msgpack("d080") == "-128");
  CHECK(msgpack("d07f") == "127");
  CHECK(msgpack("d18000") == "-32768");
  CHECK(msgpack("d280000000") == "-2147483648");
  CHECK(msgpack("d3ffffffffffffffff") == "-1");
  CHECK(msgpack("d38000000000000000") == "-9223372036854775808");
  CHECK(msgpack("d37fffffffffffffff") == "9223372036854775807");
}

TEST_CASE("MessagePack: every form of the other values") {
  CHECK(msgpack("c0") == "null");
  CHECK(msgpack("c2") == "false");
  CHECK(msgpack("c3") == "true");
  CHECK(msgpack("ca3fc00000") == "1.5");
  CHECK(msgpack("cb3ff8000000000000") == "1.5");
  CHECK(msgpack("cb8000000000000000") == "-0.0");
  CHECK(msgpack("ca7f800000") == "inf");
  CHECK(msgpack("a0") == "\"\"");
  CHECK(msgpack("a3616263") == "\"abc\"");
  CHECK(msgpack("d903616263") == "\"abc\"");
  CHECK(msgpack("da0003616263") == "\"abc\"");
  CHECK(msgpack("db00000003616263") == "\"abc\"");
  CHECK(msgpack("c40200ff") == "h'00ff'");
  CHECK(msgpack("c5000200ff") == "h'00ff'");
  CHECK(msgpack("c60000000200ff") == "h'00ff'");
  CHECK(msgpack("90") == "[ ]");
  CHECK(msgpack("dc00020102") == "[ 1 2 ]");
  CHECK(msgpack("dd00000001c0") == "[ null ]");
  CHECK(msgpack("81a16180") == "{ \"a\": { } }");
  CHECK(msgpack("de0001a16101") == "{ \"a\": 1 }");
  CHECK(msgpack("df00000001a16191c0") == "{ \"a\": [ null ] }");
}

TEST_CASE("MessagePack: an integer as a key is its text, another key that is no text is inexpressible") {
  CHECK(msgpack("8305010101") == "malformed: cut off");
  CHECK(msgpack("820501ff02") == "{ \"5\": 1 \"-1\": 2 }");
  for (const char* wrong : {"81c001", "81c301", "819001", "818001", "81c4016101", "81cb3ff800000000000001"})
    CHECK(msgpack(wrong) == "inexpressible: a key of a map that is no text");
}

TEST_CASE("MessagePack: extensions, also timestamps, are inexpressible; c1 is nothing") {
  for (const char* extension : {"c7010500", "c800010500", "c9000000010500", "d4ff00", "d6ff00000000",
                                "d7ff0000000000000000", "d80500000000000000000000000000000000"})
    CHECK(msgpack(extension) == "inexpressible: an extension of MessagePack");
  CHECK(msgpack("c1") == "malformed: a byte that begins nothing in MessagePack");
}

TEST_CASE("MessagePack: a string that is not UTF-8, as writers without bin made them, is refused") {
  CHECK(msgpack("a1ff") == "not UTF-8: a string that is not UTF-8");
  CHECK(msgpack("81a1ff01") == "not UTF-8: a string that is not UTF-8");
}

TEST_CASE("MessagePack: lengths and counts that no bytes follow are refused") {
  for (const char* cut :
       {"", "91", "92c0", "81", "81a161", "a261", "d9", "d90361", "da00", "c402ff", "cd00", "ca3fc000",
        "cb3ff80000000000", "d1", "dbffffffff61", "c6ffffffff00", "ddffffffff", "dfffffffffa161", "dc0002c0"})
    CHECK(msgpack(cut) == "malformed: cut off");
}

TEST_CASE("MessagePack: lists and maps in each other up to the limit") {
  const auto nested = [](std::size_t depth) {
    return said(Serializer::msgpack, std::string(depth - 1, '\x91') + '\x90');
  };
  CHECK(nested(kDeepestValue).starts_with("[ ["));
  CHECK(nested(kDeepestValue + 1) == "too deep: lists and maps too deep in each other");
  CHECK(nested(1'000'000) == "too deep: lists and maps too deep in each other");
}
