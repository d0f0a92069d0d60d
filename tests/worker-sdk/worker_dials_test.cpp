// How a worker comes to its routers, and comes back. Calls that it must not make, or not at any time, go through here.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "tests/worker-sdk/engines.h"
#include "tests/worker-sdk/fake_router.h"
#include "tests/worker-sdk/running_worker.h"

using namespace zeroway;

namespace {

std::atomic<int> lookups{0};  // of names, by any thread of this process

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_address(const char* host) {
  in6_addr bytes{};
  return host == nullptr || inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1;
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  if (!is_address(host)) ++lookups;
  return real<decltype(getaddrinfo)>("getaddrinfo")(host, service, hints, found);
}

TEST_CASE("dials: a router by name is found without getaddrinfo, which waits for name servers") {
  const Engine engine = each_engine();
  const std::string port = std::to_string(free_port_pair());
  lookups = 0;
  RunningWorker worker(engine, {"tcp://localhost:" + port});
  for (int life = 0; life < 3; ++life) {
    FakeRouter router("tcp://127.0.0.1:" + port);
    REQUIRE(router.greets());
    MessageWriter message = opening(1, "/held");
    router.deal(message);
    REQUIRE(router.receive() == "1:1 0:1");
  }
  CHECK(lookups.load() == 0);
}

TEST_CASE("dials: each connection to steer has a routing id of its own") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  std::string first;
  {
    FakeRouter router(folder.endpoint());
    REQUIRE(router.greets());
    first = router.worker();
  }
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  CHECK(router.worker().starts_with("test#"));
  CHECK(router.worker() != first);
}

TEST_CASE("dials: a router under two addresses is dealt to by one, and the other is dialled when that breaks") {
  const Engine engine = each_engine();
  const FabricFolder first, second;
  auto kept = std::make_unique<FakeRouter>(first.endpoint(), "router#1");
  FakeRouter other(second.endpoint(), "router#1");
  RunningWorker worker(engine, {first.endpoint(), second.endpoint()});
  // Which of the two is welcome first the test decides: it answers HELLO.
  REQUIRE(kept->greets());
  REQUIRE(kept->has_somebody_to_deal_to(kPatience));
  REQUIRE(other.greets());
  CHECK(other.receive() == "7:0");
  CHECK_FALSE(other.has_somebody_to_deal_to(200));
  MessageWriter message;
  message.goaway(0, ResetCode::no_error, "");
  other.steer(message);
  message = opening(1, "/");
  kept->deal(message);
  CHECK(kept->receive() == "1:1 0:1");
  kept.reset();
  REQUIRE(other.greets());
  message = opening(1, "/");
  other.deal(message);
  CHECK(other.receive() == "1:1 0:1");
}
