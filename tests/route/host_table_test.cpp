#include "router/route/host_table.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

namespace {

using Hosts = HostTable<std::string>;

std::string found(const std::string* value) { return value == nullptr ? "-" : *value; }

// Each name has itself as its value.
Hosts hosts(std::initializer_list<const char*> names) {
  Hosts table;
  for (const char* name : names) CHECK(table.add(name, name).is_new);
  return table;
}

}  // namespace

TEST_CASE("hosts: exact beats wildcard, the longer wildcard beats the shorter, any beats the default") {
  const Hosts table = hosts({"*.example.com", "", "a.example.com", "*.b.example.com", "example.com"});
  struct Case {
    std::string authority, name;
  };
  const std::vector<Case> cases{
      {"a.example.com", "a.example.com"},
      {"example.com", "example.com"},
      {"x.example.com", "*.example.com"},
      {"x.y.example.com", "*.example.com"},
      {"b.example.com", "*.example.com"},
      {"x.b.example.com", "*.b.example.com"},
      {"x.y.b.example.com", "*.b.example.com"},
      {"x.a.example.com", "*.example.com"},
      {"badexample.com", ""},
      {"example.com.evil.test", ""},
      {".example.com", ""},  // a label must be there for the star
      {"", ""},
      {":80", ""},
      {"com", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.authority);
    CHECK(found(table.find(one.authority)) == one.name);
  }
}

TEST_CASE("hosts: case, the port and the root's dot make no difference, in the table and in the request") {
  const Hosts table = hosts({"WWW.Example.COM.:8443", "*.Shop.test"});
  for (const char* authority : {"www.example.com", "WWW.EXAMPLE.COM:80", "www.example.com.", "www.example.com.:1"}) {
    CHECK(found(table.find(authority)) == "WWW.Example.COM.:8443");
  }
  CHECK(found(table.find("A.SHOP.TEST.:8080")) == "*.Shop.test");
}

TEST_CASE("hosts: an IPv6 literal is cut after its bracket, not at its first colon") {
  const Hosts table = hosts({"[::1]", "2001:DB8::2", "*"});
  CHECK(found(table.find("[::1]")) == "[::1]");
  CHECK(found(table.find("[::1]:8080")) == "[::1]");
  CHECK(found(table.find("[::2]:8080")) == "*");
  CHECK(found(table.find("[2001:db8::2]:443")) == "2001:DB8::2");
  CHECK(found(table.find("[2001:db8::2")) == "*");
  CHECK(found(table.find("::1")) == "[::1]");
  CHECK(found(table.find("::1]")) == "*");
  CHECK(found(table.find("[")) == "*");
}

TEST_CASE("hosts: a second value for one name is reported, and the first stays") {
  Hosts table = hosts({"a.test", "*.a.test", ""});
  for (const char* again : {"a.test", "A.test:80", "a.test.", "*.A.test", "*", ""}) {
    CAPTURE(again);
    const auto added = table.add(again, "second");
    CHECK_FALSE(added.is_new);
    CHECK(added.value != "second");
  }
  CHECK(found(table.find("a.test")) == "a.test");
}

TEST_CASE("hosts: without a default, an unknown host has nothing") {
  const Hosts table = hosts({"a.test"});
  CHECK(table.find("b.test") == nullptr);
  CHECK(table.find_default() == nullptr);
  CHECK(hosts({""}).find_named("b.test") == nullptr);
  CHECK(found(hosts({""}).find("b.test")).empty());
  CHECK(Hosts().is_empty());
}

TEST_CASE("hosts: a name longer than any in the DNS is nobody's") {
  const Hosts table = hosts({"*.test", ""});
  CHECK(found(table.find(std::string(250, 'a') + ".test")) == "*.test");
  CHECK(found(table.find(std::string(251, 'a') + ".test")).empty());
  CHECK(found(table.find(std::string(100'000, ':'))).empty());
}
