// The worker's log lines: to the options' function, or to stderr with the worker's name in front. There nobody waits
// for the reader of a pipe, and nobody dies of one that went away: lines that find no room are lost, and counted.
//
// Owner: Worker.   Thread: any.
// Not here: one line per request; the router's access log has those.
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "proto/limits.h"

namespace zeroway {

class WorkerLog {
 public:
  WorkerLog(std::string name, bool verbose, std::function<void(std::string_view)> sink)
      : name_(std::move(name)), verbose_(verbose), sink_(std::move(sink)) {}

  void line(std::string_view text) const;
  // Only when verbose.
  void detail(std::string_view text) const {
    if (verbose_) line(text);
  }

 private:
  std::string name_;
  bool verbose_;
  void to_stderr(std::string_view text) const;

  std::function<void(std::string_view)> sink_;
  mutable std::mutex mutex_;  // of what follows, and so that lines of several threads stay whole
  mutable std::uint64_t lost_ = 0;
};

}  // namespace zeroway
