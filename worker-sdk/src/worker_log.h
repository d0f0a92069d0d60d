// The worker's log lines. They go to the application's own function, or to standard error with time, level and the
// worker's name, in the format of the router's log. No thread waits until a pipe is read, and a closed pipe does not
// end the worker: lines that find no room are lost, and counted.
//
// Owner: Worker.   Thread: any.
// Not here: one line per request (the router's access log), deciding which events are logged (the callers).
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "zeroway/log.h"

namespace zeroway {

class WorkerLog {
 public:
  WorkerLog(std::string name, bool verbose, LogSink sink)
      : name_(std::move(name)), verbose_(verbose), sink_(std::move(sink)) {}

  // Debug lines are dropped unless the worker is verbose.
  void write(LogLevel level, std::string_view line) const;
  void debug(std::string_view line) const { write(LogLevel::debug, line); }
  void info(std::string_view line) const { write(LogLevel::info, line); }
  void warning(std::string_view line) const { write(LogLevel::warning, line); }
  void error(std::string_view line) const { write(LogLevel::error, line); }

 private:
  void write_to_stderr(LogLevel level, std::string_view line) const;
  [[nodiscard]] std::string shaped(LogLevel level, std::string_view line) const;

  std::string name_;
  bool verbose_;
  LogSink sink_;
  mutable std::mutex mutex_;  // guards lost_, and keeps lines of several threads whole
  mutable std::uint64_t lost_ = 0;
};

}  // namespace zeroway
