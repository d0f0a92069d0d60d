// Unpacks a ZIP archive into a folder, whose files are then served as those of any folder.
//
//     archive ── each member: name, kind, size, checksum ──▶ FOLDER.new-… ── all of it is good ──▶ FOLDER
//                     └── anything is wrong: FOLDER.new-… is removed, the error names the member
//
// Owner: nobody; a free function.   Thread: any; waits for the disk.
// The folder appears at once and complete, or not at all. Nothing of an archive is believed: names that lead out of the
// folder, links, encrypted members, members of one name, wrong checksums, and more than kMostMembers or kMostUnpacked
// are errors. ZIP64 is read.
// Not here: which archive it is (router/plan/archive_spec.h), answering requests (files/files_backend.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/error.h"
#include "router/backends/archive/limits.h"

namespace zeroway {

// `archive`: a file. `folder`: absolute; the folder above it is made when it is not there. Succeeds at once when
// `folder` is there already: its name says what is in it. `most`: bytes of all members.
[[nodiscard]] Result<> unpack(const std::string& archive, const std::string& folder,
                              std::uint64_t most = kMostUnpacked);

}  // namespace zeroway
