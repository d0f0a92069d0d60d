// The access logs of one loop: one for each file.
//
// Owner: the loop's lane.   Thread: that loop.
// Not here: the files, which all loops share (observe/log_files.h); which request is written where (router/plan).
#pragma once
#include <memory>
#include <vector>

#include "router/observe/request_log.h"

namespace zeroway {

class RequestLogs {
 public:
  // The logs of `files`, in their order. A file that has a log already keeps it.
  [[nodiscard]] std::vector<std::shared_ptr<RequestLog>> of(const std::vector<std::shared_ptr<LogFile>>& files);
  // Hands lines over that have waited, and lets go of logs that nobody else has. Called every 100 ms or so.
  void sweep(Time now);
  [[nodiscard]] std::size_t size() const { return logs_.size(); }

 private:
  [[nodiscard]] std::shared_ptr<RequestLog> log_of(const std::shared_ptr<LogFile>& file);

  std::vector<std::shared_ptr<RequestLog>> logs_;
};

}  // namespace zeroway
