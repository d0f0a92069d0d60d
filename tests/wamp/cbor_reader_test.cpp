#include "router/wamp/cbor_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/limits.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string cbor(std::string_view hex) { return said(Serializer::cbor, from_hex(hex)); }

}  // namespace

TEST_CASE("CBOR: the integers of RFC 8949 appendix A") {
  CHECK(cbor("00") == "0");
  CHECK(cbor("01") == "1");
  CHECK(cbor("0a") == "10");
  CHECK(cbor("17") == "23");
  CHECK(cbor("1818") == "24");
  CHECK(cbor("1819") == "25");
  CHECK(cbor("1864") == "100");
  CHECK(cbor("1903e8") == "1000");
  CHECK(cbor("1a000f4240") == "1000000");
  CHECK(cbor("1b000000e8d4a51000") == "1000000000000");
  CHECK(cbor("1bffffffffffffffff") == "18446744073709551615");
  CHECK(cbor("c249010000000000000000") == "0x010000000000000000");
  CHECK(cbor("3bffffffffffffffff") == "-18446744073709551616");
  CHECK(cbor("c349010000000000000000") == "-0x010000000000000001");
  CHECK(cbor("20") == "-1");
  CHECK(cbor("29") == "-10");
  CHECK(cbor("3863") == "-100");
  CHECK(cbor("3903e7") == "-1000");
}

TEST_CASE("CBOR: the reals of RFC 8949 appendix A, of 16, 32 and 64 bits") {
  CHECK(cbor("f90000") == "0.0");
  CHECK(cbor("f98000") == "-0.0");
  CHECK(cbor("f93c00") == "1.0");
  CHECK(cbor("fb3ff199999999999a") == "1.1000000000000001");
  CHECK(cbor("f93e00") == "1.5");
  CHECK(cbor("f97bff") == "65504.0");
  CHECK(cbor("fa47c35000") == "100000.0");
  CHECK(cbor("fa7f7fffff") == "3.4028234663852886e+38");
  CHECK(cbor("fb7e37e43c8800759c") == "1.0000000000000001e+300");
  CHECK(cbor("f90001") == "5.9604644775390625e-08");
  CHECK(cbor("f90400") == "6.103515625e-05");
  CHECK(cbor("f9c400") == "-4.0");
  CHECK(cbor("fbc010666666666666") == "-4.0999999999999996");
  for (const char* infinite : {"f97c00", "fa7f800000", "fb7ff0000000000000"}) CHECK(cbor(infinite) == "inf");
  for (const char* infinite : {"f9fc00", "faff800000", "fbfff0000000000000"}) CHECK(cbor(infinite) == "-inf");
  for (const char* nan : {"f97e00", "fa7fc00000", "fb7ff8000000000000"}) CHECK(cbor(nan) == "nan");
}

TEST_CASE("CBOR: the simple values of RFC 8949 appendix A; undefined is null, those without a meaning inexpressible") {
  CHECK(cbor("f4") == "false");
  CHECK(cbor("f5") == "true");
  CHECK(cbor("f6") == "null");
  CHECK(cbor("f7") == "null");
  for (const char* unknown : {"f0", "e0", "f8ff", "f820"})
    CHECK(cbor(unknown) == "inexpressible: a simple value of CBOR that has no meaning");
  CHECK(cbor("f818") == "malformed: a simple value of CBOR in two bytes instead of one");
}

TEST_CASE("CBOR: the tags of RFC 8949 appendix A are skipped, their contents kept") {
  CHECK(cbor("c074323031332d30332d32315432303a30343a30305a") == "\"2013-03-21T20:04:00Z\"");
  CHECK(cbor("c11a514b67b0") == "1363896240");
  CHECK(cbor("c1fb41d452d9ec200000") == "1363896240.5");
  CHECK(cbor("d74401020304") == "h'01020304'");
  CHECK(cbor("d818456449455446") == "h'6449455446'");
  CHECK(cbor("d82076687474703a2f2f7777772e6578616d706c652e636f6d") == "\"http://www.example.com\"");
  CHECK(cbor("d9d9f783010203") == "[ 1 2 3 ]");           // self-described
  CHECK(cbor("dbffffffffffffffffd9d9f701") == "1");       // 64 bits, and a tag of a tag
  CHECK(cbor("a1c16161d8206162") == "{ \"a\": \"b\" }");  // of a key, too
  CHECK(cbor("9fc1ff") == "malformed: a tag of nothing");
  CHECK(cbor("df01") == "malformed: a tag without a number");
  CHECK(cbor("c1") == "malformed: cut off");
}

TEST_CASE("CBOR: a big integer is the smallest integer that it can be") {
  CHECK(cbor("c240") == "0");
  CHECK(cbor("c241ff") == "255");
  CHECK(cbor("c24a0000ffffffffffffffff") == "18446744073709551615");
  CHECK(cbor("c340") == "-1");
  CHECK(cbor("c348ffffffffffffffff") == "-18446744073709551616");
  CHECK(cbor("c25f4101480000000000000000ff") == "0x010000000000000000");  // in chunks
  CHECK(cbor("c201") == "malformed: a big integer that is no byte string");
  CHECK(cbor("c26161") == "malformed: a big integer that is no byte string");
  CHECK(said(Serializer::cbor, from_hex("c2590200") + std::string(512, '\xff')).starts_with("0xff"));
  CHECK(said(Serializer::cbor, from_hex("c2590201") + std::string(513, '\xff')) ==
        "inexpressible: an integer of too many digits");
  CHECK(cbor("a1c2410501") == "inexpressible: a key of a map that is no text");
}

TEST_CASE("CBOR: the strings of RFC 8949 appendix A") {
  CHECK(cbor("40") == "h''");
  CHECK(cbor("4401020304") == "h'01020304'");
  CHECK(cbor("60") == "\"\"");
  CHECK(cbor("6161") == "\"a\"");
  CHECK(cbor("6449455446") == "\"IETF\"");
  CHECK(cbor("62225c") == "\"\"\\\"");
  CHECK(cbor("62c3bc") == "\"\u00fc\"");
  CHECK(cbor("63e6b0b4") == "\"\u6c34\"");
  CHECK(cbor("64f0908591") == "\"\U00010151\"");
  CHECK(cbor("61ff") == "not UTF-8: a string that is not UTF-8");
}

TEST_CASE("CBOR: the lists and maps of RFC 8949 appendix A; an integer as a key is its text") {
  CHECK(cbor("80") == "[ ]");
  CHECK(cbor("83010203") == "[ 1 2 3 ]");
  CHECK(cbor("8301820203820405") == "[ 1 [ 2 3 ] [ 4 5 ] ]");
  CHECK(cbor("98190102030405060708090a0b0c0d0e0f101112131415161718181819") ==
        "[ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 ]");
  CHECK(cbor("a0") == "{ }");
  CHECK(cbor("a201020304") == "{ \"1\": 2 \"3\": 4 }");
  CHECK(cbor("a26161016162820203") == "{ \"a\": 1 \"b\": [ 2 3 ] }");
  CHECK(cbor("826161a161626163") == "[ \"a\" { \"b\": \"c\" } ]");
  CHECK(cbor("a56161614161626142616361436164614461656145") == R"({ "a": "A" "b": "B" "c": "C" "d": "D" "e": "E" })");
  CHECK(cbor("a13bffffffffffffffff01") == "{ \"-18446744073709551616\": 1 }");
  for (const char* wrong : {"a1f601", "a1f401", "a18001", "a1a001", "a1416101", "a1f93c0001"})
    CHECK(cbor(wrong) == "inexpressible: a key of a map that is no text");
}

TEST_CASE("CBOR: the indefinite lengths of RFC 8949 appendix A") {
  CHECK(cbor("5f42010243030405ff") == "h'0102030405'");
  CHECK(cbor("7f657374726561646d696e67ff") == "\"streaming\"");
  CHECK(cbor("9fff") == "[ ]");
  CHECK(cbor("9f018202039f0405ffff") == "[ 1 [ 2 3 ] [ 4 5 ] ]");
  CHECK(cbor("9f01820203820405ff") == "[ 1 [ 2 3 ] [ 4 5 ] ]");
  CHECK(cbor("83018202039f0405ff") == "[ 1 [ 2 3 ] [ 4 5 ] ]");
  CHECK(cbor("83019f0203ff820405") == "[ 1 [ 2 3 ] [ 4 5 ] ]");
  CHECK(cbor("bf61610161629f0203ffff") == "{ \"a\": 1 \"b\": [ 2 3 ] }");
  CHECK(cbor("826161bf61626163ff") == "[ \"a\" { \"b\": \"c\" } ]");
  CHECK(cbor("bf6346756ef563416d7421ff") == "{ \"Fun\": true \"Amt\": -2 }");
  CHECK(cbor("bf7f61616162ff01ff") == "{ \"ab\": 1 }");  // a key in chunks
}

TEST_CASE("CBOR: indefinite lengths that are none are refused") {
  for (const char* wrong : {"ff", "81ff", "8201ff", "a1ff", "1fff", "3fff"})
    CHECK(cbor(wrong).starts_with("malformed: "));
  CHECK(cbor("bf6161ff") == "malformed: a key without a value");
  CHECK(cbor("5f6161ff") == "malformed: a string whose chunks are no strings of its kind");
  CHECK(cbor("5f5f4101ffff") == "malformed: a string whose chunks are no strings of its kind");
  CHECK(cbor("7f61c361bcff") == "not UTF-8: a string with a chunk that is not UTF-8");  // RFC 8949 §3.2.3
}

TEST_CASE("CBOR: lengths and counts that no bytes follow are refused, and so are heads that mean nothing") {
  for (const char* cut : {"",
                          "81",
                          "8201",
                          "a1",
                          "a16161",
                          "6261",
                          "78",
                          "790001",
                          "18",
                          "19ff",
                          "1a000000",
                          "f9ff",
                          "fa000000",
                          "fb00000000000000",
                          "9f",
                          "9f01",
                          "5f",
                          "5f4101",
                          "bf6161",
                          "9b0000010000000000",
                          "bbffffffffffffffff",
                          "5bffffffffffffffff00",
                          "7bffffffffffffffff61",
                          "c2",
                          "c24201"})
    CHECK(cbor(cut) == "malformed: cut off");
  for (const char* wrong : {"1c", "1d", "1e", "3c", "5c", "7d", "9e", "bc", "dc", "fc", "fe"})
    CHECK(cbor(wrong) == "malformed: a byte that begins nothing in CBOR");
}

TEST_CASE("CBOR: lists and maps in each other up to the limit, also without counts") {
  const auto nested = [](std::size_t depth) { return said(Serializer::cbor, std::string(depth - 1, '\x81') + '\x80'); };
  CHECK(nested(kDeepestValue).starts_with("[ ["));
  CHECK(nested(kDeepestValue + 1) == "too deep: lists and maps too deep in each other");
  CHECK(said(Serializer::cbor, std::string(1'000'000, '\x9f')) == "too deep: lists and maps too deep in each other");
  CHECK(said(Serializer::cbor, std::string(1'000'000, '\xc1') + '\1') == "1");  // tags are no depth
}
