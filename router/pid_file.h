// The file that names the router's process, and what another process does with it.
//
// Owner: main.   Thread: any.
// Not here: what a reload does (router/router.h).
#pragma once
#include <string>

#include "proto/error.h"

namespace zeroway {

class PidFile {
 public:
  PidFile() = default;
  ~PidFile();  // removes the file that it wrote
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

  // Does nothing for "". The error names the file.
  [[nodiscard]] Result<> write(const std::string& path);

 private:
  std::string path_;
};

// Sends SIGHUP to the process that the file names. The error says what is wrong with the file or the process.
[[nodiscard]] Result<> tell_to_reload(const std::string& path);

}  // namespace zeroway
