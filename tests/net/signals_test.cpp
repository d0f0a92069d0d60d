#include "router/net/signals.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace zeroway;

TEST_CASE("signals: none interrupts a call, each is told on the loop") {
  Loop loop;
  std::vector<int> told;
  const Signals signals(loop, {SIGUSR1, SIGHUP}, [&](int number) {
    told.push_back(number);
    if (told.size() == 2) loop.stop();
  });
  std::atomic<bool> is_over = false;
  std::thread sender([&is_over] {
    while (!is_over) {
      ::kill(::getpid(), SIGUSR1);
      std::this_thread::yield();
    }
  });
  for (int call = 0; call < 20; ++call) CHECK(::poll(nullptr, 0, 10) == 0);
  is_over = true;
  sender.join();
  ::kill(::getpid(), SIGHUP);
  loop.run();
  CHECK(told == std::vector{SIGHUP, SIGUSR1});  // of those that wait, the one with the lowest number comes first
}

TEST_CASE("signals: they are blocked only while it is there") {
  const auto is_blocked = [] {
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return ::sigismember(&now, SIGUSR1) == 1;
  };
  Loop loop;
  {
    const Signals signals(loop, {SIGUSR1}, [](int) {});
    CHECK(is_blocked());
  }
  CHECK_FALSE(is_blocked());
}
