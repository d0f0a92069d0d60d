#include "router/net/loop.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

struct Pair {
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0); }
  ~Pair() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  int ends[2];
};

struct Ear : Watcher {
  void ready(bool readable, bool writable) override {
    if (on_ready) on_ready(readable, writable);
  }
  void hung_up() override { ++hang_ups; }
  std::function<void(bool, bool)> on_ready;
  int hang_ups = 0;
};

struct End : TurnEnd {
  void turn_end() override { on_end(); }
  std::function<void()> on_end;
};

}  // namespace

TEST_CASE("loop: a readable descriptor is told again until it was read") {
  Loop loop;
  Pair pair;
  Ear ear;
  int told = 0;
  ear.on_ready = [&](bool readable, bool) {
    CHECK(readable);
    if (++told < 3) return;
    loop.forget(pair.ends[0]);
    loop.stop();
  };
  loop.watch(pair.ends[0], ear, true, false);
  REQUIRE(::write(pair.ends[1], "x", 1) == 1);
  loop.run();
  CHECK(told == 3);
}

TEST_CASE("loop: forget in a turn drops readiness collected in that turn") {
  Loop loop;
  Pair one;
  Pair two;
  Ear ears[2];
  int told = 0;
  for (Ear& ear : ears) {
    ear.on_ready = [&](bool, bool) {
      ++told;
      loop.forget(one.ends[0]);
      loop.forget(two.ends[0]);
      loop.stop();
    };
  }
  loop.watch(one.ends[0], ears[0], true, false);
  loop.watch(two.ends[0], ears[1], true, false);
  REQUIRE(::write(one.ends[1], "x", 1) == 1);
  REQUIRE(::write(two.ends[1], "x", 1) == 1);
  loop.run();
  CHECK(told == 1);
}

TEST_CASE("loop: a hang-up is told without any wish to read") {
  Loop loop;
  Pair pair;
  Ear ear;
  ear.on_ready = [&](bool, bool) {
    loop.forget(pair.ends[0]);
    loop.stop();
  };
  loop.watch(pair.ends[0], ear, false, false, true);
  ::close(pair.ends[1]);
  pair.ends[1] = -1;
  loop.run();
  CHECK(ear.hang_ups == 1);
}

TEST_CASE("loop: turn ends come after a post, a timer and a ready socket, before the loop sleeps") {
  Loop loop;
  Pair pair;
  Ear ear;
  End end;
  std::string told;
  Timer timer(loop, [&] {
    told += "timer ";
    loop.at_turn_end(end);
  });
  ear.on_ready = [&](bool, bool) {
    char byte;
    CHECK(::read(pair.ends[0], &byte, 1) == 1);
    told += "socket ";
    loop.at_turn_end(end);
  };
  int ends = 0;
  end.on_end = [&] {
    told += "end ";
    if (++ends == 1) timer.set(1ms);
    if (ends == 2) CHECK(::write(pair.ends[1], "x", 1) == 1);
    if (ends == 3) loop.stop();
  };
  loop.watch(pair.ends[0], ear, true, false);
  loop.post([&] {
    told += "post ";
    loop.at_turn_end(end);
    loop.at_turn_end(end);
  });
  loop.run();
  loop.forget(pair.ends[0]);
  CHECK(told == "post end timer end socket end ");
}

TEST_CASE("loop: a turn end asked inside a turn end is told in the same turn, a forgotten one never") {
  Loop loop;
  End first;
  End second;
  End never;
  std::string told;
  first.on_end = [&] {
    told += "first ";
    loop.at_turn_end(second);
    loop.forget_turn_end(never);
  };
  second.on_end = [&] {
    told += "second ";
    loop.stop();
  };
  never.on_end = [&] { told += "never "; };
  loop.post([&] {
    loop.at_turn_end(first);
    loop.at_turn_end(never);
  });
  loop.run();
  CHECK(told == "first second ");
}

TEST_CASE("loop: what another thread posted before stop runs, in order") {
  Loop loop;
  std::string told;
  std::thread other([&] {
    loop.post([&] { told += 'a'; });
    loop.post([&] { told += 'b'; });
    loop.stop();
  });
  loop.run();
  other.join();
  CHECK(told == "ab");
}

TEST_CASE("loop: timers ring in the order of their times, a cleared one never") {
  Loop loop;
  std::string told;
  Timer late(loop, [&] {
    told += "late ";
    loop.stop();
  });
  Timer early(loop, [&] { told += "early "; });
  Timer cleared(loop, [&] { told += "cleared "; });
  late.set(60ms);
  early.set(10ms);
  cleared.set(20ms);
  cleared.clear();
  CHECK_FALSE(cleared.is_set());
  const Time begin = loop.now();
  loop.run();
  CHECK(told == "early late ");
  CHECK(loop.now() - begin >= 60ms);
}
