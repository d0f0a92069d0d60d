#include "router/observe/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "router/observe/limits.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

int open_file(const std::string& path) {
  // O_NONBLOCK: to open a named pipe without a reader fails at once, and does not block the start.
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_pipe(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

// The size of as many whole lines as a pipe takes in one piece, so that they never mix with lines of other writers. A
// longer line goes alone.
std::size_t piece_for_pipe(std::string_view text) {
  if (text.size() <= PIPE_BUF) return text.size();
  const std::size_t last = text.rfind('\n', PIPE_BUF - 1);
  if (last != std::string_view::npos) return last + 1;
  return std::min(text.find('\n', PIPE_BUF), text.size() - 1) + 1;
}

}  // namespace

class LogFile::Writer {
 public:
  // `path` is "" when the caller opened the descriptor.
  Writer(std::string name, std::string path, int descriptor)
      : name_(std::move(name)), path_(std::move(path)), descriptor_(descriptor), is_pipe_(is_pipe(descriptor)) {}
  ~Writer() { close(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  const std::string& name() const { return name_; }

  bool append(std::string& lines, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    if (is_finishing_ || lines.empty()) return lines.clear(), false;
    if (held() > 0 && held() + lines.size() > kMostLogHeld) {
      lines.clear();
      lost_ += count;
      return !std::exchange(is_losing_, true);
    }
    if (waiting_.empty()) {
      waiting_.swap(lines);
    } else {
      waiting_ += lines;
    }
    lines.clear();
    work_.notify_one();
    return false;
  }

  void reopen() {
    const std::lock_guard lock(mutex_);
    if (path_.empty()) return;
    reopen_after_ = waiting_.size();
    work_.notify_one();
  }

  // False when the writer is stuck.
  bool finish() {
    std::unique_lock lock(mutex_);
    is_finishing_ = true;
    work_.notify_one();
    const auto give_up = std::chrono::steady_clock::now() + kLongestLogFinish;
    while (!done_.wait_for(lock, kLogLook, [this] { return is_done_; })) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= give_up || (writing_ > 0 && now - progress_.load() >= kLogStall)) return false;
    }
    return true;
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    is_finishing_ = true;
    work_.notify_one();
  }

  std::uint64_t lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

  void run() {
    std::string batch;
    std::unique_lock lock(mutex_);
    while (true) {
      wait_for_work(lock);
      if (waiting_.empty() && !reopen_after_ && is_finishing_) break;
      batch.swap(waiting_);
      const auto reopen_after = std::exchange(reopen_after_, std::nullopt);
      writing_ = batch.size();
      progress_ = std::chrono::steady_clock::now();
      lock.unlock();
      write_and_reopen(batch, reopen_after);
      batch.clear();
      if (batch.capacity() > kWarmLogMemory) std::string().swap(batch);
      lock.lock();
      writing_ = 0;
      tell_recovery(lock);
    }
    is_done_ = true;
    done_.notify_all();
  }

 private:
  std::size_t held() const { return waiting_.size() + writing_; }

  void wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto has_work = [this] { return !waiting_.empty() || reopen_after_ || is_finishing_; };
    if (told_ == lost_ || is_failing_) {
      work_.wait(lock, has_work);
    } else {
      work_.wait_for(lock, kTellLostEvery, has_work);  // lost lines must be reported, with work or without
    }
  }

  void write_and_reopen(std::string_view batch, std::optional<std::size_t> reopen_after) {
    if (!reopen_after) return write(batch);
    write(batch.substr(0, *reopen_after));
    open_anew();
    write(batch.substr(*reopen_after));
  }

  void open_anew() {
    const int descriptor = open_file(path_);
    if (descriptor < 0) {
      const std::string why = std::strerror(errno);
      return log::error("cannot open " + name_ + " anew, the old one stays in use: " + why);
    }
    close();
    descriptor_ = descriptor;
    is_pipe_ = is_pipe(descriptor);
    is_cut_ = false;
  }

  void write(std::string_view batch) {
    while (!batch.empty()) {
      if (is_cut_ && !write_piece("\n")) return fail(batch);  // ends the line that a full disk cut
      const std::size_t size = is_pipe_ ? piece_for_pipe(batch) : batch.size();
      const std::size_t written = write_piece(batch.substr(0, size));
      if (written > 0) is_cut_ = batch[written - 1] != '\n';
      batch.remove_prefix(written);
      if (written < size) return fail(batch);
      is_failing_ = false;
    }
  }

  // Returns how many bytes of `piece` were written: fewer than all only after an error, which is in errno.
  std::size_t write_piece(std::string_view piece) {
    std::size_t written = 0;
    while (written < piece.size()) {
      const ssize_t count = ::write(descriptor_, piece.data() + written, piece.size() - written);
      if (count > 0) {
        written += static_cast<std::size_t>(count);
        progress_ = std::chrono::steady_clock::now();
      } else if (count < 0 && errno == EAGAIN) {
        pollfd wait{descriptor_, POLLOUT, 0};  // a pipe whose reader does not read
        ::poll(&wait, 1, -1);
      } else if (count == 0 || errno != EINTR) {
        break;
      }
    }
    return written;
  }

  // A full disk, a closed pipe.
  void fail(std::string_view rest) {
    const std::string why = std::strerror(errno);
    std::unique_lock lock(mutex_);
    lost_ += count_lines(rest);
    is_losing_ = true;
    if (std::exchange(is_failing_, true) || is_finishing_) return;
    lock.unlock();
    log::warning(name_ + ": " + why + "; its lines are lost until it can be written");
  }

  void tell_recovery(std::unique_lock<std::mutex>& lock) {
    const auto now = std::chrono::steady_clock::now();  // this thread has no loop that could give the time
    if (told_ == lost_ || is_failing_ || is_finishing_ || now - told_at_ < kTellLostEvery) return;
    const std::uint64_t lost = lost_ - std::exchange(told_, lost_);
    told_at_ = now;
    is_losing_ = false;
    lock.unlock();
    log::warning(name_ + " takes lines again; " + std::to_string(lost) + " were lost");
    lock.lock();
  }

  void close() {
    if (!path_.empty()) ::close(descriptor_);
  }

  const std::string name_, path_;
  // Used by the thread alone:
  int descriptor_;
  bool is_pipe_;
  bool is_cut_ = false;      // the last byte written is not the end of a line
  bool is_failing_ = false;  // the last write failed
  std::chrono::steady_clock::time_point told_at_{};
  std::uint64_t told_ = 0;

  // Written by the thread, read by finish():
  std::atomic<std::chrono::steady_clock::time_point> progress_{};  // the last time the file took a byte

  mutable std::mutex mutex_;  // for the members below
  std::condition_variable work_, done_;
  std::string waiting_;
  std::size_t writing_ = 0;                  // bytes that the thread is writing
  std::optional<std::size_t> reopen_after_;  // so many waiting bytes are still for the old file
  std::uint64_t lost_ = 0;
  bool is_losing_ = false;
  bool is_finishing_ = false;
  bool is_done_ = false;
};

LogFile::LogFile(std::string what) : what_(std::move(what)) {}

LogFile::~LogFile() { finish(); }

Result<> LogFile::open(const std::string& path) {
  const int descriptor = path == "-" ? STDOUT_FILENO : open_file(path);
  if (descriptor < 0) {
    return Error{Fault::router, Code::internal, false,
                 "cannot open " + what_ + " '" + path + "': " + std::strerror(errno)};
  }
  const bool is_standard = path == "-";
  start(std::make_shared<Writer>(what_ + " '" + path + "'", is_standard ? "" : path, descriptor));
  return {};
}

void LogFile::use(int descriptor) { start(std::make_shared<Writer>(what_, "", descriptor)); }

void LogFile::start(std::shared_ptr<Writer> writer) {
  writer_ = std::move(writer);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // the new thread inherits the mask: signals are for the loops
  thread_ = std::thread([writer = writer_] { writer->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool LogFile::append(std::string& lines, std::uint64_t count) { return writer_ && writer_->append(lines, count); }

void LogFile::reopen() {
  if (writer_) writer_->reopen();
}

void LogFile::finish() {
  if (!thread_.joinable()) return;
  if (writer_->finish()) {
    thread_.join();
  } else {
    thread_.detach();  // stuck in a write; the thread ends with the write or with the process
  }
}

void LogFile::leave() {
  if (!thread_.joinable()) return;
  writer_->leave();
  thread_.detach();
}

std::uint64_t LogFile::lost() const { return writer_ ? writer_->lost() : 0; }

const std::string& LogFile::name() const { return writer_ ? writer_->name() : what_; }

}  // namespace zeroway
