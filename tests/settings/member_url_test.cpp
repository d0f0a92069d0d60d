#include "router/settings/member_url.h"

#include <doctest/doctest.h>

#include "router/settings/listen_address.h"
#include "router/settings/words.h"

using namespace zeroway;

TEST_CASE("member url: each form is read, with the scheme's port and without a slash at the end of the base") {
  using S = MemberScheme;
  struct Case {
    const char* text;
    MemberUrl url;
  };
  for (const Case& one : {
           Case{"http://a", {S::http, "a", 80, "", "", ""}},
           Case{"http://127.0.0.1:3001", {S::http, "127.0.0.1", 3001, "", "", ""}},
           Case{"HTTP://API.example.COM/", {S::http, "api.example.com", 80, "", "", ""}},
           Case{"https://a/base/", {S::https, "a", 443, "", "/base", ""}},
           Case{"https://[::1]:8443/a/b", {S::https, "::1", 8443, "", "/a/b", ""}},
           Case{"https://[2001:db8::1]", {S::https, "2001:db8::1", 443, "", "", ""}},
           Case{"h2c://a:50051", {S::h2c, "a", 50051, "", "", ""}},
           Case{"unix:/run/a.sock", {S::unix_socket, "", 0, "/run/a.sock", "", ""}},
           Case{"unix:/run/a.sock:/base", {S::unix_socket, "", 0, "/run/a.sock", "/base", ""}},
           Case{"tcp://a:22", {S::tcp, "a", 22, "", "", ""}},
           Case{"tls://[::1]:22", {S::tls, "::1", 22, "", "", ""}},
           Case{"fabric:", {S::fabric, "", 0, "", "", ""}},
           Case{"fabric:blue-1", {S::fabric, "", 0, "", "", "blue-1"}},
       }) {
    CAPTURE(one.text);
    const auto url = read_member_url(one.text);
    REQUIRE(url.has_value());
    CHECK(*url == one.url);
  }
}

TEST_CASE("member url: what is no place to dial is refused with the reason") {
  struct Case {
    std::string text;
    const char* reason;
  };
  for (const Case& one : {
           Case{"", "it is empty"},
           Case{"a:80", "its scheme is none of these"},
           Case{"ftp://a", "its scheme is none of these"},
           Case{"fabric", "its scheme is none of these"},
           Case{"http://", "it names no host"},
           Case{"http://:80", "it names no host"},
           Case{"http://a:0", "its port '0' is no number from 1 to 65535"},
           Case{"http://a:65536", "its port '65536' is no number from 1 to 65535"},
           Case{"http://a:", "its port '' is no number from 1 to 65535"},
           Case{"http://a:8x", "its port '8x' is no number from 1 to 65535"},
           Case{"http://u:p@a", "it has a user name or password"},
           Case{"http://a?b", "it has a query or a fragment"},
           Case{"http://a/#b", "it has a query or a fragment"},
           Case{"http://a b", "it has a space or a control character"},
           Case{"http://a\r\nX: y", "it has a space or a control character"},
           Case{"http://a/../b", "its path climbs with '..'"},
           Case{"http://::1", "it names no host"},
           Case{"http://[::1", "its '[' has no ']'"},
           Case{"http://[a]", "'a' is no host"},
           Case{"http://[::1]x", "nothing but a port may follow the host"},
           Case{"http://1.2.3.400", "'1.2.3.400' is no host"},
           Case{"unix:run/a", "the socket's path must begin with '/'"},
           Case{"unix:/" + std::string(107, 'x'), "the socket's path is longer than 107 bytes"},
           Case{"fabric:a/b", "'a/b' is no name of a group"},
           Case{"tls://a", "it has no port"},
           Case{"tls://a:22/b", "bytes have no path"},
       }) {
    CAPTURE(one.text);
    const auto url = read_member_url(one.text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().detail == one.reason);
  }
}

TEST_CASE("member url: a server of bytes is a host and a port, over TLS or not, or a unix socket") {
  using S = MemberScheme;
  CHECK(*read_tcp_server("a:22") == MemberUrl{S::tcp, "a", 22, "", "", ""});
  CHECK(*read_tcp_server("tls://a:22") == MemberUrl{S::tls, "a", 22, "", "", ""});
  CHECK(*read_tcp_server("unix:/run/a.sock") == MemberUrl{S::unix_socket, "", 0, "/run/a.sock", "", ""});
  for (const char* text : {"http://a:22", "a", "tls://a", "unix:/run/a.sock:/base", "fabric:", "a:22/b"}) {
    CAPTURE(text);
    CHECK_FALSE(read_tcp_server(text).has_value());
  }
}

TEST_CASE("listen address: an address and a port, every address, or a unix socket") {
  for (const char* text : {"127.0.0.1:80", "*:8080", "[::1]:443", "localhost:1", "unix:/run/a.sock"}) {
    CAPTURE(text);
    const auto listen = read_listen_address(text);
    REQUIRE(listen.has_value());
    CHECK(to_text(*listen) == text);
  }
  CHECK(read_listen_address(":80")->address.empty());
  CHECK(read_listen_address("[::]:80")->address.empty());
  for (const char* text :
       {"", "80", "a", "::1:80", "[a]:80", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "unix:", "unix:a"}) {
    CAPTURE(text);
    CHECK_FALSE(read_listen_address(text).has_value());
  }
}

TEST_CASE("listen address: one that takes every address is in the way of others at its port") {
  const auto read = [](const char* text) { return *read_listen_address(text); };
  CHECK(is_in_the_way(read("*:80"), read("127.0.0.1:80")));
  CHECK(is_in_the_way(read("[::1]:80"), read("*:80")));
  CHECK_FALSE(is_in_the_way(read("*:80"), read("*:80")));
  CHECK_FALSE(is_in_the_way(read("*:80"), read("127.0.0.1:81")));
  CHECK_FALSE(is_in_the_way(read("127.0.0.1:80"), read("127.0.0.2:80")));
  CHECK_FALSE(is_in_the_way(read("*:80"), read("unix:/a")));
}

TEST_CASE("words: hosts of sites, statuses, paths and targets of redirects") {
  for (const char* text : {"a", "a.example", "*.example.com", "127.0.0.1", "::1", "a_b-c.d"})
    CHECK_MESSAGE(is_site_host(text), text);
  for (const char* text : {"", "*", "*.", "a..b", "a.*", "a b", "a:80", "-a", "a-", "a."})
    CHECK_MESSAGE(!is_site_host(text), text);
  CHECK_FALSE(is_site_host(std::string(64, 'a')));
  CHECK(read_statuses("4xx") == StatusRange{400, 499});
  CHECK(read_statuses("200-399") == StatusRange{200, 399});
  CHECK(read_statuses("204") == StatusRange{204, 204});
  for (const char* text : {"", "99", "600", "6xx", "2x", "300-200", "200-", "abc"})
    CHECK_MESSAGE(!read_statuses(text), text);
  for (const char* text : {"/", "/a/$1", "https://a/$path", "http://$host"})
    CHECK_MESSAGE(is_redirect_target(text), text);
  for (const char* text : {"", "a", "//a", "/\\a", "https://", "ftp://a", "/a b", "/a\r\nb"}) {
    CHECK_MESSAGE(!is_redirect_target(text), text);
  }
  CHECK(is_path_below("a/b.html"));
  CHECK_FALSE(is_path_below("a/../../b"));
}
