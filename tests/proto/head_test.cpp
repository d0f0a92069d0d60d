#include "proto/head.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string as_text(const Head& head) {
  std::string out;
  for (const Field field : head) out.append(field.name).append("=").append(field.value).append(" ");
  return out;
}

}  // namespace

TEST_CASE("head: fields keep their order and their repeats") {
  const Head head{{"b", "1"}, {"a", "2"}, {"b", "3"}};
  CHECK(as_text(head) == "b=1 a=2 b=3 ");
  CHECK(head.size() == 3);
  CHECK(head.count("b") == 2);
  CHECK(head.count("c") == 0);
}

TEST_CASE("head: find gives the first of a name, or nothing") {
  const Head head{{"a", "1"}, {"a", "2"}, {"empty", ""}};
  CHECK(head.find("a") == "1");
  CHECK(head.find("empty") == "");
  CHECK_FALSE(head.find("b").has_value());
  CHECK_FALSE(head.has("A"));
}

TEST_CASE("head: set replaces all of a name by one in the place of the first") {
  Head head{{"x", "0"}, {"a", "1"}, {"y", "0"}, {"a", "2"}, {"z", "0"}, {"a", "3"}};
  head.set("a", "new");
  CHECK(as_text(head) == "x=0 a=new y=0 z=0 ");
}

TEST_CASE("head: set adds at the end what is not there") {
  Head head{{"x", "0"}};
  head.set("a", "1");
  CHECK(as_text(head) == "x=0 a=1 ");
  Head empty;
  empty.set("a", "1");
  CHECK(as_text(empty) == "a=1 ");
}

TEST_CASE("head: set takes a value out of the same head") {
  Head head{{":authority", "a.example"}, {"host", "b"}};
  for (int i = 0; i < 100; ++i) head.set("host", head.authority());
  CHECK(as_text(head) == ":authority=a.example host=a.example ");
}

TEST_CASE("head: add takes name and value out of the same head") {
  Head head{{"name", "value"}};
  for (int i = 0; i < 100; ++i) head.add(head[0].name, head[0].value);
  CHECK(head.count("name") == 101);
  CHECK(head[100].value == "value");
}

TEST_CASE("head: remove takes every field of a name and says how many") {
  Head head{{"a", "1"}, {"b", "2"}, {"a", "3"}};
  CHECK(head.remove("a") == 2);
  CHECK(head.remove("a") == 0);
  CHECK(as_text(head) == "b=2 ");
}

TEST_CASE("head: remove takes its name out of the same head") {
  Head head{{"a", "1"}, {"b", "2"}, {"a", "3"}};
  CHECK(head.remove(head[0].name) == 2);
  CHECK(as_text(head) == "b=2 ");
}

TEST_CASE("head: the list size is name, value and 32 for each field (RFC 9113 §6.5.2), without what went") {
  Head head;
  CHECK(head.list_size() == 0);
  head.add("name", "value");
  CHECK(head.list_size() == 41);
  head.add("a", "");
  CHECK(head.list_size() == 41 + 33);
  head.set("name", "v");
  CHECK(head.list_size() == 37 + 33);
  head.add("name", "vv");
  head.set("name", "");
  CHECK(head.list_size() == 36 + 33);
  CHECK(head.remove("a") == 1);
  CHECK(head.list_size() == 36);
  head.clear();
  CHECK(head.list_size() == 0);
  CHECK(head.is_empty());
}

TEST_CASE("head: pseudo-fields have readers, empty when absent") {
  const Head head{{":method", "GET"}, {":authority", "a"}, {":path", "/x"}};
  CHECK(head.method() == "GET");
  CHECK(head.authority() == "a");
  CHECK(head.path() == "/x");
  CHECK(Head().method().empty());
  CHECK(Head().authority().empty());
  CHECK(Head().path().empty());
}

TEST_CASE("head: a status is three digits from 100, or 0") {
  CHECK(Head{{":status", "100"}}.status() == 100);
  CHECK(Head{{":status", "999"}}.status() == 999);
  for (const char* wrong : {"", "99", "099", "000", "1000", "20", "2x0", "+20", " 20", "20 "}) {
    const Head head{{":status", wrong}};
    CHECK_MESSAGE(head.status() == 0, wrong);
  }
  CHECK(Head().status() == 0);
}

TEST_CASE("head: a copy has its own text") {
  Head head{{"a", "1"}};
  const Head copy = head;
  head.set("a", "2");
  CHECK(copy.find("a") == "1");
}
