#include "router/route/rewrite_pattern.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace zeroway;

namespace {

using Use = RewritePattern::Use;

// What `target` becomes; "-" when the pattern does not match; errors after "! ".
std::string becomes(std::string_view pattern, std::string_view to, std::string_view target, Use use = Use::redirect) {
  const auto made = RewritePattern::read(pattern, to, use);
  if (!made.has_value()) return "! " + made.error().detail;
  std::string storage, out = "old";
  const CanonicalPath path = canonical_path(target, storage).value();
  const FieldValues values{.remote_addr = "192.0.2.1",
                           .host = "Shop.test:8080",
                           .scheme = "https",
                           .request_id = "id7",
                           .method = "GET",
                           .path = path.path,
                           .query = path.query().substr(path.query().empty() ? 0 : 1),
                           .site = "a b",
                           .backend = "pool",
                           .tls_version = "TLSv1.3"};
  const auto matched = made->write(path, values, out);
  if (!matched.has_value()) {
    CHECK(matched.error().code == Code::bad_request);
    return "! " + matched.error().detail;
  }
  return matched.value() == RewritePattern::Matched::yes ? out : "-";
}

std::string problem(std::string_view pattern, std::string_view to, Use use = Use::redirect) {
  const auto made = RewritePattern::read(pattern, to, use);
  return made.has_value() ? "" : made.error().detail;
}

}  // namespace

TEST_CASE("rewrite: a matching path becomes the target, with what the groups matched") {
  CHECK(becomes("^/old/(.*)$", "/new/$1", "/old/a/b") == "/new/a/b");
  CHECK(becomes("^/old/(.*)$", "/new/$1", "/older/a") == "-");
  CHECK(becomes("^/(\\w+)/(\\w+)$", "/$2/$1/$2", "/a/b") == "/b/a/b");
  CHECK(becomes("/v[0-9]+", "/versions$0", "/x/v12/y") == "/versions/v12");
  CHECK(becomes("(?i)^/ADMIN", "/a", "/admin") == "/a");
  CHECK(becomes("(x)|(y)", "/$1$2", "/y") == "/y");
  CHECK(becomes("(.)", "/$10", "/a") == "/0");  // one digit: "$1", then "0"; and the '/' is cut to one
  CHECK(becomes("", "/everything", "/a/b") == "/everything");
  CHECK(becomes("^/a$", "/costs$$1", "/a") == "/costs$1");
}

TEST_CASE("rewrite: the query is kept, behind the target's own, unless the target ends in '?'") {
  CHECK(becomes("^/a", "/b", "/a?x=1&y=%zz;") == "/b?x=1&y=%zz;");
  CHECK(becomes("^/u/(.*)", "/u?id=$1", "/u/7") == "/u?id=7");
  CHECK(becomes("^/u/(.*)", "/u?id=$1", "/u/7?x=1") == "/u?id=7&x=1");
  CHECK(becomes("^/u/(.*)", "/u?id=$1", "/u/7?") == "/u?id=7");
  CHECK(becomes("^/a", "/b?", "/a?x=1") == "/b");
  CHECK(becomes("^/a(x?)", "/b?$1", "/a?x=1") == "/b?x=1");
  CHECK(becomes("x=1", "/b", "/a?x=1") == "-");  // a pattern is over the path
}

TEST_CASE("rewrite: a part of the path cannot add fields to a query") {
  CHECK(becomes("^/u/(.*)", "/u?id=$1", "/u/7&admin=1;a+b") == "/u?id=7%26admin=1%3Ba%2Bb");
  CHECK(becomes("^/u/(.*)", "/u?id=$1", "/u/7%26x%3Fy%23z") == "/u?id=7%26x%3Fy%23z");
}

TEST_CASE("rewrite: the result is canonical again and does not climb above the root") {
  CHECK(becomes("^/a(.*)$", "/b/./$1", "/a/x") == "/b//x");
  CHECK(becomes("^/a/(.*)/(.*)$", "/b/$2/../$1", "/a/x/y") == "/b/x");
  CHECK(becomes("^/a/(.)(.)$", "/b/$1$2/c", "/a/..x") == "-");
  CHECK(becomes("^/a/(..)x$", "/b/$1/c", "/a/..x") == "/c");
  CHECK(becomes("^/a/(..)x$", "/$1/c", "/a/..x") == "! a path above the root");
  CHECK(becomes("^/a/(.*)$", "/%2e%2E/$1", "/a/x") == "! a path above the root");
  CHECK(becomes("^/a/%(.*)$", "/%$1", "/a/%2Fx") == "/%2Fx");
  CHECK(becomes("^/a/(..)", "/$1", "/a/%2Fx") == "! a malformed escape in the path");
  CHECK(becomes("^/a/%25(..)", "/%$1", "/a/%2500") == "! %00 in the path");
  CHECK(becomes("^/a$", "/caf\xc3\xa9/%7e", "/a") == "/caf%C3%A9/~");
}

TEST_CASE("rewrite: no path makes a redirect that leaves the site") {
  for (const char* target :
       {"/go//evil.test", "/go///evil.test/x", "/go/%5C%5Cevil.test", "/go/\\\\evil.test", "/go/..%2F%5cevil.test",
        "/go//%2e/evil.test", "/go/%0d%0aSet-Cookie:%20x", "/go/", "/go"}) {
    for (const char* to : {"/$1", "//$1", "/./$1", "/x/../$1"}) {
      CAPTURE(target);
      CAPTURE(to);
      const std::string made = becomes("^/go(.*)$", to, target);
      CHECK(made.starts_with('/'));
      CHECK(made.substr(1, 1) != "/");
      CHECK(made.find_first_of("\\\r\n") == std::string::npos);
    }
  }
}

TEST_CASE("rewrite: a redirect to another host has that host, whatever the path is") {
  CHECK(becomes("^/(.*)", "https://new.test/x/$1", "/a?q") == "https://new.test/x/a?q");
  CHECK(becomes("^/(.*)", "http://new.test:8080/$1", "//a") == "http://new.test:8080/a");
  CHECK(becomes("^/", "https://new.test", "/a?q") == "https://new.test/?q");
  CHECK(becomes("^/", "https://new.test?x=1", "/a?q") == "https://new.test/?x=1&q");
  CHECK(becomes("^/", "https://[::1]:8443/", "/a") == "https://[::1]:8443/");
  const std::string why =
      ": needs a host without '@', with no variable but $scheme and $host, and a '/' or $path behind it";
  for (const std::string to :
       {"https://$1/x", "https://new.test$1", "https://new.test:$1/", "https://a@new.test/", "https://", "https:///x",
        "http://?x", "https://$remote_addr/", "https://$path/", "$scheme://$1/", "$scheme:///x"}) {
    CAPTURE(to);
    CHECK(problem("^/(.*)", to) == "target \"" + to + "\"" + why);
  }
}

TEST_CASE("rewrite: a target may hold what the request says") {
  CHECK(becomes("", "https://$host$path", "/a/b?q=1") == "https://shop.test/a/b?q=1");
  CHECK(becomes("", "$scheme://$host:8443/x", "/a") == "https://shop.test:8443/x");
  CHECK(becomes("^/(.*)", "https://www.$host/$1", "/a") == "https://www.shop.test/a");
  CHECK(becomes("", "/$site/$method/$tls_version/$request_id", "/a") == "/a%20b/GET/TLSv1.3/id7");
  CHECK(becomes("", "/login?from=$path", "/a&b;c?q=1") == "/login?from=/a%26b%3Bc&q=1");
  CHECK(becomes("", "/login?by=$remote_addr", "/a") == "/login?by=192.0.2.1");
  CHECK(becomes("", "/costs$$host", "/a") == "/costs$host");
}

TEST_CASE("rewrite: $query in a target is the query as it came, and stands there once") {
  CHECK(becomes("", "/b?x=1&$query", "/a?q=1&r") == "/b?x=1&q=1&r");
  CHECK(becomes("", "/b?$query", "/a") == "/b");
  CHECK(becomes("", "/q/$query", "/a?r=1&s") == "/q/r=1&s?r=1&s");
}

TEST_CASE("rewrite: a request without a host gets no redirect to its host") {
  const auto made = RewritePattern::read("", "https://$host/", Use::redirect);
  std::string storage, out;
  const auto matched = made->write(*canonical_path("/a", storage), {}, out);
  REQUIRE_FALSE(matched.has_value());
  CHECK(matched.error().code == Code::bad_request);
}

TEST_CASE("rewrite: an IPv6 host keeps its brackets, and no value of a variable adds a host") {
  const auto made = RewritePattern::read("", "https://$host/$site", Use::redirect);
  std::string storage, out;
  CHECK(made->write(*canonical_path("/a", storage), {.host = "[::1]:80", .site = "//evil.test\\?#"}, out).has_value());
  CHECK(out == "https://[::1]/evil.test%5C%3F%23");
}

TEST_CASE("rewrite: a wrong pattern or target is an error that names it") {
  CHECK(problem("^/(a", "/b") == "pattern \"^/(a\": missing ): ^/(a");
  CHECK(problem("a**", "/b") == "pattern \"a**\": bad repetition operator: **");
  CHECK(problem("(a)\\1", "/b") == "pattern \"(a)\\1\": invalid escape sequence: \\1");
  CHECK(problem("(?=a)", "/b") == "pattern \"(?=a)\": invalid perl operator: (?=");
  CHECK(problem("((((a{100}){100}){100}){100})", "/b").find("pattern \"((((a{100}") == 0);
  CHECK(problem("^/(a)", "/$2") == "target \"/$2\": $2, but the pattern \"^/(a)\" has 1 groups");
  const std::string fits = ": there are $0 to $9, " + variable_names() + ", and $$ for a dollar";
  CHECK(problem("^/a", "/$hots") == "target \"/$hots\": unknown variable $hots" + fits);
  CHECK(problem("^/a", "/b$") == "target \"/b$\": unknown variable $" + fits);
  CHECK(problem("^/a", "https://$hosts/") == "target \"https://$hosts\": unknown variable $hosts" + fits);
  CHECK(problem("^/a", "b") == "target \"b\": neither a path nor an http URL");
  CHECK(problem("^/a", "") == "target \"\": neither a path nor an http URL");
  CHECK(problem("^/(.*)", "$1") == "target \"$1\": neither a path nor an http URL");
  CHECK(problem("^/a", "javascript:alert(1)") == "target \"javascript:alert(1)\": neither a path nor an http URL");
  CHECK(problem("^/a", "b", Use::rewrite) == "target \"b\": no '/' at the start");
  CHECK(problem("^/a", "http://b/", Use::rewrite) == "target \"http://b/\": a rewrite needs a path");
  for (const char* to : {"/a b", "/a\r\nb", "/a#b", "/\\evil.test", "/\t"})
    CHECK(problem("^/a", to).ends_with(": a space, a control character, '\\' or '#'"));
}

TEST_CASE("rewrite: no path and no pattern makes a match take more than linear time") {
  const std::string target = "/" + std::string(60'000, 'a') + "!";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(becomes("^/(a+)+$", "/b", target) == "-");
  CHECK(becomes("^/(a|aa)*(a|aa)*(a|aa)*$", "/b", target) == "-");
  CHECK(becomes("^/(.*)(.*)(.*)(.*)[^!]$", "/b", target) == "-");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("rewrite: a rule can be moved") {
  auto made = RewritePattern::read("^/(.*)", "/x/$1", Use::rewrite);
  std::vector<RewritePattern> rules;
  rules.push_back(std::move(*made));
  std::string storage, out;
  CHECK(rules[0].write(*canonical_path("/a", storage), {}, out).value() == RewritePattern::Matched::yes);
  CHECK(out == "/x/a");
}
