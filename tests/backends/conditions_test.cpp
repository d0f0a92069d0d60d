#include "router/backends/files/conditions.h"

#include <doctest/doctest.h>

#include <string>

#include "router/observe/http_date.h"

using namespace zeroway;

namespace {

constexpr std::int64_t kChanged = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::string_view kThen = "Sun, 06 Nov 1994 08:49:37 GMT", kBefore = "Sun, 06 Nov 1994 08:49:36 GMT",
                           kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr Validators kFile{"\"v1\"", kChanged};

std::string judge(std::initializer_list<Field> fields, std::string_view method = "GET",
                  const Validators& file = kFile) {
  Head head(fields);
  head.set(":method", method);
  switch (judge_conditions(head, file)) {
    case ConditionVerdict::met:
      return "met";
    case ConditionVerdict::not_modified:
      return "304";
    case ConditionVerdict::failed:
      return "412";
  }
  return "";
}

bool may_range(std::string_view if_range, const Validators& file = kFile, std::int64_t now = kChanged + 60) {
  return is_range_current(Head{{":method", "GET"}, {"if-range", if_range}}, file, now);
}

}  // namespace

TEST_CASE("conditions: a request without conditions gets the file") { CHECK(judge({}) == "met"); }

TEST_CASE("conditions: If-None-Match compares weakly and knows lists (RFC 9110 section 13.1.2)") {
  CHECK(judge({{"if-none-match", "\"v1\""}}) == "304");
  CHECK(judge({{"if-none-match", "W/\"v1\""}}) == "304");
  CHECK(judge({{"if-none-match", "*"}}) == "304");
  CHECK(judge({{"if-none-match", "\"v0\""}}) == "met");
  CHECK(judge({{"if-none-match", "\"v0\", W/\"v1\""}}) == "304");
  CHECK(judge({{"if-none-match", "\"a,\", ,\"v1\""}}) == "304");
  CHECK(judge({{"if-none-match", "\"v0\""}, {"if-none-match", "\"v1\""}}) == "304");
  CHECK(judge({{"if-none-match", "v1"}}) == "met");
  CHECK(judge({{"if-none-match", "\"v1"}}) == "met");
  CHECK(judge({{"if-none-match", ""}}) == "met");
  CHECK(judge({{"if-none-match", "\"v1\""}}, "HEAD") == "304");
  CHECK(judge({{"if-none-match", "\"v1\""}}, "PUT") == "412");
}

TEST_CASE("conditions: If-Match compares strongly (RFC 9110 section 13.1.1)") {
  CHECK(judge({{"if-match", "\"v1\""}}) == "met");
  CHECK(judge({{"if-match", "*"}}) == "met");
  CHECK(judge({{"if-match", "\"v0\", \"v1\""}}) == "met");
  CHECK(judge({{"if-match", "W/\"v1\""}}) == "412");
  CHECK(judge({{"if-match", "\"v0\""}}) == "412");
  CHECK(judge({{"if-match", "nonsense"}}) == "412");
  CHECK(judge({{"if-match", "W/\"v1\""}}, "GET", {"W/\"v1\"", kChanged}) == "412");
}

TEST_CASE("conditions: dates are compared in seconds, in all three forms (RFC 9110 section 13.1.3, 13.1.4)") {
  CHECK(judge({{"if-modified-since", kThen}}) == "304");
  CHECK(judge({{"if-modified-since", kAfter}}) == "304");
  CHECK(judge({{"if-modified-since", kBefore}}) == "met");
  CHECK(judge({{"if-modified-since", "Sunday, 06-Nov-94 08:49:37 GMT"}}) == "304");
  CHECK(judge({{"if-modified-since", "Sun Nov  6 08:49:37 1994"}}) == "304");
  CHECK(judge({{"if-modified-since", "yesterday"}}) == "met");
  CHECK(judge({{"if-modified-since", kThen}}, "POST") == "met");
  CHECK(judge({{"if-unmodified-since", kThen}}) == "met");
  CHECK(judge({{"if-unmodified-since", kBefore}}) == "412");
  CHECK(judge({{"if-unmodified-since", "yesterday"}}) == "met");
}

TEST_CASE("conditions: a tag decides where a date says something else (RFC 9110 section 13.2.2)") {
  CHECK(judge({{"if-none-match", "\"v0\""}, {"if-modified-since", kAfter}}) == "met");
  CHECK(judge({{"if-none-match", "\"v1\""}, {"if-modified-since", kBefore}}) == "304");
  CHECK(judge({{"if-match", "\"v1\""}, {"if-unmodified-since", kBefore}}) == "met");
  CHECK(judge({{"if-match", "\"v0\""}, {"if-none-match", "\"v1\""}}) == "412");
  CHECK(judge({{"if-match", "\"v1\""}, {"if-none-match", "\"v1\""}}) == "304");
  CHECK(judge({{"if-unmodified-since", kBefore}, {"if-none-match", "\"v1\""}}) == "412");
}

TEST_CASE("conditions: a file without a date or a tag meets no condition by it") {
  const Validators no_date{"\"v1\"", {}};
  CHECK(judge({{"if-modified-since", kAfter}}, "GET", no_date) == "met");
  CHECK(judge({{"if-unmodified-since", kBefore}}, "GET", no_date) == "met");
  const Validators no_tag{"", kChanged};
  CHECK(judge({{"if-none-match", "\"\""}}, "GET", no_tag) == "met");
  CHECK(judge({{"if-none-match", "*"}}, "GET", no_tag) == "304");
}

TEST_CASE("conditions: If-Range names this version strongly, or the whole file comes (RFC 9110 section 13.1.5)") {
  CHECK(is_range_current(Head{{":method", "GET"}}, kFile, kChanged));
  CHECK(may_range("\"v1\""));
  CHECK_FALSE(may_range("W/\"v1\""));
  CHECK_FALSE(may_range("\"v0\""));
  CHECK_FALSE(may_range("\"v1\", \"v0\""));
  CHECK_FALSE(may_range("W/\"v1\"", {"W/\"v1\"", kChanged}));
  CHECK(may_range(kThen));
  CHECK_FALSE(may_range(kBefore));
  CHECK_FALSE(may_range(kAfter));
  CHECK_FALSE(may_range("*"));
  CHECK_FALSE(may_range(""));
  CHECK_FALSE(may_range(kThen, {"\"v1\"", {}}));
}

TEST_CASE("conditions: a date of this very second is too young to name one version (RFC 9110 section 8.8.2.2)") {
  CHECK_FALSE(may_range(kThen, kFile, kChanged));
  CHECK(may_range(kThen, kFile, kChanged + 1));
}

TEST_CASE("http date: what is written is read back") {
  CHECK(write_http_date(kChanged) == kThen);
  CHECK(write_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(write_http_date(951'782'400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  for (const std::int64_t seconds : {0LL, 1LL, 784'111'777LL, 951'782'400LL, 4'102'444'799LL, 253'402'300'799LL})
    CHECK(read_http_date(write_http_date(seconds)) == seconds);
}

TEST_CASE("http date: text that is no date is nothing") {
  for (const std::string_view text :
       {"", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6x Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", ",,,,,,,,",
        "a b c d e f g h", "a b c d e f g"}) {
    CAPTURE(text);
    CHECK_FALSE(read_http_date(text).has_value());
  }
}

TEST_CASE("http date: a year of two digits is near") {
  CHECK(read_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == kChanged);
  CHECK(read_http_date("Wednesday, 01-Jan-25 00:00:00 GMT") == 1'735'689'600);
}
