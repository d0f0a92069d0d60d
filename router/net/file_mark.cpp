#include "router/net/file_mark.h"

#include <sys/stat.h>

namespace zeroway {

std::string file_mark(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "none";
  std::string mark;
  for (const auto number :
       {static_cast<long long>(status.st_ino), static_cast<long long>(status.st_size),
        static_cast<long long>(status.st_mtim.tv_sec), static_cast<long long>(status.st_mtim.tv_nsec),
        static_cast<long long>(status.st_ctim.tv_sec), static_cast<long long>(status.st_ctim.tv_nsec)}) {
    mark.append(std::to_string(number)).push_back(' ');
  }
  return mark;
}

}  // namespace zeroway
