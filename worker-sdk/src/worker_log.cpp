#include "worker_log.h"

#include <cstdio>

namespace zeroway {

void WorkerLog::line(std::string_view text) const {
  if (sink_) return sink_(text);
  const std::string whole = name_ + ": " + std::string(text) + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);  // one call: lines of several threads stay whole
}

}  // namespace zeroway
