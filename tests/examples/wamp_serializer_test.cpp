#include "examples/wamp-worker/serializer.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "examples/wamp-worker/base64.h"
#include "examples/wamp-worker/limits.h"
#include "examples/wamp-worker/utf8.h"

using wamp::decode;
using wamp::encode;
using wamp::Serializer;
using wamp::Value;

namespace {

constexpr std::array kAll = {Serializer::json, Serializer::msgpack, Serializer::cbor};

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// What the reader says, as JSON; a refusal as "! why".
std::string read(Serializer serializer, const std::string& bytes) {
  try {
    return encode(Serializer::json, decode(serializer, bytes));
  } catch (const wamp::ProtocolViolation& violation) {
    return "! " + std::string(violation.what());
  }
}

}  // namespace

TEST_CASE("wamp serializers: every value survives every serializer, and every pair of them") {
  const char* const values[] = {
      "null",
      "true",
      "0",
      "-1",
      "23",
      "24",
      "255",
      "256",
      "65536",
      "4294967296",
      "9007199254740993",
      "9223372036854775807",
      "18446744073709551615",
      "-9223372036854775808",
      "1.0",
      "-0.0",
      "0.1",
      "1e+308",
      "5e-324",
      R"("")",
      R"("a\u0001\"é🎈")",
      R"(["a",["b",[]],{}])",
      R"({"a":{"b":[1,2.5,null]},"c d":""})",
      "\"\\u0000no base64\"",
      R"("\u0000AAEC/w==")",  // bytes
      R"(["\u0000",{"k":"\u0000/+8="}])",
  };
  for (const std::string json : values) {
    INFO(json);
    const Value value = decode(Serializer::json, json);
    CHECK(encode(Serializer::json, value) == json);
    for (const Serializer one : kAll) {
      const Value again = decode(one, encode(one, value));
      for (const Serializer other : kAll) CHECK(encode(Serializer::json, decode(other, encode(other, again))) == json);
    }
  }
}

TEST_CASE("wamp serializers: bytes are bytes in all of them, and text that only looks so in JSON stays text") {
  const Value bytes = Value::binary({0, 1, 2, 255});
  CHECK(encode(Serializer::json, bytes) == R"("\u0000AAEC/w==")");
  CHECK(encode(Serializer::msgpack, bytes) == bytes_of("c404000102ff"));
  CHECK(encode(Serializer::cbor, bytes) == bytes_of("44000102ff"));
  for (const Serializer one : kAll) CHECK(decode(one, encode(one, bytes)) == bytes);
  CHECK(decode(Serializer::json, R"(["\u0000AAE","\u0000AAF=","x\u0000AAEC"])") ==
        Value::array({std::string("\0AAE", 4), std::string("\0AAF=", 5), std::string("x\0AAEC", 6)}));
  CHECK(decode(Serializer::json, R"({"\u0000AAEC":1})").begin().key() == std::string("\0AAEC", 5));
  CHECK(decode(Serializer::json, R"("\u0000")") == Value::binary({}));
}

TEST_CASE("wamp serializers: what cannot be written in JSON becomes null there") {
  CHECK(read(Serializer::cbor, bytes_of("83f97c00f97e00fb7ff0000000000000")) == "[null,null,null]");
  CHECK(std::isinf(decode(Serializer::msgpack, bytes_of("cb7ff0000000000000")).get<double>()));
}

TEST_CASE("wamp serializers: CBOR as others write it") {
  struct {
    const char* hex;
    const char* json;
  } const cases[] = {
      {"f4f5", "! no CBOR message: bytes behind the end of the CBOR item"},
      {"84f4f5f6f7", "[false,true,null,null]"},
      {"9f018202039f0405ffff", "[1,[2,3],[4,5]]"},
      {"bf61610161629f0203ffff", R"({"a":1,"b":[2,3]})"},
      {"7f657374726561646d696e67ff", R"("streaming")"},
      {"5f42010243030405ff", "\"\\u0000AQIDBAU=\""},
      {"c074323031332d30332d32315432303a30343a30305a", R"("2013-03-21T20:04:00Z")"},
      {"c11a514b67b0", "1363896240"},
      {"d9d9f7820102", "[1,2]"},
      {"c249010000000000000000", "! no CBOR message: an integer of more than 64 bits"},
      {"c248ffffffffffffffff", "18446744073709551615"},
      {"c3487fffffffffffffff", "-9223372036854775808"},
      {"c34900ffffffffffffffff", "! no CBOR message: a negative integer of more than 64 bits"},
      {"3bffffffffffffffff", "! no CBOR message: a negative integer of more than 64 bits"},
      {"1bffffffffffffffff", "18446744073709551615"},
      {"f93e00", "1.5"},
      {"f90001", "5.960464477539063e-08"},
      {"f9c400", "-4.0"},
      {"fa47c35000", "100000.0"},
      {"a10102", "! no CBOR message: a key that is no text"},
      {"62c328", "! no CBOR message: text that is not UTF-8"},
      {"a162c32801", "! no CBOR message: a key that is not UTF-8"},
      {"e0", "! no CBOR message: the CBOR simple value 0, which has no meaning"},
      {"ff", "! no CBOR message: a CBOR item without a length"},
      {"1f", "! no CBOR message: a CBOR item without a length"},
      {"df00", "! no CBOR message: a CBOR tag without a number"},
      {"1c", "! no CBOR message: a CBOR item of a reserved length"},
      {"7f4101ff", "! no CBOR message: a chunk of another CBOR type"},
      {"7f7f6161ffff", "! no CBOR message: a chunk of another CBOR type"},
      {"9bffffffffffffffff00", "! no CBOR message: the CBOR item is cut off"},
      {"7bffffffffffffffff00", "! no CBOR message: the CBOR item is cut off"},
      {"", "! no CBOR message: the CBOR item is cut off"},
  };
  for (const auto& one : cases) {
    INFO(one.hex);
    CHECK(read(Serializer::cbor, bytes_of(one.hex)) == one.json);
  }
}

TEST_CASE("wamp serializers: MessagePack and JSON that are refused, and why") {
  struct {
    Serializer serializer;
    std::string bytes;
    const char* begins;
  } const cases[] = {
      {Serializer::msgpack, bytes_of("d4010a"), "! no MessagePack message: an extension type"},
      {Serializer::msgpack, bytes_of("a2c328"), "! no MessagePack message: text that is not UTF-8"},
      {Serializer::msgpack, bytes_of("810102"), "! no MessagePack message: parse error"},
      {Serializer::msgpack, bytes_of("ddffffffff00"), "! no MessagePack message: parse error"},
      {Serializer::msgpack, bytes_of("0000"), "! no MessagePack message: parse error"},
      {Serializer::json, "[1,", "! no JSON message: parse error at line 1, column 4"},
      {Serializer::json, "[1]x", "! no JSON message: parse error"},
      {Serializer::json, "18446744073709551616",
       "! no JSON message: the integer 18446744073709551616 has more than 64 bits"},
      {Serializer::json, "-9223372036854775809", "! no JSON message: the integer -9223372036854775809 has more"},
      {Serializer::json, "22e2222", "! no JSON message: number overflow"},
      {Serializer::json, R"("\ud800")", "! no JSON message: parse error"},
      {Serializer::json, "\"\xff\"", "! no JSON message: parse error"},
      {Serializer::json, "", "! no JSON message: parse error"},
  };
  for (const auto& one : cases) {
    const std::string told = read(one.serializer, one.bytes);
    INFO(told);
    CHECK(told.starts_with(one.begins));
    CHECK(wamp::is_utf8(told));
  }
  CHECK(read(Serializer::json, R"({"a":1,"a":[2]})") == R"({"a":[2]})");
}

TEST_CASE("wamp serializers: nesting and the number of values are bounded, the same in all") {
  const std::string opening[] = {"[", "\x91", "\x81"};
  for (const Serializer one : kAll) {
    const std::string& open = opening[static_cast<std::size_t>(one)];
    const auto nested = [&](int depth) {
      std::string bytes;
      for (int i = 1; i < depth; ++i) bytes += open;
      bytes += one == Serializer::json ? "[]" : one == Serializer::msgpack ? "\x90" : "\x80";
      return bytes + (one == Serializer::json ? std::string(static_cast<std::size_t>(depth - 1), ']') : "");
    };
    CHECK(read(one, nested(wamp::kMaxDepth)).starts_with("[[["));
    CHECK(read(one, nested(wamp::kMaxDepth + 1)).ends_with("more than 100 levels of nesting"));
    CHECK(read(one, nested(100'000)).ends_with("more than 100 levels of nesting"));
  }
  std::string many = "\x9a" + bytes_of("000f4240");  // 1 000 000
  many.append(wamp::kMaxValues, '\0');
  CHECK(read(Serializer::cbor, many).ends_with("more than 1000000 values"));
}

TEST_CASE("wamp serializers: the client's order decides") {
  struct {
    const char* offers;
    std::optional<Serializer> chosen;
  } const cases[] = {
      {"wamp.2.msgpack, wamp.2.json", Serializer::msgpack},
      {"wamp.2.cbor.batched,wamp.2.cbor ,wamp.2.json", Serializer::cbor},
      {"foo,\twamp.2.json", Serializer::json},
      {"wamp.2.ubjson", std::nullopt},
      {"WAMP.2.JSON", std::nullopt},
      {"", std::nullopt},
      {" , ,", std::nullopt},
  };
  for (const auto& one : cases) CHECK(wamp::choose_serializer(one.offers) == one.chosen);
}

TEST_CASE("wamp base64: RFC 4648's examples, and what is none") {
  const char* const examples[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  const std::string text = "foobar";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const std::vector<std::uint8_t> bytes(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i));
    std::string written;
    wamp::append_base64(bytes, written);
    CHECK(written == examples[i]);
    CHECK(wamp::read_base64(examples[i]) == bytes);
  }
  for (const char* none : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9_", "Zm 9", "=m9v"})
    CHECK_FALSE(wamp::read_base64(none));
}

TEST_CASE("wamp UTF-8: characters, and what is none") {
  for (const char* good :
       {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(wamp::is_utf8(good));
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc2\xc2"})
    CHECK_FALSE(wamp::is_utf8(bad));
  CHECK(wamp::beginning("aé", 2) == "a");
  CHECK(wamp::beginning("aé", 3) == "aé");
  CHECK(wamp::beginning("🎈", 3).empty());
}
