#include "router/observe/request_logs.h"

#include <algorithm>

namespace zeroway {

std::vector<std::shared_ptr<RequestLog>> RequestLogs::of(const std::vector<std::shared_ptr<LogFile>>& files) {
  std::vector<std::shared_ptr<RequestLog>> logs;
  for (const auto& file : files) logs.push_back(log_of(file));
  return logs;
}

std::shared_ptr<RequestLog> RequestLogs::log_of(const std::shared_ptr<LogFile>& file) {
  const auto is_its = [&](const auto& log) { return &log->file() == file.get(); };
  const auto found = std::find_if(logs_.begin(), logs_.end(), is_its);
  return found != logs_.end() ? *found : logs_.emplace_back(std::make_shared<RequestLog>(file));
}

void RequestLogs::sweep(Time now) {
  for (const auto& log : logs_) log->sweep(now);
  std::erase_if(logs_, [](const auto& log) { return log.use_count() == 1; });
}

}  // namespace zeroway
