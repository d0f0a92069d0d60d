// Files of the state directory: folders that only the router's user may enter, files that are whole or not there.
//
// Owner: nobody; free functions.   Thread: any; they wait for the disk.
// A file is written beside its place, made durable, and renamed: a crash at any moment leaves the old file or the new
// one. Each error names the path.
// Not here: what the files are (acme/stored_pair.h, acme/local_authority.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

// Makes the folder and those above it, mode 0700. One that is there keeps its mode.
[[nodiscard]] Result<> make_folders(const std::string& path);
// Mode 0600.
[[nodiscard]] Result<> write_whole_file(const std::string& path, std::string_view content);
[[nodiscard]] bool has_file(const std::string& path);
// Removes what a write that was cut off has left in `folder`. Only while nobody else writes there.
void remove_unfinished_files(const std::string& folder);
// Whether `bytes` can be written into `folder` and made durable now.
[[nodiscard]] Result<> check_room(const std::string& folder, std::size_t bytes);

// A file's lock. Another process that holds it, or this object's end, gives it back by itself: also after a crash.
class FileLock {
 public:
  FileLock() = default;
  ~FileLock() { release(); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  // Whether this object holds the lock now. Never waits.
  [[nodiscard]] bool take(const std::string& path);
  void release();

 private:
  int descriptor_ = -1;
};

}  // namespace zeroway
