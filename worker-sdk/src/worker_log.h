// The worker's log lines: to the options' function, or to stderr with the worker's name in front.
//
// Owner: Worker.   Thread: any.
// Not here: one line per request; the router's access log has those.
#pragma once
#include <cstdint>
#include <functional>
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
  std::function<void(std::string_view)> sink_;
};

}  // namespace zeroway
