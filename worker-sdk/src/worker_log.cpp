#include "worker_log.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>

#include "limits.h"

namespace zeroway {

namespace {

// A pipe that has room at all takes PIPE_BUF bytes at once (pipe(7)), and limits.h has no longer line.
bool has_room(int descriptor) {
  pollfd asked{descriptor, POLLOUT, 0};
  return poll(&asked, 1, 0) == 1 && (asked.revents & POLLOUT) != 0;
}

// A pipe whose reader is gone sends the writer SIGPIPE, of which the application would die; what it does about that
// signal is its own business, so this thread alone does not get it, and only now.
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
  if (line.size() >= kMaxLogLine) line = line.substr(0, kMaxLogLine - 4) + "...";
  line += '\n';
  const NoPipeSignal quiet;
  return write(STDERR_FILENO, line.data(), line.size()) >= 0;
}

}  // namespace

void WorkerLog::line(std::string_view text) const {
  if (sink_) return sink_(text);
  to_stderr(text);
}

void WorkerLog::to_stderr(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  if (lost_ > 0 && write_line(name_ + ": " + std::to_string(lost_) + " lines were lost: nobody read the log"))
    lost_ = 0;
  if (lost_ > 0 || !write_line(name_ + ": " + std::string(text))) ++lost_;
}

}  // namespace zeroway
