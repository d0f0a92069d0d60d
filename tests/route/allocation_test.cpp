#include <doctest/doctest.h>

#include <memory>

#include "router/route/canonical_path.h"
#include "router/route/chooser.h"
#include "router/route/host_table.h"
#include "router/route/path_table.h"
#include "tests/support/counted_heap.h"

using namespace zeroway;

namespace {

template <class Work>
std::size_t allocations(Work work) {
  const std::size_t before = test::heap.allocations;
  work();
  return test::heap.allocations - before;
}

}  // namespace

TEST_CASE("allocations: the heap is counted") {
  std::unique_ptr<int> kept;  // a compiler may leave out memory that nobody sees
  CHECK(allocations([&] { kept = std::make_unique<int>(1); }) == 1);
}

TEST_CASE("allocations: a canonical path and a cut prefix take none") {
  std::string storage;
  CHECK(allocations([&] {
          const auto path = canonical_path("/api/a/path/that/is/longer/than/any/small/string?x=%2f", storage);
          (void)strip_prefix(*path, "/api/", storage);
        }) == 0);
}

TEST_CASE("allocations: looking up a host and a path takes none") {
  HostTable<int> hosts;
  hosts.add("*.a.name.longer.than.a.small.string.example.com", 1);
  PathTable<int> paths;
  paths.add_prefix("/a/prefix/longer/than/a/small/string", {"GET"}, 1);
  bool is_found = false;
  CHECK(allocations([&] {
          is_found = hosts.find("X.a.name.longer.than.a.small.string.EXAMPLE.com:8080") != nullptr &&
                     paths.find("/a/prefix/longer/than/a/small/string/and/more", "HEAD").value != nullptr &&
                     paths.find("/a/prefix/longer/than/a/small/string/and/more", "PUT").is_wrong_method();
        }) == 0);
  CHECK(is_found);
}

TEST_CASE("allocations: choosing a member takes none, whatever the method") {
  for (const BalanceMethod method :
       {BalanceMethod::round_robin, BalanceMethod::weighted, BalanceMethod::least_connections,
        BalanceMethod::random_two, BalanceMethod::ip_hash, BalanceMethod::hash, BalanceMethod::first}) {
    auto pool = Chooser::make(method, {{"a", 2}, {"b"}, {"c"}}).value();
    CHECK(allocations([&] {
            for (int i = 0; i < 10; ++i) (void)pool->place("key", [](std::size_t member) { return member != 0; });
          }) == 0);
  }
}
