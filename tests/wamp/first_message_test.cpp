#include "router/wamp/first_message.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/message_type.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string first(Serializer serializer, std::string_view message) {
  const FirstMessage read = read_first_message(serializer, as_bytes(message));
  if (read.kind == FirstMessage::Kind::hello) return "hello " + read.realm;
  return read.kind == FirstMessage::Kind::abort ? "abort" : text_of(read.error);
}
std::string first(std::string_view json) { return first(Serializer::json, json); }

}  // namespace

TEST_CASE("first message: HELLO names the realm, in every serializer") {
  const std::string hello = R"([1,"com.example.realm",{"roles":{"subscriber":{},"publisher":{"features":{"x":[1]}}}}])";
  for (const Serializer serializer : kSerializers)
    CHECK(first(serializer, translated(Serializer::json, serializer, hello)) == "hello com.example.realm");
  CHECK(first(R"([1,"realm1",{}])") == "hello realm1");
  CHECK(first(R"([1,"réalm/1:a-b_c@d",{}])") == "hello réalm/1:a-b_c@d");
}

TEST_CASE("first message: HELLO without a realm goes where none is named") {
  CHECK(first("[1,null,{}]") == "hello ");
  CHECK(first("[1,\"\",{}]") == "hello ");
}

TEST_CASE("first message: HELLO has exactly three elements, of their kinds") {
  CHECK(first(R"([1,"realm1"])") == "malformed: HELLO has not three elements");
  CHECK(first(R"([1,"realm1",{},{}])") == "malformed: HELLO has not three elements");
  CHECK(first("[1]") == "malformed: HELLO has not three elements");
  for (const char* wrong :
       {"[1,1,{}]", "[1,[],{}]", "[1,{},{}]", "[1,true,{}]", "[1,-1,{}]", "[1,1.5,{}]", R"([1,"\u0000YQ==",{}])"})
    CHECK(first(wrong) == "malformed: the realm of HELLO is no text");
  for (const char* wrong : {R"([1,"a",[]])", R"([1,"a","b"])", R"([1,"a",null])"})
    CHECK(first(wrong) == "malformed: the details of HELLO are no map");
  for (const char* wrong :
       {R"([1,"a b",{}])", R"([1,"a..b",{}])", R"([1,".a",{}])", R"([1,"a.",{}])", R"([1,"a#",{}])", R"([1,"a\n",{}])"})
    CHECK(first(wrong) == "malformed: the realm of HELLO is no URI");
}

TEST_CASE("first message: every other message is a violation, but ABORT") {
  CHECK(first(R"([3,{},"wamp.close.normal"])") == "abort");
  for (const char* other :
       {R"([48,1,{},"a"])", R"([6,{},"wamp.close.normal"])", R"([2,1,{}])", "[5,\"a\",{}]", "[1000]"})
    CHECK(first(other) == "malformed: the first message is no HELLO");
  for (const char* wrong : {"[]", "[[1]]", "[\"1\"]", "[1.0]", "[-1]", "[null,\"a\",{}]"})
    CHECK(first(wrong) == "malformed: a message without a type");
  for (const char* wrong : {"{}", "1", "\"[1]\"", "null"})
    CHECK(first(wrong) == "malformed: a message that is no list");
  CHECK(first("[1,\"a\",{}") == "malformed: cut off");
  CHECK(first("[1,\"\xff\",{}]") == "not UTF-8: a string that is not UTF-8");
  CHECK(first(Serializer::cbor, R"([1,"realm1",{}])").starts_with("malformed: "));
}

TEST_CASE("type of a message: as far as it must be read, and no further") {
  for (const Serializer serializer : kSerializers) {
    CHECK(type_of(serializer, as_bytes(translated(Serializer::json, serializer, "[337,5512315355]"))) ==
          message_type::kEventReceived);
    CHECK(type_of(serializer, as_bytes(translated(Serializer::json, serializer, "[1]"))) == message_type::kHello);
  }
  CHECK(type_of(Serializer::json, as_bytes(" [ 6 , what follows is not read")) == message_type::kGoodbye);
  CHECK(type_of(Serializer::cbor, as_bytes(from_hex("9f06"))) == message_type::kGoodbye);
  for (const char* none :
       {"", "[", "[]", "{\"a\":1}", "1", "[-1]", "[1.5]", "[\"1\"]", "[[1]]", "[null,1]", "[true,1]"})
    CHECK_FALSE(type_of(Serializer::json, as_bytes(none)));
}
