#include "router/wamp/value_writer.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::string_literals;

namespace {

std::string as(Serializer to, std::string_view json) {
  const std::string form = written(Serializer::json, to, json);
  return is_text(to) ? form : to_hex(form);
}
std::string msgpack(std::string_view json) { return as(Serializer::msgpack, json); }
std::string cbor(std::string_view json) { return as(Serializer::cbor, json); }
std::string json_of(Serializer from, std::string_view hex) { return written(from, Serializer::json, from_hex(hex)); }

// A list of `count` zeros in JSON, or a map of `count` keys.
std::string zeros(std::size_t count) {
  std::string list = "[";
  for (std::size_t i = 0; i < count; ++i) list += i == 0 ? "0" : ",0";
  return list + "]";
}
std::string keys(std::size_t count) {
  std::string map = "{";
  for (std::size_t i = 0; i < count; ++i) map += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  return map + "}";
}

}  // namespace

TEST_CASE("writers: integers take their shortest form") {
  struct Case {
    const char* json;
    const char* msgpack;
    const char* cbor;
  };
  for (const Case& now : {Case{"0", "00", "00"},
                          {"23", "17", "17"},
                          {"24", "18", "1818"},
                          {"127", "7f", "187f"},
                          {"128", "cc80", "1880"},
                          {"256", "cd0100", "190100"},
                          {"65536", "ce00010000", "1a00010000"},
                          {"4294967296", "cf0000000100000000", "1b0000000100000000"},
                          {"9007199254740992", "cf0020000000000000", "1b0020000000000000"},
                          {"9223372036854775807", "cf7fffffffffffffff", "1b7fffffffffffffff"},
                          {"18446744073709551615", "cfffffffffffffffff", "1bffffffffffffffff"},
                          {"-1", "ff", "20"},
                          {"-32", "e0", "381f"},
                          {"-33", "d0df", "3820"},
                          {"-128", "d080", "387f"},
                          {"-129", "d1ff7f", "3880"},
                          {"-32768", "d18000", "397fff"},
                          {"-32769", "d2ffff7fff", "398000"},
                          {"-2147483648", "d280000000", "3a7fffffff"},
                          {"-2147483649", "d3ffffffff7fffffff", "3a80000000"},
                          {"-9223372036854775808", "d38000000000000000", "3b7fffffffffffffff"}}) {
    CAPTURE(now.json);
    CHECK(msgpack(now.json) == now.msgpack);
    CHECK(cbor(now.json) == now.cbor);
    CHECK(json_of(Serializer::msgpack, now.msgpack) == now.json);
    CHECK(json_of(Serializer::cbor, now.cbor) == now.json);
  }
}

TEST_CASE("writers: MessagePack has no integer over 64 bits; JSON and CBOR have all") {
  for (const char* big : {"18446744073709551616", "-18446744073709551617", "123456789012345678901234567890"}) {
    CAPTURE(big);
    CHECK(written(Serializer::json, Serializer::msgpack, big) ==
          "inexpressible: an integer of more than 64 bits has no form in MessagePack");
    CHECK(json_of(Serializer::cbor, cbor(big)) == big);
  }
  CHECK(cbor("18446744073709551616") == "c249010000000000000000");
  CHECK(cbor("-18446744073709551617") == "c349010000000000000000");
  CHECK(cbor("-18446744073709551616") == "3bffffffffffffffff");
  CHECK(json_of(Serializer::cbor, "3bffffffffffffffff") == "-18446744073709551616");
  CHECK(written(Serializer::json, Serializer::msgpack, "-9223372036854775809").starts_with("inexpressible: "));
  const std::string most(1'233, '9');
  CHECK(json_of(Serializer::cbor, cbor(most)) == most);
}

TEST_CASE("writers: reals have 64 bits, and in JSON the shortest digits that are the same real again") {
  struct Case {
    const char* json;
    const char* bits;
  };
  for (const Case& now : {Case{"1.0", "3ff0000000000000"},
                          {"-0.0", "8000000000000000"},
                          {"0.1", "3fb999999999999a"},
                          {"1e+308", "7fe1ccf385ebc8a0"},
                          {"5e-324", "0000000000000001"},
                          {"1.7976931348623157e+308", "7fefffffffffffff"},
                          {"123456789.125", "419d6f3454800000"}}) {
    CAPTURE(now.json);
    CHECK(msgpack(now.json) == "cb"s + now.bits);
    CHECK(cbor(now.json) == "fb"s + now.bits);
    CHECK(json_of(Serializer::cbor, "fb"s + now.bits) == now.json);
  }
}

TEST_CASE("writers: what is not finite has no form in JSON, and passes between the others") {
  for (const char* bits : {"7ff8000000000000", "7ff0000000000000", "fff0000000000000"}) {
    CHECK(json_of(Serializer::msgpack, "cb"s + bits) ==
          "inexpressible: a number that is not finite has no form in JSON");
    CHECK(to_hex(written(Serializer::msgpack, Serializer::cbor, from_hex("cb"s + bits))) == "fb"s + bits);
  }
}

TEST_CASE("writers: JSON escapes what it must, and nothing else") {
  CHECK(json_of(Serializer::msgpack, "a6225c080c0a0d") == R"("\"\\\b\f\n\r")");
  CHECK(json_of(Serializer::msgpack, "a5090001101f") == R"("\t\u0000\u0001\u0010\u001f")");
  CHECK(json_of(Serializer::msgpack, "a67f2fe2808061") == "\"\x7f/\u2000a\"");
}

TEST_CASE("writers: binary is U+0000 and base64 in JSON, with every padding") {
  CHECK(json_of(Serializer::cbor, "40") == R"("\u0000")");
  CHECK(json_of(Serializer::cbor, "4161") == R"("\u0000YQ==")");
  CHECK(json_of(Serializer::cbor, "426162") == R"("\u0000YWI=")");
  CHECK(json_of(Serializer::cbor, "43616263") == R"("\u0000YWJj")");
  CHECK(json_of(Serializer::cbor, "43fbefff") == R"("\u0000++//")");
  CHECK(cbor(R"("\u0000++//")") == "43fbefff");
  CHECK(msgpack(R"("\u0000YQ==")") == "c40161");
}

TEST_CASE("writers: strings have the head of their length") {
  const auto head = [](Serializer to, std::size_t size) {
    return to_hex(written(Serializer::json, to, '"' + std::string(size, 'x') + '"')).substr(0, 10);
  };
  CHECK(head(Serializer::msgpack, 31).starts_with("bf78"));
  CHECK(head(Serializer::msgpack, 32).starts_with("d92078"));
  CHECK(head(Serializer::msgpack, 255).starts_with("d9ff78"));
  CHECK(head(Serializer::msgpack, 256).starts_with("da010078"));
  CHECK(head(Serializer::msgpack, 65'536) == "db00010000");
  CHECK(head(Serializer::cbor, 23).starts_with("7778"));
  CHECK(head(Serializer::cbor, 24).starts_with("781878"));
  CHECK(head(Serializer::cbor, 256).starts_with("79010078"));
  CHECK(head(Serializer::cbor, 65'536) == "7a00010000");
}

TEST_CASE("writers: lists and maps have the head of their count, which is known at their end") {
  CHECK(msgpack(zeros(15)).starts_with("9f00"));
  CHECK(msgpack(zeros(16)).starts_with("dc001000"));
  CHECK(msgpack(zeros(65'535)).starts_with("dcffff00"));
  CHECK(msgpack(zeros(65'536)).starts_with("dd0001000000"));
  CHECK(msgpack(keys(15)).starts_with("8fa130"));
  CHECK(msgpack(keys(16)).starts_with("de0010a130"));
  CHECK(msgpack(keys(65'536)).starts_with("df00010000a130"));
  CHECK(cbor(zeros(23)).starts_with("9700"));
  CHECK(cbor(zeros(24)).starts_with("981800"));
  CHECK(cbor(zeros(256)).starts_with("99010000"));
  CHECK(cbor(zeros(65'536)).starts_with("9a0001000000"));
  CHECK(cbor(keys(24)).starts_with("b8186130"));
  CHECK(cbor(keys(70'000)).starts_with("ba000111706130"));
}

TEST_CASE("writers: wide heads in each other, one behind the other, and at the end") {
  const std::string text = "[" + zeros(30) + ",{\"a\":" + zeros(300) + ",\"b\":[" + zeros(16) + "," + keys(40) + "]}," +
                           zeros(17) + "," + "[" + zeros(24) + "]]";
  for (const Serializer to : {Serializer::msgpack, Serializer::cbor})
    CHECK(written(to, Serializer::json, written(Serializer::json, to, text)) == text);
}

TEST_CASE("writers: of a key that a map has several times, the last entry stays, where it stands") {
  const std::string_view twice = R"({"a":[1,{"a":2}],"b":3,"a":4,"c":5})";
  CHECK(as(Serializer::json, twice) == R"({"b":3,"a":4,"c":5})");
  CHECK(msgpack(twice) == "83a16203a16104a16305");
  CHECK(cbor(twice) == "a3616203616104616305");
  CHECK(as(Serializer::json, R"([{"a":1,"a":2,"a":3},{"a":4}])") == R"([{"a":3},{"a":4}])");
  CHECK(as(Serializer::json, R"({"k":{"x":1,"x":2},"k":{"y":1,"y":{"z":1,"z":2}}})") == R"({"k":{"y":{"z":2}}})");
  CHECK(as(Serializer::json, R"({"\u0061":1,"a":2})") == R"({"a":2})");  // one key, written in two ways
  CHECK(json_of(Serializer::cbor, "a20101613102") == R"({"1":2})");      // an integer and its text
}

TEST_CASE("writers: a key is found again among many, with wide heads inside entries that go and that stay") {
  std::string text = "{\"twice\":" + zeros(20);
  for (int i = 0; i < 1'000; ++i) text += ",\"k" + std::to_string(i) + "\":" + (i % 100 == 0 ? zeros(40) : "1");
  std::string kept = '{' + text.substr(text.find(",\"k0") + 1);
  text += ",\"twice\":" + zeros(33) + "}";
  kept += ",\"twice\":" + zeros(33) + "}";
  for (const Serializer to : kSerializers)
    CHECK(written(to, Serializer::json, written(Serializer::json, to, text)) == kept);
}

TEST_CASE("writers: a message that becomes too long is given up") {
  CHECK(written(Serializer::json, Serializer::cbor, "\"abcd\"", 5) == from_hex("6461626364"));
  CHECK(written(Serializer::json, Serializer::cbor, "\"abcde\"", 5) == "too large: longer than a message may be");
  // Only the wide head makes it too long.
  CHECK(written(Serializer::json, Serializer::cbor, zeros(24), 26).size() == 26);
  CHECK(written(Serializer::json, Serializer::cbor, zeros(24), 25) == "too large: longer than a message may be");
  const std::string nulls = from_hex("dd00010000") + std::string(65'536, '\xc0');
  CHECK(written(Serializer::msgpack, Serializer::json, nulls, 100'000) == "too large: longer than a message may be");
}
