// What a file holds, for the plan's pages.
//
// Owner: nobody; a free function.   Thread: any; waits for the disk.
// Not here: files that answer requests (router/backends/files), certificates (router/net/tls_files.h).
#pragma once
#include <string>

#include "proto/error.h"

namespace zeroway {

// The error names the file.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace zeroway
