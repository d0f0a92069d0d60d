#include "router/fabric/zmq_context.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// Of ZeroMQ's I/O thread when it says its name, which it does last; -1 while there is none.
int policy_of_io_thread() {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(thread.path() / "comm");
    std::string name;
    if (std::getline(file, name) && name.find("/IO/") != std::string::npos)
      return ::sched_getscheduler(std::stoi(thread.path().filename()));
  }
  return -1;
}

// Of the I/O thread of a context that a thread of `policy` makes.
int io_policy(int policy) {
  int found = -1;
  std::thread loop([&] {
    const sched_param priority{};
    CHECK(::sched_setscheduler(0, policy, &priority) == 0);
    zmq::context_t context = make_zmq_context();
    CHECK(::sched_getscheduler(0) == policy);
    const zmq::socket_t socket(context, zmq::socket_type::pair);  // starts ZeroMQ's threads
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatience);
    while (found < 0 && std::chrono::steady_clock::now() < deadline) found = policy_of_io_thread();
  });
  loop.join();
  return found;
}

}  // namespace

TEST_CASE("the I/O thread does not take the core from the loop that wakes it") {
  CHECK(io_policy(SCHED_OTHER) == SCHED_BATCH);
}

TEST_CASE("a policy that the router was started with is kept") {
  CHECK(io_policy(SCHED_BATCH) == SCHED_BATCH);
  CHECK(io_policy(SCHED_IDLE) == SCHED_IDLE);
}
