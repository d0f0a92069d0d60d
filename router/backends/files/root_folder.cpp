#include "router/backends/files/root_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "router/backends/files/limits.h"

namespace zeroway {

namespace {

// glibc has no function for it.
int open_beneath(int folder, const char* name, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = 1;; ++tries) {
    const long fd = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno != EINTR && (errno != EAGAIN || tries >= kOpenTries)) return -1;
  }
}

Opened without_file(int reason) {
  Opened opened;
  opened.reason = reason;
  switch (reason) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EXDEV:  // the name or a link in it leads out of the folder
    case ENXIO:  // a unix socket
    case ENODEV:
    case EINVAL:
      opened.find = Find::nothing;
      break;
    case EACCES:
    case EPERM:
      opened.find = Find::forbidden;
      break;
    default:
      opened.find = Find::failed;
  }
  return opened;
}

Error error_of(const std::string& path, const char* what) {
  return {Fault::router, Code::internal, false, path + ": " + what};
}

}  // namespace

Result<> RootFolder::open() {
  Descriptor folder(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return error_of(path_, std::strerror(errno));
  const Descriptor itself(open_beneath(folder.fd(), ".", O_PATH));
  if (!itself.is_open() && (errno == ENOSYS || errno == EPERM))
    return error_of(path_, "the kernel does not offer openat2 (Linux 5.6), without which no file is safe to open");
  if (!itself.is_open()) return error_of(path_, std::strerror(errno));
  folder_ = std::move(folder);
  return {};
}

void RootFolder::look_again() {
  Descriptor folder(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) folder_ = std::move(folder);
}

Opened RootFolder::open(const std::string& name, OpenFor purpose) const {
  // O_NONBLOCK: to open a FIFO would wait for somebody who writes into it.
  const std::uint64_t flags = purpose == OpenFor::facts ? O_PATH : O_RDONLY | O_NONBLOCK | O_NOCTTY;
  Descriptor descriptor(open_beneath(folder_.fd(), name.empty() ? "." : name.c_str(), flags));
  if (!descriptor.is_open()) return without_file(errno);
  struct stat found {};
  if (::fstat(descriptor.fd(), &found) != 0) return without_file(errno);
  if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) return {};
  return {.find = S_ISREG(found.st_mode) ? Find::file : Find::folder,
          .descriptor = std::move(descriptor),
          .facts = facts_of(found)};
}

}  // namespace zeroway
