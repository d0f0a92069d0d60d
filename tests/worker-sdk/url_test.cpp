#include "zeroway/url.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string as_text(const std::vector<QueryPair>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += "[" + name + "=" + value + "]";
  return text;
}

}  // namespace

TEST_CASE("url: an escape is a byte, and what is no escape stays (RFC 3986 §2.1)") {
  CHECK(percent_decode("a%20b%2Fc%2f") == "a b/c/");
  CHECK(percent_decode("%C3%A4") == "\xc3\xa4");
  CHECK(percent_decode(std::string("%00", 3)) == std::string(1, '\0'));
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%2") == "%2");
  CHECK(percent_decode("%zz%2g%%41") == "%zz%2g%A");
  CHECK(percent_decode("%2541") == "%41");  // once, not twice
  CHECK(percent_decode("").empty());
}

TEST_CASE("url: '+' is a space in queries and forms only") {
  CHECK(percent_decode("a+b%2B") == "a+b+");
  CHECK(percent_decode("a+b%2B", PlusIsSpace::yes) == "a b+");
}

TEST_CASE("url: an escape needs two hex digits") {
  for (const char* sound : {"", "a", "%41", "%aF%00", "a%20b"}) CHECK(has_valid_escapes(sound));
  for (const char* broken : {"%", "%4", "a%", "%zz", "%4z", "%%41", "%41%", "%41%4"}) {
    CAPTURE(broken);
    CHECK_FALSE(has_valid_escapes(broken));
  }
}

TEST_CASE("url: encoding leaves the unreserved characters, and decodes back (RFC 3986 §2.3)") {
  CHECK(percent_encode("a-Z_0.9~") == "a-Z_0.9~");
  CHECK(percent_encode("a b/c?d&e=f+g%") == "a%20b%2Fc%3Fd%26e%3Df%2Bg%25");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decode(percent_encode(all)) == all);
  CHECK(percent_decode(percent_encode(all), PlusIsSpace::yes) == all);
}

TEST_CASE("url: the pairs of a query in order, decoded, repeats kept (the URL standard §5.1)") {
  CHECK(as_text(read_query("a=1&b=2&a=3")) == "[a=1][b=2][a=3]");
  CHECK(as_text(read_query("q=a+b%21&%C3%BC=%26")) == "[q=a b!][\xc3\xbc=&]");
  CHECK(as_text(read_query("&&a&=&b=&=c&d==e&")) == "[a=][=][b=][=c][d==e]");
  CHECK(as_text(read_query("p=100%")) == "[p=100%]");
  CHECK(read_query("").empty());
}

TEST_CASE("url: one name of a query") {
  CHECK(find_in_query("a=1&q=x+y&q=2", "q") == "x y");
  CHECK(find_in_query("%71=1", "q") == "1");
  CHECK(find_in_query("a+b=1", "a b") == "1");
  CHECK(find_in_query("qq=1&aq=2", "q") == std::nullopt);
  CHECK(find_in_query("q", "q") == "");
  CHECK(find_in_query("&&", "") == std::nullopt);
  CHECK(find_in_query("", "q") == std::nullopt);
  CHECK(find_all_in_query("t=1&u=2&t=3&t", "t") == std::vector<std::string>{"1", "3", ""});
  CHECK(find_all_in_query("t=1", "u").empty());
}
