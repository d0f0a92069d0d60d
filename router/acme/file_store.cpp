#include "router/acme/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "router/net/file_text.h"

namespace zeroway {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".tmp";

Error failed(const std::string& path) { return file_error(path, std::strerror(errno)); }

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (is_open()) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int number() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// Names are durable only once their folder is.
bool sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.is_open() && ::fsync(folder.number()) == 0;
}

// Two processes may write into one folder while one takes over from the other.
std::string unfinished_name(const std::string& path) {
  return path + "." + std::to_string(::getpid()) + std::string(kUnfinished);
}

Result<> write_unfinished(const std::string& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return failed(path);
  if (write_all(file.number(), content)) return {};
  Error error = failed(path);
  ::unlink(path.c_str());
  return error;
}

}  // namespace

Result<> make_folders(const std::string& path) {
  std::string made;
  for (const fs::path& part : fs::path(path)) {
    made = (fs::path(made) / part).string();
    if (::mkdir(made.c_str(), 0700) == 0 || errno == EEXIST || (errno == EROFS && fs::is_directory(made))) continue;
    return failed(made);
  }
  std::error_code failure;
  return fs::is_directory(path, failure) ? Result<>() : Result<>(file_error(path, "is no folder"));
}

Result<> write_whole_file(const std::string& path, std::string_view content) {
  const std::string beside = unfinished_name(path);
  if (auto written = write_unfinished(beside, content); !written) return written;
  if (::rename(beside.c_str(), path.c_str()) == 0) {
    return sync_folder(fs::path(path).parent_path().string()) ? Result<>() : Result<>(failed(path));
  }
  Error error = failed(path);
  ::unlink(beside.c_str());
  return error;
}

bool has_file(const std::string& path) {
  std::error_code failure;
  return fs::exists(path, failure);
}

void remove_unfinished_files(const std::string& folder) {
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code ignored;
    if (at->path().extension() == kUnfinished) fs::remove(at->path(), ignored);
  }
}

Result<> check_room(const std::string& folder, std::size_t bytes) {
  const std::string path = unfinished_name(folder + "/room");
  auto written = write_unfinished(path, std::string(bytes, ' '));
  ::unlink(path.c_str());
  return written;
}

bool FileLock::take(const std::string& path) {
  if (descriptor_ >= 0) return true;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return false;
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) return ::close(file), false;
  descriptor_ = file;
  return true;
}

void FileLock::release() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace zeroway
