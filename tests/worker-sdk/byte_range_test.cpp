#include "worker-sdk/src/handlers/byte_range.h"

#include <doctest/doctest.h>

#include <string>

#include "worker-sdk/src/handlers/http_date.h"

using namespace zeroway;

namespace {

// "whole", "416", or "first-last" of a content of 100 bytes.
std::string range(std::string_view field, std::uint64_t size = 100) {
  const ByteRange read = read_range(field, size);
  if (read.kind == ByteRange::Kind::whole) return "whole";
  if (read.kind == ByteRange::Kind::unsatisfiable) return "416";
  return std::to_string(read.first) + "-" + std::to_string(read.last);
}

}  // namespace

TEST_CASE("range: a first, a last and a number of last bytes (RFC 9110 §14.1.2)") {
  CHECK(range("bytes=0-9") == "0-9");
  CHECK(range("bytes=90-") == "90-99");
  CHECK(range("bytes=90-1000") == "90-99");
  CHECK(range("bytes=-10") == "90-99");
  CHECK(range("bytes=-1000") == "0-99");
  CHECK(range("bytes=99-99") == "99-99");
  CHECK(range("Bytes = 0-0") == "0-0");
  CHECK(range("bytes=0-99999999999999999999999") == "0-99");
}

TEST_CASE("range: one that no byte is in is unsatisfiable (RFC 9110 §14.1.1)") {
  for (const char* field : {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"})
    CHECK(range(field) == "416");
  CHECK(range("bytes=0-", 0) == "416");
  CHECK(range("bytes=-1", 0) == "416");
}

TEST_CASE("range: other units, several ranges and bad syntax are ignored (RFC 9110 §14.2)") {
  for (const char* field : {"", "bytes", "bytes=", "bytes=-", "lines=0-9", "bytes=9-0", "bytes=0-9,20-29", "bytes=a-b",
                            "bytes=0x1-2", "bytes=0-1-2", "bytes=+1-2", "bytes= 1 - 2", "bytes=0--1", "bytes=5"}) {
    CAPTURE(field);
    CHECK(range(field) == "whole");
  }
}

TEST_CASE("dates: written as one form, read in all three (RFC 9110 §5.6.7)") {
  constexpr std::time_t kTime = 784'111'777;
  CHECK(write_http_date(kTime) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(read_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == kTime);
  CHECK(read_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == kTime);
  CHECK(read_http_date("Sun Nov  6 08:49:37 1994") == kTime);
  CHECK(read_http_date("Tue, 19 Jan 2038 03:14:08 GMT") == 2'147'483'648);
  for (const std::time_t time : {std::time_t(0), std::time_t(951'782'400), std::time_t(4'000'000'000)})
    CHECK(read_http_date(write_http_date(time)) == time);
  for (const char* text :
       {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "784111777", "Sun, 06 Nov 1994 08:49:37 GMT and more"}) {
    CAPTURE(text);
    CHECK(read_http_date(text) == std::nullopt);
  }
}
