#include "router/observe/log_files.h"

#include <filesystem>

namespace zeroway {

Result<std::shared_ptr<LogFile>> LogFiles::open(const std::string& path) {
  const std::string name = path == "-" ? path : std::filesystem::absolute(path).lexically_normal().string();
  if (const auto found = files_.find(name); found != files_.end()) return found->second;
  auto file = std::make_shared<LogFile>("access log");
  if (const auto opened = file->open(path); !opened) return opened.error();
  files_.emplace(name, file);
  return file;
}

void LogFiles::reopen() {
  let_go();
  for (const auto& entry : files_) entry.second->reopen();
}

void LogFiles::let_go() {
  for (auto at = files_.begin(); at != files_.end();) {
    if (at->second.use_count() > 1) {
      ++at;
      continue;
    }
    lost_ += at->second->lost();
    at->second->leave();
    at = files_.erase(at);
  }
}

std::uint64_t LogFiles::lost() const {
  std::uint64_t sum = lost_;
  for (const auto& entry : files_) sum += entry.second->lost();
  return sum;
}

}  // namespace zeroway
