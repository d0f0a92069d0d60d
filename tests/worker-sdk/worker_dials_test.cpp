// How a worker comes to its routers, and comes back. Calls that it must not make, or not at any time, go through here.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "tests/worker-sdk/fake_router.h"
#include "tests/worker-sdk/running_worker.h"

using namespace zeroway;

namespace {

thread_local bool is_loop = false;  // on the worker's own thread, once it was asked for /held
std::atomic<int> lookups{0};        // of names, by the worker's own thread

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  const bool is_name = hints == nullptr || (hints->ai_flags & AI_NUMERICHOST) == 0;
  if (is_loop && is_name) ++lookups;
  return real<decltype(getaddrinfo)>("getaddrinfo")(host, service, hints, found);
}

TEST_CASE("dials: the loop of a worker that comes back to a router by name looks no name up") {
  const std::string port = std::to_string(free_port_pair());
  RunningWorker worker({"tcp://localhost:" + port}, [] { is_loop = true; });
  lookups = 0;
  for (int life = 0; life < 3; ++life) {
    FakeRouter router("tcp://127.0.0.1:" + port);
    REQUIRE(router.greets());
    MessageWriter message = opening(1, "/held");
    router.deal(message);
    REQUIRE(router.receive() == "1:1 0:1");
  }
  CHECK(lookups.load() == 0);
}
