#include "router/exchange/max_forwards.h"

#include <doctest/doctest.h>

#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

Head request(std::string_view method, std::initializer_list<Field> more) {
  Head head{{":method", method}, {":scheme", "http"}, {":authority", "a.test"}, {":path", "/x?y"}};
  for (const Field& field : more) head.add(field.name, field.value);
  return head;
}

// What the client and the worker heard of a request with these fields.
std::string heard_of(Script& script, Head head) {
  script.begin().exchanges.from_client(script.key)->head(head, Last::yes);
  return script.heard();
}

}  // namespace

TEST_CASE("max-forwards: OPTIONS and TRACE are counted down by one (RFC 9110 §7.6.2)") {
  struct Case {
    const char* value;
    const char* passed_on;
  };
  for (const char* method : {"OPTIONS", "TRACE"}) {
    for (const Case& one :
         {Case{"1", "0"}, {"5", "4"}, {"0010", "9"}, {"18446744073709551615", "18446744073709551614"}}) {
      CAPTURE(one.value);
      Head head = request(method, {{"max-forwards", one.value}});
      CHECK(count_forwarding(head) == Forwarding::allowed);
      CHECK(head.find("max-forwards") == one.passed_on);
    }
  }
}

TEST_CASE("max-forwards: 0 is the end, and what is no number is refused") {
  Head last = request("OPTIONS", {{"max-forwards", "0"}});
  CHECK(count_forwarding(last) == Forwarding::used_up);
  Head zeros = request("TRACE", {{"max-forwards", "000"}});
  CHECK(count_forwarding(zeros) == Forwarding::used_up);
  for (const char* value : {"", "-1", "+1", "1, 0", "0x1", "1 ", "18446744073709551616"}) {
    CAPTURE(value);
    Head head = request("OPTIONS", {{"max-forwards", value}});
    CHECK(count_forwarding(head) == Forwarding::unclear);
  }
  Head twice = request("TRACE", {{"max-forwards", "1"}, {"max-forwards", "0"}});
  CHECK(count_forwarding(twice) == Forwarding::unclear);
}

TEST_CASE("max-forwards: of other methods it passes as it is") {
  for (const char* method : {"GET", "POST", "options", "M-SEARCH"}) {
    Head head = request(method, {{"max-forwards", "0"}});
    CHECK(count_forwarding(head) == Forwarding::allowed);
    CHECK(head.find("max-forwards") == "0");
  }
}

TEST_CASE("max-forwards: the router answers OPTIONS itself, and no worker hears of it") {
  Script s;
  CHECK(heard_of(s, request("OPTIONS", {{"max-forwards", "0"}})) == "c head 200 last · c end");
  CHECK(s.is_over());
  CHECK(s.client.seen.find("content-length") == "0");
  CHECK(s.client.seen.find("allow").value_or("").starts_with("GET, HEAD"));
  CHECK(s.client.seen.has("date"));
  CHECK(s.counters.replies_2xx == 1);
  CHECK(s.backend.streams == 0);
}

TEST_CASE("max-forwards: TRACE gets back what it sent, without secrets (RFC 9110 §9.3.8)") {
  Script s;
  heard_of(s, request("TRACE", {{"max-forwards", "0"},
                                {"via", "1.1 edge"},
                                {"authorization", "Basic x"},
                                {"proxy-authorization", "Basic x"},
                                {"cookie", "sid=1"},
                                {"x-api-key", "1"},
                                {"x-csrf-token", "1"}}));
  CHECK(s.is_over());
  CHECK(s.client.seen.status() == 200);
  CHECK(s.client.seen.find("content-type") == "message/http");
  CHECK(s.client.body == "TRACE /x?y HTTP/1.1\r\nhost: a.test\r\nmax-forwards: 0\r\nvia: 1.1 edge\r\n\r\n");
  CHECK(s.client.seen.find("content-length") == std::to_string(s.client.body.size()));
  CHECK(s.backend.streams == 0);
}

TEST_CASE("max-forwards: what is no number is answered with 400") {
  Script s;
  CHECK(heard_of(s, request("TRACE", {{"max-forwards", "x"}})).starts_with("c head 400"));
  CHECK(s.is_over());
  CHECK(s.backend.streams == 0);
}

TEST_CASE("max-forwards: the worker gets one less") {
  Script s;
  CHECK(heard_of(s, request("OPTIONS", {{"max-forwards", "3"}})) == "b1 open OPTIONS /x?y last · b1 end");
  CHECK(s.backend.seen.find("max-forwards") == "2");
}
