#include "router/acme/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "router/acme/limits.h"

namespace zeroway {

namespace {

Error failed(const std::string& what) {
  return {Fault::router, Code::internal, false, what + ": " + std::strerror(errno)};
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  std::vector<std::string> all = more;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text(*one);
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool is_replaced = false;
    for (const std::string& ours : more) is_replaced = is_replaced || ours.starts_with(name);
    if (!is_replaced) all.emplace_back(text);
  }
  return all;
}

// Between fork() and exec() of a program with threads only functions that are safe in a signal handler may be called.
[[noreturn]] void become(char* const* words, char* const* environment, int nothing, int pipe, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the router ended before the line above
  ::umask(077);
  // All signals are blocked until here: a handler of the router must not run in this process. What is ignored would
  // stay ignored in the program.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(pipe, STDOUT_FILENO);
  ::dup2(pipe, STDERR_FILENO);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(Loop& loop, std::function<void(const End&)> ended)
    : loop_(loop),
      ended_(std::move(ended)),
      on_words_([this] { listen(); }),
      on_exit_([this] { exited(); }),
      timer_(loop, [this] { state_ == State::speaks ? finish() : late(); }) {}

ChildProcess::~ChildProcess() {
  if (state_ == State::runs) {
    signal_group(SIGKILL);
    loop_.forget(process_descriptor_);
    ::close(process_descriptor_);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG);
  }
  close_pipe();
}

Result<> ChildProcess::start(const Wish& wish) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("a pipe");
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  std::vector<std::string> words = wish.words, environment = environment_with(wish.environment);
  const std::vector<char*> argv = pointers_to(words), envp = pointers_to(environment);
  const pid_t parent = ::getpid();
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  process_ = ::fork();
  if (process_ == 0) become(argv.data(), envp.data(), nothing, ends[1], parent);
  const Error error = failed(words.front());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(nothing);
  ::close(ends[1]);
  pipe_ = ends[0];
  if (process_ < 0) return close_pipe(), error;
  ::setpgid(process_, process_);  // whoever of the two is first
  process_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  if (process_descriptor_ < 0) {
    const Error no_descriptor = failed(words.front());
    signal_group(SIGKILL);
    return close_pipe(), no_descriptor;
  }
  ::fcntl(pipe_, F_SETFL, O_NONBLOCK);
  state_ = State::runs;
  loop_.watch(pipe_, on_words_, true, false);
  loop_.watch(process_descriptor_, on_exit_, true, false);
  timer_.set(wish.deadline);
  return {};
}

void ChildProcess::stop() {
  if (state_ != State::runs || is_asked_) return;
  is_asked_ = true;
  signal_group(SIGTERM);
  timer_.set(kChildGrace);
}

void ChildProcess::late() {
  end_.is_late = true;
  if (is_asked_) return signal_group(SIGKILL);
  stop();
}

void ChildProcess::signal_group(int number) const { ::kill(-process_, number); }

void ChildProcess::listen() {
  std::array<char, 4'096> piece;
  while (true) {
    const ssize_t size = ::read(pipe_, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) break;
    end_.last_words.append(piece.data(), static_cast<std::size_t>(size));
    if (end_.last_words.size() > kMostLastWords) end_.last_words.erase(0, end_.last_words.size() - kMostLastWords);
  }
  close_pipe();
  if (state_ == State::speaks) finish();
}

void ChildProcess::exited() {
  // What it started goes with it. The process is not waited for yet, so its number is still its own.
  signal_group(SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED);
  end_.code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  loop_.forget(process_descriptor_);
  ::close(process_descriptor_);
  state_ = State::speaks;
  timer_.set(kPipeGrace);
  if (pipe_ < 0) return finish();
  listen();
}

void ChildProcess::finish() {
  if (state_ == State::over) return;
  state_ = State::over;
  timer_.clear();
  close_pipe();
  ended_(end_);
}

void ChildProcess::close_pipe() {
  if (pipe_ < 0) return;
  if (state_ != State::rests) loop_.forget(pipe_);
  ::close(pipe_);
  pipe_ = -1;
}

std::string find_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view left = path ? path : "/usr/bin:/bin";
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    const std::string candidate = std::string(left.substr(0, end)) + "/" + name;
    if (candidate.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return {};
}

}  // namespace zeroway
