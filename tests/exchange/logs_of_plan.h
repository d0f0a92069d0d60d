// The access logs of a plan under test, each in a file of a folder of its own.
//
// Owner: a test.   Thread: the test's; each file has a thread that writes it.
// Not here: lines without an exchange (tests/observe).
#pragma once
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "router/observe/log_file.h"
#include "router/observe/request_logs.h"
#include "router/plan/plan.h"
#include "tests/support/folder.h"

namespace zeroway {

class LogsOfPlan {
 public:
  // One for each of Plan::log_files.
  [[nodiscard]] std::vector<std::shared_ptr<RequestLog>> open(const Plan& plan) {
    for (std::size_t index = 0; index < plan.log_files.size(); ++index) {
      files_.push_back(std::make_shared<LogFile>("access log"));
      REQUIRE(files_.back()->open(folder_.path(std::to_string(index))).has_value());
    }
    return logs_ = all_.of(files_);
  }
  // What the file of this index has; nothing more is written afterwards.
  [[nodiscard]] std::string text(std::size_t index = 0) {
    logs_[index]->flush();
    files_[index]->finish();
    std::ifstream file(folder_.path(std::to_string(index)));
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  Folder folder_;
  std::vector<std::shared_ptr<LogFile>> files_;
  RequestLogs all_;
  std::vector<std::shared_ptr<RequestLog>> logs_;
};

}  // namespace zeroway
