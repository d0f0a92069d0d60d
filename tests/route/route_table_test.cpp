#include "router/route/route_table.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

TEST_CASE("routes: the best claim wins: host first, then the longest path on segment boundaries") {
  RouteTable table;
  std::map<PoolId, std::string> names{{kOpenPool, "open"}};
  const std::vector<RouteClaim> claims{{"", "/api"},
                                       {"", "/api/v2"},
                                       {"a.example.com", "/"},
                                       {"a.example.com", "/api"},
                                       {"b.example.com", "/only"},
                                       {"*.example.com", "/wild"},
                                       {"*.deep.example.com", "/"},
                                       {"[::1]", "/six"},
                                       {"", "/slash/"}};
  for (const RouteClaim& claim : claims) names[table.add(1, claim)] = claim.host + claim.path;

  struct Case {
    const char *authority, *path, *expected;
  };
  const std::vector<Case> cases{
      {"x", "/", "open"},
      {"x", "/api", "/api"},
      {"x", "/api/", "/api"},
      {"x", "/api?q=/api/v2", "/api"},
      {"x", "/api/v1/users", "/api"},
      {"x", "/api/v2", "/api/v2"},
      {"x", "/api/v2/users/1", "/api/v2"},
      {"x", "/api/v22", "/api"},
      {"x", "/apis", "open"},
      {"x", "/ap", "open"},
      {"x", "/API", "open"},  // paths have case
      {"x", "*", "open"},
      {"x", "", "open"},
      {"", "/api", "/api"},
      {"a.example.com", "/", "a.example.com/"},
      {"a.example.com", "*", "a.example.com/"},
      {"A.Example.COM:8443", "/anything", "a.example.com/"},
      {"a.example.com.", "/anything", "a.example.com/"},
      {"a.example.com", "/api/v2", "a.example.com/api"},  // exact host beats the longer path of any host
      {"b.example.com", "/only/x", "b.example.com/only"},
      {"b.example.com", "/wild", "*.example.com/wild"},  // the exact host has nothing here
      {"b.example.com", "/api", "/api"},
      {"b.example.com", "/other", "open"},
      {"c.d.example.com", "/wild/1", "*.example.com/wild"},
      {"x.deep.example.com", "/wild", "*.deep.example.com/"},  // the longer wildcard first
      {"example.com", "/wild", "open"},                        // a wildcard is names below
      {".example.com", "/wild", "open"},
      {"notexample.com", "/wild", "open"},
      {"[::1]:9000", "/six", "[::1]/six"},
      {"[::2]:9000", "/six", "open"},
      {"x", "/slash", "/slash/"},
      {"x", "/slash/x", "/slash/"},
      {"x", "/slashx", "open"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.authority);
    CAPTURE(one.path);
    CHECK(names.at(table.match(one.authority, one.path)) == one.expected);
  }
  CHECK(table.match(std::string(300, 'a') + ".example.com", "/wild") == kOpenPool);
  CHECK(names.at(table.match("x", "/api/" + std::string(60'000, '/'))) == "/api");
}

TEST_CASE("routes: one claim of many members is one pool") {
  RouteTable table;
  const PoolId pool = table.add(1, {"Example.com:80", "/x/"});
  CHECK(table.add(2, {"example.com", "/x"}) == pool);
  CHECK(table.add(2, {"example.com", "/x"}) == pool);
  CHECK(table.members(pool) == std::vector<MemberId>{1, 2});
  CHECK(table.pool_count() == 1);
}

TEST_CASE("routes: everything on every host is the open pool") {
  RouteTable table;
  CHECK(table.add(1, {"", "/"}) == kOpenPool);
  CHECK(table.members(kOpenPool) == std::vector<MemberId>{1});
  CHECK(table.remove(1) == std::vector<PoolId>{kOpenPool});
  table.drop(kOpenPool);
  CHECK(table.match("x", "/") == kOpenPool);
}

TEST_CASE("routes: a member that leaves is out of all its pools") {
  RouteTable table;
  const PoolId shared = table.add(1, {"", "/shared"});
  const PoolId alone = table.add(1, {"h", "/alone"});
  table.add(2, {"", "/shared"});
  CHECK(table.remove(1) == std::vector<PoolId>{alone});
  CHECK(table.members(shared) == std::vector<MemberId>{2});
  CHECK(table.remove(1).empty());
}

TEST_CASE("routes: an empty pool matches until it is dropped, one with members is not dropped") {
  RouteTable table;
  const PoolId pool = table.add(1, {"h", "/x"});
  table.drop(pool);
  CHECK(table.match("h", "/x") == pool);
  CHECK(table.remove(1) == std::vector<PoolId>{pool});
  CHECK(table.match("h", "/x") == pool);
  CHECK(table.add(3, {"h", "/x"}) == pool);
  CHECK(table.remove(3) == std::vector<PoolId>{pool});
  table.drop(pool);
  CHECK(table.match("h", "/x") == kOpenPool);
  CHECK(table.members(pool).empty());
  CHECK(table.add(4, {"h", "/x"}) != pool);
  table.drop(pool);
}
