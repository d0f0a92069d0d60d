#include "worker-sdk/src/handlers/cookies.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("cookies: the first of a name is found, whatever stands beside it (RFC 6265 §4.2.1)") {
  CHECK(find_cookie("sid=abc; lang=de", "sid") == "abc");
  CHECK(find_cookie("sid=abc; lang=de", "lang") == "de");
  CHECK(find_cookie("a=1;sid=abc", "sid") == "abc");
  CHECK(find_cookie(" sid = abc ;", "sid") == "abc");
  CHECK(find_cookie("sid=1; sid=2", "sid") == "1");
  CHECK(find_cookie("sid=a=b==", "sid") == "a=b==");
  CHECK(find_cookie("sid=", "sid") == "");
}

TEST_CASE("cookies: double quotes around a value are no part of it (RFC 6265 §4.1.1)") {
  CHECK(find_cookie("sid=\"a b\"", "sid") == "a b");
  CHECK(find_cookie("sid=\"\"", "sid") == "");
  CHECK(find_cookie("sid=\"", "sid") == "\"");
  CHECK(find_cookie("sid=\"a", "sid") == "\"a");
}

TEST_CASE("cookies: names are whole words, and their case matters") {
  for (const char* field : {"", ";", "sid", "xsid=1", "sidx=1", "Sid=1", "a=sid=1", "=1"}) {
    CAPTURE(field);
    CHECK(find_cookie(field, "sid") == std::nullopt);
  }
}
