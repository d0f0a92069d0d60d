#include "worker_log.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>

#include "limits.h"

namespace zeroway {

namespace {

// A pipe with any room takes PIPE_BUF bytes at once (pipe(7)), and limits.h allows no longer line.
bool has_room(int descriptor) {
  pollfd asked{descriptor, POLLOUT, 0};
  return poll(&asked, 1, 0) == 1 && (asked.revents & POLLOUT) != 0;
}

// The kernel sends SIGPIPE to the writer of a pipe whose reader is gone, and the application would die of it. The
// application's own handling of that signal must stay, so only this thread blocks it, and only during the write.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

bool write_line(std::string line) {
  if (!has_room(STDERR_FILENO)) return false;
  if (line.size() >= kMaxLogLine) {
    line.resize(kMaxLogLine - 4);
    line += "...";
  }
  line += '\n';
  const NoPipeSignal quiet;
  return write(STDERR_FILENO, line.data(), line.size()) >= 0;
}

// "2026-11-29 10:44:37.123 ", in local time.
std::string time_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  localtime_r(&now.tv_sec, &parts);
  std::array<char, 40> text{};
  const std::size_t size = strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  const std::size_t rest = text.size() - size;
  snprintf(text.data() + size, rest, ".%03d ", static_cast<int>(now.tv_nsec / 1'000'000 % 1'000));
  return text.data();
}

}  // namespace

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      break;
  }
  return "error";
}

void WorkerLog::write(LogLevel level, std::string_view line) const {
  if (level == LogLevel::debug && !verbose_) return;
  if (sink_) return sink_(level, line);
  write_to_stderr(level, line);
}

std::string WorkerLog::shaped(LogLevel level, std::string_view line) const {
  std::string text = time_now();
  text += to_text(level);
  text.append(std::string_view("error  ").size() - to_text(level).size(), ' ');
  return text.append(1, ' ').append(name_).append(": ").append(line);
}

void WorkerLog::write_to_stderr(LogLevel level, std::string_view line) const {
  const std::lock_guard lock(mutex_);
  if (lost_ > 0 &&
      write_line(shaped(LogLevel::warning, std::to_string(lost_) + " lines were lost: nobody read the log")))
    lost_ = 0;
  if (lost_ > 0 || !write_line(shaped(level, line))) ++lost_;
}

}  // namespace zeroway
