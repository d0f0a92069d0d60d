#include "router/exchange/client_address.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("client address: the last one that is not a trusted proxy's, whatever stands before it") {
  TrustedNetworks trusted;
  for (const char* network : {"10.0.0.0/8", "fd00::/8"}) REQUIRE(trusted.add(network).has_value());
  struct Case {
    const char* peer;
    const char* listed;     // x-forwarded-for
    const char* forwarded;  // RFC 7239
    const char* client;
  };
  for (const Case& one : {
           Case{"192.0.2.1", "203.0.113.9", "for=203.0.113.9", "192.0.2.1"},  // nobody trusts it
           Case{"10.0.0.1", "", "", "10.0.0.1"},
           Case{"10.0.0.1", "203.0.113.9", "", "203.0.113.9"},
           Case{"10.0.0.1", "1.1.1.1, 203.0.113.9", "", "203.0.113.9"},  // the client invented 1.1.1.1
           Case{"10.0.0.1", "1.1.1.1,203.0.113.9 ,\t10.2.0.1, 10.0.0.1", "", "203.0.113.9"},
           Case{"10.0.0.1", "10.3.0.1, 10.2.0.1", "", "10.3.0.1"},  // an inner client
           Case{"10.0.0.1", "2001:db8::1", "", "2001:db8::1"},
           Case{"fd00::1", "[2001:db8::1]:4711", "", "2001:db8::1"},
           Case{"10.0.0.1", "203.0.113.9:80", "", "203.0.113.9"},
           Case{"10.0.0.1", "unknown, 10.2.0.1", "", "10.2.0.1"},
           Case{"10.0.0.1", "203.0.113.9, evil\"\n, 10.2.0.1", "", "10.2.0.1"},
           Case{"10.0.0.1", "203.0.113.9, ", "", "10.0.0.1"},
           Case{"10.0.0.1", "[", "", "10.0.0.1"},
           Case{"10.0.0.1", "[]", "", "10.0.0.1"},
           Case{"10.0.0.1", "\"", "", "10.0.0.1"},
           Case{"10.0.0.1", "", "for=203.0.113.9", "203.0.113.9"},
           Case{"10.0.0.1", "10.0.0.1", "For=\"[2001:db8::1]:80\";proto=http, by=x;for=10.2.0.1", "2001:db8::1"},
           Case{"10.0.0.1", "", "for=1.1.1.1, host=\"a, for=2.2.2.2\\\", b\";for=203.0.113.9", "203.0.113.9"},
           Case{"10.0.0.1", "", "for=203.0.113.9, proto=http", "10.0.0.1"},
           Case{"10.0.0.1", "", "for=_hidden", "10.0.0.1"},
           Case{"10.0.0.1", "", "for=\"x, for=203.0.113.9", "203.0.113.9"},  // the client left a quote open
           Case{"10.0.0.1", "", "for=\"x, for=\"[2001:db8::1]\"", "2001:db8::1"},
           Case{"10.0.0.1", "", "for=\"x\\, for=203.0.113.9", "203.0.113.9"},
           Case{"10.0.0.1", "x\", 203.0.113.9", "", "203.0.113.9"},
           Case{"10.0.0.1", "", "for", "10.0.0.1"},
           Case{"10.0.0.1", "", "host=\"", "10.0.0.1"},
           Case{"10.0.0.1", "203.0.113.9", "for=1.1.1.1", "203.0.113.9"},
       }) {
    CAPTURE(one.peer);
    CAPTURE(one.listed);
    CAPTURE(one.forwarded);
    Head head;
    if (*one.listed != 0) head.add("x-forwarded-for", one.listed);
    if (*one.forwarded != 0) head.add("forwarded", one.forwarded);
    CHECK(client_address(head, one.peer, trusted) == one.client);
  }
}

TEST_CASE("client address: fields that come twice are one list") {
  TrustedNetworks trusted;
  REQUIRE(trusted.add("10.0.0.0/8").has_value());
  const Head head{{"x-forwarded-for", "1.1.1.1, 203.0.113.9"}, {"a", "b"}, {"x-forwarded-for", "10.2.0.1"}};
  CHECK(client_address(head, "10.0.0.1", trusted) == "203.0.113.9");
}

TEST_CASE("client address: whether the client came by https is the word of the first proxy") {
  struct Case {
    const char* listed;     // x-forwarded-proto
    const char* forwarded;  // RFC 7239
    bool is_https;
  };
  for (const Case& one :
       {Case{"https", "", true}, Case{"HTTPS", "", true}, Case{"http", "", false}, Case{"https, http", "", true},
        Case{"http, https", "", false}, Case{"httpsx", "", false}, Case{"", "for=1.1.1.1;proto=https", true},
        Case{"", "proto=\"https\", proto=http", true}, Case{"", "proto=http, proto=https", false},
        Case{"", "for=\"proto=https\"", false}, Case{"http", "proto=https", false}, Case{"", "", false}}) {
    Head head;
    if (*one.listed != '\0') head.add("x-forwarded-proto", one.listed);
    if (*one.forwarded != '\0') head.add("forwarded", one.forwarded);
    CAPTURE(one.listed);
    CAPTURE(one.forwarded);
    CHECK(came_by_https(head) == one.is_https);
  }
}
