#include "router/admin/process_facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

namespace zeroway {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Without "." and "..", and without the descriptor that reads the folder.
std::uint64_t open_descriptors() {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
  std::uint64_t count = 0;
  while (folder && readdir(folder.get()) != nullptr) ++count;
  return count > 3 ? count - 3 : 0;
}

std::uint64_t threads() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Threads:")) return std::stoull(line.substr(8));
  return 0;
}

}  // namespace

ProcessFacts read_process_facts() {
  ProcessFacts facts;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) facts.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  std::uint64_t pages = 0, resident = 0;
  if (std::ifstream("/proc/self/statm") >> pages >> resident) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    facts.virtual_bytes = pages * page;
    facts.resident_bytes = resident * page;
  }
  facts.descriptors = open_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.most_descriptors = limit.rlim_cur;
  facts.threads = threads();
  return facts;
}

}  // namespace zeroway
