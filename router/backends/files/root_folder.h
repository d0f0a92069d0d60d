// A folder beneath which files are opened, and out of which no name and no symbolic link leads.
//
// Owner: FilesBackend.   Thread: one loop.
// The kernel checks the path while it opens the file (openat2 with RESOLVE_BENEATH), so nothing can be exchanged
// between check and opening. Nothing is opened that could block: a FIFO or a device is no file here.
// Not here: names in a URL (files/file_name.h), what is remembered of files (files/known_files.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/error.h"
#include "router/backends/files/descriptor.h"
#include "router/backends/files/file_facts.h"

namespace zeroway {

enum class Find : std::uint8_t {
  file,
  folder,
  nothing,    // no such name, neither file nor folder, or a link that leads out
  forbidden,  // the router's user may not read it
  failed,     // no descriptors are left, the disk is broken
};

struct Opened {
  Find find = Find::nothing;
  Descriptor descriptor;  // of a file or a folder
  FileFacts facts;        // of the same descriptor
  int reason = 0;         // errno, when find is `failed`
};

// Whether only the facts are wanted: such a descriptor cannot be read, and no right to read the file is needed.
enum class OpenFor : bool { reading, facts };

class RootFolder {
 public:
  // `path`: absolute. May be a symbolic link: releases are often switched by one.
  explicit RootFolder(std::string path) : path_(std::move(path)) {}

  // Opens the folder. Fails when it is no folder, and when the kernel has no openat2.
  [[nodiscard]] Result<> open();
  // Follows the path again: it may name another folder by now. When it names none, the old one stays in use.
  void look_again();

  // `name`: "" is the folder itself, else a path without '/' at its start.
  [[nodiscard]] Opened open(const std::string& name, OpenFor purpose = OpenFor::reading) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor folder_;
};

}  // namespace zeroway
