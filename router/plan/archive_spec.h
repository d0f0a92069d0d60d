// An archive whose members answer requests, as the plan knows it: what is to be unpacked, and where.
//
// Owner: the plan; a value.   Thread: any; never changed.
// The folder's name is the SHA-256 of the archive, so what is in it never changes.
// Not here: unpacking (router/backends/archive/unpack.h), serving the folder (router/plan/files_spec.h).
#pragma once
#include <string>

namespace zeroway {

struct ArchiveSpec {
  std::string file;    // the archive
  std::string folder;  // absolute; where its members are, once it is unpacked

  bool operator==(const ArchiveSpec&) const = default;
};

}  // namespace zeroway
