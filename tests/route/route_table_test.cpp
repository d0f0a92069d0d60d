#include "router/route/route_table.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

namespace {

PoolId one_pool(RouteTable& table, MemberId member, const RouteClaim& claim) {
  const std::vector<PoolId> pools = table.add(member, claim);
  REQUIRE(pools.size() == 1);
  return pools.front();
}

// Whose it is: each worker serves something else, and members are their names.
std::string owners(const RouteTable& table, const std::string& path) {
  std::string names;
  for (const MemberId member : table.members(table.match("h", path))) names += static_cast<char>(member);
  return names;
}

}  // namespace

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
  for (const RouteClaim& claim : claims)
    for (const PoolId pool : table.add(1, claim)) names[pool] = claim.host + claim.path;

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
  const std::vector<PoolId> pools = table.add(1, {"Example.com:80", "/x/"});
  CHECK(table.add(2, {"example.com", "/x"}) == pools);
  CHECK(table.add(2, {"example.com", "/x"}) == pools);
  for (const PoolId pool : pools) CHECK(table.members(pool) == std::vector<MemberId>{1, 2});
  CHECK(table.pool_count() == 2);  // "/x" and what is below it
}

TEST_CASE("routes: everything on every host is the open pool") {
  RouteTable table;
  CHECK(table.add(1, {"", "/"}) == std::vector<PoolId>{kOpenPool});
  CHECK(table.members(kOpenPool) == std::vector<MemberId>{1});
  CHECK(table.remove(1) == std::vector<PoolId>{kOpenPool});
  table.drop(kOpenPool);
  CHECK(table.match("x", "/") == kOpenPool);
}

TEST_CASE("routes: a member that leaves is out of all its pools") {
  RouteTable table;
  const PoolId shared = one_pool(table, 1, {"", "/shared", PathMatch::exact});
  const PoolId alone = one_pool(table, 1, {"h", "/alone", PathMatch::below});
  table.add(2, {"", "/shared"});
  CHECK(table.remove(1) == std::vector<PoolId>{alone});
  CHECK(table.members(shared) == std::vector<MemberId>{2});
  CHECK(table.remove(1).empty());
}

TEST_CASE("routes: an empty pool matches until it is dropped, one with members is not dropped") {
  RouteTable table;
  const RouteClaim claim{"h", "/x", PathMatch::exact};
  const PoolId pool = one_pool(table, 1, claim);
  table.drop(pool);
  CHECK(table.match("h", "/x") == pool);
  CHECK(table.remove(1) == std::vector<PoolId>{pool});
  CHECK(table.match("h", "/x") == pool);
  CHECK(one_pool(table, 3, claim) == pool);
  CHECK(table.remove(3) == std::vector<PoolId>{pool});
  table.drop(pool);
  CHECK(table.match("h", "/x") == kOpenPool);
  CHECK(table.members(pool).empty());
  CHECK(one_pool(table, 4, claim) != pool);
  table.drop(pool);
}

TEST_CASE("routes: an exact path, what is below a path, and both: each is shared by all that claim it, and no others") {
  RouteTable table;
  table.add('e', {"", "/users", PathMatch::exact});
  table.add('b', {"", "/users", PathMatch::below});
  table.add('p', {"", "/users"});
  table.add('r', {"", "/", PathMatch::exact});
  table.add('s', {"", "/users/", PathMatch::exact});
  CHECK(owners(table, "/users") == "ep");
  CHECK(owners(table, "/users?id=7") == "ep");
  CHECK(owners(table, "/users/") == "s");
  CHECK(owners(table, "/users/7") == "bp");
  CHECK(owners(table, "/users/7/mail") == "bp");
  CHECK(owners(table, "/userss") == "");
  CHECK(owners(table, "/") == "r");
  CHECK(owners(table, "/?q") == "r");
  CHECK(owners(table, "*") == "");
  CHECK(owners(table, "/x") == "");
  table.add('o', {"", "/"});
  CHECK(owners(table, "/x") == "o");
  CHECK(owners(table, "/") == "r");  // the closer one
  for (const PoolId empty : table.remove('b')) table.drop(empty);
  CHECK(owners(table, "/users/7") == "p");
  for (const PoolId empty : table.remove('p')) table.drop(empty);
  CHECK(owners(table, "/users/7") == "o");
  CHECK(owners(table, "/users") == "e");
}
