#include "router/pid_file.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace zeroway {

namespace {

Error wrong(const std::string& path, const std::string& what) {
  return {Fault::router, Code::internal, false, "--pid-file " + path + ": " + what};
}

}  // namespace

PidFile::~PidFile() {
  if (!path_.empty()) std::remove(path_.c_str());
}

Result<> PidFile::write(const std::string& path) {
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::trunc);
  file << ::getpid() << "\n" << std::flush;
  if (!file) return wrong(path, std::string("cannot be written: ") + std::strerror(errno));
  path_ = path;
  return {};
}

Result<> tell_to_reload(const std::string& path) {
  std::ifstream file(path);
  if (!file) return wrong(path, std::string("cannot be read: ") + std::strerror(errno));
  pid_t process = 0;
  file >> process;
  if (!file || process <= 1) return wrong(path, "holds no process id");
  if (::kill(process, SIGHUP) == 0) return {};
  return wrong(path, "process " + std::to_string(process) + ": " + std::strerror(errno));
}

}  // namespace zeroway
