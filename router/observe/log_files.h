// The files of the access logs: each is opened once, however many sites write to it.
//
// Owner: Router.   Thread: the first loop's; the files themselves are for any.
// Not here: lines (observe/request_log.h), the router's own log (observe/log.h).
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "proto/error.h"
#include "router/observe/log_file.h"

namespace zeroway {

class LogFiles {
 public:
  LogFiles() = default;
  // Waits until all lines are written, as LogFile::finish() does.
  ~LogFiles() = default;

  // The file of this name; it is opened if it is not open yet. "-" is standard output.
  [[nodiscard]] Result<std::shared_ptr<LogFile>> open(const std::string& path);
  // Opens each file anew, after it was moved away. Files that nobody uses any more are let go, without waiting.
  void reopen();
  // Lines lost so far, of all files.
  [[nodiscard]] std::uint64_t lost() const;

 private:
  void let_go();

  std::map<std::string, std::shared_ptr<LogFile>> files_;  // by name, without "." and ".."
  std::uint64_t lost_ = 0;                                 // of files that are gone
};

}  // namespace zeroway
