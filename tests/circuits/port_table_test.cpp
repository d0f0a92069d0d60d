#include "router/circuits/port_table.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace zeroway;

namespace {

bool any(std::uint16_t) { return true; }

std::string path_number(int number) { return "/s" + std::to_string(number) + "/a"; }

}  // namespace

TEST_CASE("port table: each circuit has a port of its own, until there is none") {
  PortTable table({100, 109});
  std::set<std::uint16_t> ports;
  for (int number = 0; number < 10; ++number) {
    const std::uint16_t port = table.take(path_number(number), 0, any);
    CHECK(table.range().contains(port));
    CHECK(ports.insert(port).second);
    CHECK(table.port_of(path_number(number)) == port);
    CHECK(table.path_of(port) == path_number(number));
  }
  CHECK(table.used() == 10);
  CHECK(table.take("/one/more", 0, any) == 0);
  CHECK(table.port_of("/one/more") == 0);
  table.give_back(path_number(3));
  CHECK(table.take("/one/more", 0, any) != 0);
  CHECK(table.port_of(path_number(3)) == 0);
}

TEST_CASE("port table: the path says which port it is, in every process") {
  PortTable one({20'000, 29'999});
  PortTable other({20'000, 29'999});
  static_cast<void>(one.take("/s1/jupyter", 0, any));
  CHECK(other.take("/s2/ssh", 0, any) == one.take("/s2/ssh", 0, any));
  CHECK(other.take("/s1/jupyter", 0, any) == one.port_of("/s1/jupyter"));
  one.give_back("/s1/jupyter");
  CHECK(one.take("/s1/jupyter", 0, any) == other.port_of("/s1/jupyter"));
}

TEST_CASE("port table: a port that cannot be bound is passed over") {
  PortTable table({100, 104});
  std::vector<std::uint16_t> tried;
  const std::uint16_t port = table.take("/s/a", 0, [&](std::uint16_t one) {
    tried.push_back(one);
    return tried.size() == 5;
  });
  CHECK(tried.size() == 5);
  CHECK(port == tried.back());
  CHECK(std::set<std::uint16_t>(tried.begin(), tried.end()).size() == 5);
  CHECK(table.take("/s/b", 0, [](std::uint16_t) { return false; }) == 0);
  CHECK(table.used() == 1);
}

TEST_CASE("port table: a port that is asked for, or none") {
  PortTable table({100, 104});
  CHECK(table.take("/s/a", 103, any) == 103);
  CHECK(table.take("/s/b", 103, any) == 0);  // taken
  CHECK(table.take("/s/b", 99, any) == 0);   // of no range
  CHECK(table.take("/s/b", 104, [](std::uint16_t) { return false; }) == 0);
  CHECK(table.take("/s/a", 101, any) == 101);  // gives the other one back
  CHECK(table.path_of(103).empty());
  CHECK(table.used() == 1);
}
