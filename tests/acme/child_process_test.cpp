#include "router/acme/child_process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// Runs a script of the shell to its end.
struct Run {
  explicit Run(const std::string& script, std::chrono::milliseconds deadline = 60s,
               std::function<void(ChildProcess&)> meanwhile = {}) {
    Timer guard(loop, [this] { loop.stop(); });
    guard.set(120s);
    ChildProcess child(loop, [this](const ChildProcess::End& with) {
      end = with;
      loop.stop();
    });
    REQUIRE(child.start({{"/bin/sh", "-c", script}, {"ZEROWAY_TEST=here"}, deadline}).has_value());
    if (meanwhile) loop.post([&] { meanwhile(child); });
    loop.run();
    REQUIRE(end.has_value());
  }
  Loop loop{ManySends::Ring::never};
  std::optional<ChildProcess::End> end;
};

}  // namespace

TEST_CASE("child process: its words, its code, and an environment with ours") {
  const Run run("read nothing; echo $ZEROWAY_TEST $PATH >&2; exit 3");
  CHECK(run.end->code == 3);
  CHECK_FALSE(run.end->is_late);
  CHECK(run.end->last_words.starts_with("here /"));
}

TEST_CASE("child process: it has no descriptor of ours, and no signal blocked") {
  const int open_file = ::open("/dev/null", O_RDONLY);  // without close-on-exec
  REQUIRE(open_file > 2);
  const Run run("ls /proc/$$/fd; grep SigBlk /proc/self/status");
  ::close(open_file);
  CHECK(run.end->last_words.find("\n" + std::to_string(open_file) + "\n") == std::string::npos);
  CHECK(run.end->last_words.find("SigBlk:\t0000000000000000") != std::string::npos);
}

TEST_CASE("child process: a deadline ends it and what it started") {
  const Run run("sleep 1000 & echo $!; wait", 100ms);
  CHECK(run.end->is_late);
  CHECK(run.end->code == 128 + SIGTERM);
  const int started = std::stoi(run.end->last_words);
  // Its parent is gone: whoever inherits it may not have waited for it yet, but it runs no more. On a busy machine the
  // signal has been sent before it has been served.
  const auto state_of = [](int process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string number, name, state;
    status >> number >> name >> state;
    return state;
  };
  std::string state = state_of(started);
  for (int tries = 0; tries < 1'000 && !state.empty() && state != "Z" && state != "X"; ++tries) {
    std::this_thread::sleep_for(10ms);
    state = state_of(started);
  }
  CHECK((state.empty() || state == "Z" || state == "X"));
}

TEST_CASE("child process: one that does not listen to SIGTERM is killed") {
  const Run run("trap '' TERM; while :; do sleep 0.1; done", 50ms);
  CHECK(run.end->is_late);
  CHECK(run.end->code == 128 + SIGKILL);
}

TEST_CASE("child process: a heir of its pipe delays its end by the grace only") {
  // setsid: out of the process group, so that no signal of ours reaches it.
  const Run run("setsid sleep 30 & echo said; exit 0");
  CHECK(run.end->code == 0);
  CHECK(run.end->last_words == "said\n");
}

TEST_CASE("child process: of many words the last ones are kept") {
  const Run run("i=0; while [ $i -lt 3000 ]; do echo line-$i; i=$((i+1)); done");
  CHECK(run.end->last_words.size() == 8'192);
  CHECK(run.end->last_words.ends_with("line-2999\n"));
}

TEST_CASE("child process: a program that is not there ends with 127") {
  Loop loop{ManySends::Ring::never};
  int code = 0;
  ChildProcess child(loop, [&](const ChildProcess::End& end) {
    code = end.code;
    loop.stop();
  });
  REQUIRE(child.start({{"/none/program"}, {}, 60s}).has_value());
  loop.run();
  CHECK(code == 127);
}

TEST_CASE("child process: it can be asked to end, and its owner can go") {
  const Run run("sleep 1000", 60s, [](ChildProcess& child) { child.stop(); });
  CHECK(run.end->code == 128 + SIGTERM);
  Loop loop{ManySends::Ring::never};
  ChildProcess left(loop, [](const ChildProcess::End&) {});
  REQUIRE(left.start({{"/bin/sleep", "1000"}, {}, 60s}).has_value());
}

TEST_CASE("find program: an absolute path, or nothing") {
  CHECK(find_program("sh").ends_with("/sh"));
  CHECK(find_program("no-such-program-here").empty());
}
