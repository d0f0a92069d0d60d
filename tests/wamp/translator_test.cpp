#include "router/wamp/translator.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "router/wamp/message_type.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string to_json(std::string_view hex) { return translated(Serializer::msgpack, Serializer::json, from_hex(hex)); }
std::string from_json(std::string_view json) { return to_hex(translated(Serializer::json, Serializer::msgpack, json)); }

// Any value that all formats can say.
std::string random_json(std::mt19937& random, int depth) {
  switch (random() % (depth > 5 ? 6 : 8)) {
    case 0:
      return "null";
    case 1:
      return random() % 2 == 0 ? "true" : "false";
    case 2:
      return std::to_string(std::uint64_t{random()} << random() % 33U);
    case 3:
      return "-" + std::to_string(1 + random() % 100'000);
    case 4:
      return "\"" + std::string(random() % 40, 'x') + "\u20ac\\n\"";
    case 5:
      return std::to_string(random() % 1'000) + ".5";
    default:
      break;
  }
  const bool is_map = random() % 2 == 0;
  std::string text(1, is_map ? '{' : '[');
  const auto count = static_cast<unsigned>(random() % 30);
  for (unsigned i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    if (is_map) text += "\"key" + std::to_string(i) + "\":";
    text += random_json(random, depth + 1);
  }
  return text + (is_map ? '}' : ']');
}

}  // namespace

TEST_CASE("translator: unknown details, unknown types and the order of keys survive") {
  const std::string message = R"([1000,{"zeta":1,"alpha":{"agent":"X","_b":[null]}},"a.b.c",9223372036854775807])";
  for (const Serializer by : {Serializer::msgpack, Serializer::cbor})
    CHECK(translated(by, Serializer::json, translated(Serializer::json, by, message)) == message);
}

TEST_CASE("translator: any message comes back as it was, through each other serializer") {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const std::string message = "[36,1,2,{}," + random_json(random, 0) + "]";
    const std::string exact = translated(Serializer::json, Serializer::json, message);
    const std::string msgpack = translated(Serializer::json, Serializer::msgpack, exact);
    const std::string cbor = translated(Serializer::msgpack, Serializer::cbor, msgpack);
    CHECK(translated(Serializer::cbor, Serializer::json, cbor) == exact);
    CHECK(translated(Serializer::cbor, Serializer::msgpack, cbor) == msgpack);
  }
}

TEST_CASE("translator: a message is a list that begins with its type") {
  CHECK(from_json("[]") == to_hex("malformed: a message without a type"));
  for (const char* no_list : {"{}", "1", "\"a\"", "null", "1.5", "-1", "18446744073709551616", "\"\\u0000\"", "true"})
    CHECK(from_json(no_list) == to_hex("malformed: a message that is no list"));
  for (const char* no_type : {"[{}]", "[\"1\"]", "[[1]]", "[-1]", "[1.0]", "[null]", "[false]", "[\"\\u0000\"]"})
    CHECK(from_json(no_type) == to_hex("malformed: a message whose type is no integer"));
  CHECK(from_json("[1]") == "9101");
}

TEST_CASE("translator: an id that a client writes as a real is the integer again, an argument stays a real") {
  CHECK(to_json("9322cb4194591ef4000000cb41f488f41db00000") == "[34,85346237,5512315355]");
  CHECK(to_json("9530cb401c00000000000080a16191cb401c000000000000") == "[48,7,{},\"a\",[7.0]]");
  CHECK(to_json("9330cb401e00000000000080") == "[48,7.5,{}]");
  CHECK(to_json("9330cbc01c00000000000080") == "[48,-7.0,{}]");
  CHECK(to_json("9330cb434000000000000080") == "[48,9007199254740992,{}]");
  CHECK(to_json("9330cb434000000000000180") == "[48,9007199254740994.0,{}]");
  CHECK(to_json("92cd03e8cb401c000000000000") == "[1000,7.0]");  // of a type that it does not know
}

TEST_CASE("translator: it says a message's type and ids, also of one that has no translation") {
  Translator translator;
  std::string out = "before";
  REQUIRE_FALSE(
      translator.translate(Serializer::json, Serializer::cbor, as_bytes("[68,6131533,9823526,{}]"), 100, out));
  CHECK(out == "before" + from_hex("8418441a005d8f4d1a0095e526a0"));
  CHECK(translator.facts().type == message_type::kInvocation);
  CHECK(translator.facts().ids[0] == 6131533);
  CHECK(translator.facts().ids[1] == 9823526);

  out = "before";
  const auto error = translator.translate(Serializer::json, Serializer::msgpack,
                                          as_bytes("[50,7814135,{},[18446744073709551616]]"), 100, out);
  REQUIRE(error);
  CHECK(error->fault == ValueFault::inexpressible);
  CHECK(out == "before");
  CHECK(translator.facts().type == message_type::kResult);
  CHECK(translator.facts().ids[0] == 7814135);
  CHECK(translator.facts().ids[1] == 0);
}

TEST_CASE("translator: it goes on after each error, with the memory of the message before") {
  Translator translator;
  std::string out;
  for (const char* wrong : {"[1,{\"a\":[[[", "{}", "[1,{\"a\":1,\"a\":1", "[36,1e999]", "[1,\"\xff\"]"})
    CHECK(translator.translate(Serializer::json, Serializer::cbor, as_bytes(wrong), 100, out));
  CHECK(translator.translate(Serializer::json, Serializer::cbor, as_bytes("[1,\"a long text\"]"), 5, out));
  CHECK_FALSE(translator.translate(Serializer::json, Serializer::cbor, as_bytes("[1,{\"a\":2}]"), 100, out));
  CHECK(to_hex(out) == "8201a1616102");
}
