// What the file system says of a file: enough to see that the file is another one, or has changed.
//
// Owner: a value.   Thread: any.
// Not here: which file a name means (files/root_folder.h).
#pragma once
#include <sys/stat.h>

#include <cstdint>

namespace zeroway {

struct FileFacts {
  std::uint64_t size = 0;
  std::uint64_t device = 0, inode = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970, as the file's owner says
  std::int64_t changed = 0;   // nanoseconds since 1970, as the kernel says: nobody can set it

  bool operator==(const FileFacts&) const = default;
  [[nodiscard]] std::int64_t modified_seconds() const { return modified / 1'000'000'000; }
  // Build systems set the time to 0 or 1, so that equal contents give equal archives: then it says nothing.
  [[nodiscard]] bool has_date() const { return modified_seconds() > 1; }
};

[[nodiscard]] inline FileFacts facts_of(const struct stat& found) {
  const auto nanos = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  return {.size = static_cast<std::uint64_t>(found.st_size),
          .device = found.st_dev,
          .inode = found.st_ino,
          .modified = nanos(found.st_mtim),
          .changed = nanos(found.st_ctim)};
}

}  // namespace zeroway
