#include "router/access/base64.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("base64: the examples of RFC 4648 §10") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(decode_base64url("Zm9vYmE") == "fooba");
  CHECK(decode_base64url("-_8") == "\xfb\xff");
}

TEST_CASE("base64: what two readers could read in two ways is refused") {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Z", "Zg==Zg==", "Z g=", "Zm9v\n", "====", "=Zg=", "-_8="})
    CHECK_MESSAGE(!decode_base64(text), text);
  for (const char* text : {"Zg==", "Zh", "Z", "+/8", "Zm9v ", "Zm 9v", "Zm9vY"})
    CHECK_MESSAGE(!decode_base64url(text), text);
}

TEST_CASE("base64url: what is encoded is decoded, for every length and every byte") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(decode_base64url(encode_base64url(bytes)) == bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
  CHECK(encode_base64url("\xfb\xff") == "-_8");
  CHECK(encode_base64url("fooba") == "Zm9vYmE");
}
