// A program that runs beside the router: its words, its end, and its deadline.
//
// Owner: who started it.   Thread: one loop, which never waits for the program.
// The program has a process group of its own, no descriptor of the router's, an empty standard input, and no signal
// blocked. It is killed when the router ends, however the router ends.
// Not here: what the program is for (acme/lego_command.h).
#pragma once
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/net/loop.h"

namespace zeroway {

class ChildProcess {
 public:
  struct Wish {
    std::vector<std::string> words;        // the program's absolute path, then its arguments
    std::vector<std::string> environment;  // NAME=VALUE, over those of the router
    std::chrono::milliseconds deadline{};
  };
  struct End {
    bool is_late = false;    // the deadline was over first
    int code = 0;            // of its exit; 128 and the signal's number when a signal ended it
    std::string last_words;  // the end of what it wrote, at most kMostLastWords
  };

  // `ended` is called once after a start that succeeds; the child must not be destroyed in the call.
  ChildProcess(Loop& loop, std::function<void(const End&)> ended);
  // Kills what still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] Result<> start(const Wish& wish);
  [[nodiscard]] bool is_running() const { return state_ == State::runs || state_ == State::speaks; }
  // Asks the program to end; kills it after kChildGrace.
  void stop();

 private:
  //  rests ──start──▶ runs ──the process ends──▶ speaks ──its pipe ends, or kPipeGrace──▶ over
  enum class State { rests, runs, speaks, over };

  struct Ear final : Watcher {
    explicit Ear(std::function<void()> with) : on_ready(std::move(with)) {}
    void ready(bool, bool) override { on_ready(); }
    std::function<void()> on_ready;
  };

  void listen();
  void exited();
  void finish();
  void close_pipe();
  void signal_group(int number) const;
  void late();

  Loop& loop_;
  std::function<void(const End&)> ended_;
  State state_ = State::rests;
  pid_t process_ = 0;
  int process_descriptor_ = -1;
  int pipe_ = -1;
  End end_;
  bool is_asked_ = false;  // to end
  Ear on_words_;
  Ear on_exit_;
  Timer timer_;
};

// The absolute path of a program in one of the folders of $PATH; "" when there is none.
[[nodiscard]] std::string find_program(const std::string& name);

}  // namespace zeroway
