#include "router/wamp/json_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/limits.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::string_literals;

namespace {

std::string json(std::string_view text) { return said(Serializer::json, text); }

}  // namespace

TEST_CASE("JSON: literals, lists and maps are said in their order") {
  CHECK(json("null") == "null");
  CHECK(json("[true,false]") == "[ true false ]");
  CHECK(json("{\"b\":1,\"a\":[{},[]]}") == R"({ "b": 1 "a": [ { } [ ] ] })");
}

TEST_CASE("JSON: a number without point and exponent is an integer, of any size") {
  CHECK(json("0") == "0");
  CHECK(json("-0") == "0");
  CHECK(json("-1") == "-1");
  CHECK(json("9007199254740993") == "9007199254740993");  // 2^53 + 1
  CHECK(json("9223372036854775807") == "9223372036854775807");
  CHECK(json("18446744073709551615") == "18446744073709551615");
  CHECK(json("-9223372036854775809") == "-9223372036854775809");
  CHECK(json("-18446744073709551615") == "-18446744073709551615");
  CHECK(json("-18446744073709551616") == "-18446744073709551616");
  CHECK(json("18446744073709551616") == "0x010000000000000000");
  CHECK(json("-18446744073709551617") == "-0x010000000000000001");
  CHECK(json("123456789012345678901234567890") == "0x018ee90ff6c373e0ee4e3f0ad2");
  CHECK(json(std::string(1'233, '9')).starts_with("0x"));
  CHECK(json(std::string(1'300, '9')) == "inexpressible: an integer of too many digits");
}

TEST_CASE("JSON: a number with a point or an exponent is real, also when it is whole") {
  CHECK(json("1.0") == "1.0");
  CHECK(json("1e0") == "1.0");
  CHECK(json("-0.0") == "-0.0");
  CHECK(json("1.5E+3") == "1500.0");
  CHECK(json("1e308") == "1e+308");
  CHECK(json("4.9e-324") == "4.9406564584124654e-324");
  CHECK(json("1e400") == "malformed: a number that is too large");
  CHECK(json("-1" + std::string(400, '0') + "e-1") == "malformed: a number that is too large");
  CHECK(json("1e99999999999999999999") == "malformed: a number that is too large");
  CHECK(json("1e-400") == "0.0");
  CHECK(json("-0." + std::string(400, '0') + "1") == "-0.0");
  CHECK(json("1e-99999999999999999999") == "0.0");
}

TEST_CASE("JSON: what is no number of RFC 8259 is refused") {
  CHECK(json("01") == "malformed: a number with a leading zero");
  CHECK(json("-01") == "malformed: a number with a leading zero");
  CHECK(json("1.") == "malformed: a number without digits behind its point");
  CHECK(json("1e") == "malformed: a number without digits in its exponent");
  for (const char* wrong : {"+1", ".5", "-", "NaN", "Infinity", "-Infinity", "0x10", "1_0", "nul", "True", "'a'", "//"})
    CHECK(json(wrong).starts_with("malformed: "));
}

TEST_CASE("JSON: strings with every escape") {
  CHECK(json(R"("a\"\\\/b")") == R"("a"\/b")");
  CHECK(json(R"("\b\f\n\r\t")") == "\"\b\f\n\r\t\"");
  CHECK(json(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "\"A\u00e9\u20ac\U0001f600\"");
  CHECK(json("\"\u00e9 and a text that is longer than a word\"") == "\"\u00e9 and a text that is longer than a word\"");
  CHECK(json(R"({"k\u0000":"a\u0000b"})") == "{ \"k\0\": \"a\0b\" }"s);
}

TEST_CASE("JSON: strings that are none are refused") {
  CHECK(json("\"a\nb\"") == "malformed: a control character in a string");
  CHECK(json(R"("\x41")") == "malformed: an unknown escape in a string");
  CHECK(json(R"("\u12g4")") == "malformed: an escape without four hexadecimal digits");
  CHECK(json(R"("\u-123")") == "malformed: an escape without four hexadecimal digits");
  for (const char* half : {R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800\n")", R"("\ud83d\ud83d")"})
    CHECK(json(half) == "malformed: half of a surrogate pair");
  for (const char* wrong : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\""})
    CHECK(json(wrong) == "not UTF-8: a string that is not UTF-8");
  CHECK(json("\"\\n\xe2\"") == "not UTF-8: a string that is not UTF-8");
}

TEST_CASE("JSON: a text that begins with U+0000 is binary in base64, a key is not") {
  CHECK(json(R"("\u0000")") == "h''");
  CHECK(json(R"("\u0000AP8=")") == "h'00ff'");
  CHECK(json(R"("AP8=")") == "\"AP8=\"");
  CHECK(json(R"({"\u0000AP8=":1})") == "{ \"\0AP8=\": 1 }"s);
  for (const char* wrong :
       {R"("\u0000AP8")", R"("\u0000A")", R"("\u0000AP9=")", R"("\u0000hello!")", R"("\u0000-_-_")"})
    CHECK(json(wrong) == "malformed: a text that begins with U+0000 and is no base64");
}

TEST_CASE("JSON: commas and colons are where they belong") {
  for (const char* wrong : {"", "[", "]", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}",
                            "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "[1]]", "1 2", "\xef\xbb\xbf[]", "[1]\f"})
    CHECK(json(wrong).starts_with("malformed: "));
}

TEST_CASE("JSON: lists and maps in each other up to the limit") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(json(nested(kDeepestValue)).starts_with("[ ["));
  CHECK(json(nested(kDeepestValue + 1)) == "too deep: lists and maps too deep in each other");
  std::string maps;
  for (int i = 0; i < 100'000; ++i) maps += "{\"a\":";
  CHECK(json(maps) == "too deep: lists and maps too deep in each other");
}

TEST_CASE("JSON: an error names its place") {
  ValueText text;
  const auto error = read_json(as_bytes("[1,02]"), text);
  REQUIRE(error);
  CHECK(error->at == 5);
}
