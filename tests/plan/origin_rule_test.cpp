#include "router/plan/origin_rule.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("origin rule: patterns are compared by scheme, host and port") {
  struct {
    const char *pattern, *origin;
    bool matches;
  } const cases[]{
      {"*", "https://a.test", true},
      {"*", "anything at all", true},
      {"https://a.test", "https://a.test", true},
      {"https://a.test", "HTTPS://A.Test", true},
      {"https://a.test", "https://a.test:443", true},
      {"https://a.test:443", "https://a.test", true},
      {"https://a.test", "https://a.test:8443", false},
      {"https://a.test", "http://a.test", false},
      {"https://a.test", "https://b.test", false},
      {"https://a.test", "https://a.test.evil", false},
      {"http://a.test", "http://a.test:80", true},
      {"https://*.example.com", "https://www.example.com", true},
      {"https://*.example.com", "https://www.example.com:443", true},
      {"https://*.example.com", "https://a.b.example.com", true},
      {"https://*.example.com", "https://example.com", false},
      {"https://*.example.com", "https://www.example.com:444", false},
      {"https://*.example.com", "https://evil.test/.example.com", false},
      {"https://*.example.com", "https://evil.test?.example.com", false},
      {"https://*.example.com", "https://evil.test#.example.com", false},
      {"https://*.example.com", "https://evil@www.example.com", false},
      {"https://*.example.com", "https://evil.test:443.example.com", false},
      {"https://*.example.com:*", "https://www.example.com:8443", true},
      {"*://a.test:*", "http://a.test:1", true},
      {"*://a.test", "http://a.test", true},
      {"*://a.test", "https://a.test", true},
      {"http://localhost:*", "http://localhost:3000", true},
      {"http://[::1]:8080", "http://[::1]:8080", true},
      {"http://[::1]", "http://[::1]:80", true},
      {"http://[::1]", "http://[::2]", false},
      {"chrome-extension://abc", "chrome-extension://abc", true},
      {"https://a.test", "", false},
      {"https://a.test", "a.test", false},
      {"https://a.test", "://a.test", false},
      {"https://a.test", "https://", false},
  };
  for (const auto& one : cases) {
    CHECK_MESSAGE(matches_origin(one.pattern, one.origin) == one.matches, one.pattern << " and " << one.origin);
  }
}

TEST_CASE("origin rule: an opening without Origin is no browser's, `null` has a setting of its own, two are an error") {
  WebSocketSettings settings;
  settings.allowed_origins = {"https://*.example.com", "http://localhost:*"};
  const auto code_of = [&](std::initializer_list<std::string_view> origins) {
    Head head{{":method", "CONNECT"}};
    for (const std::string_view origin : origins) head.add("origin", origin);
    const auto allowed = check_origin(head, settings);
    return allowed ? 0 : allowed.error().code == Code::forbidden ? 403 : 400;
  };
  CHECK(code_of({}) == 0);
  CHECK(code_of({"https://www.example.com"}) == 0);
  CHECK(code_of({"http://localhost:3000"}) == 0);
  CHECK(code_of({"https://www.example.org"}) == 403);
  CHECK(code_of({""}) == 403);
  CHECK(code_of({"https://www.example.com", "https://www.example.com"}) == 400);
  CHECK(code_of({"null"}) == 0);
  settings.allow_null_origin = false;
  CHECK(code_of({"null"}) == 403);
  settings = {};
  CHECK(code_of({"https://any.test"}) == 0);
}
