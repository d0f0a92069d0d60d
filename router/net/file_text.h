// The whole content of a file that the operator names, up to a limit.
//
// Owner: nobody; free functions.   Thread: any; waits for the disk.
// Not here: whether a file has changed (net/file_mark.h), files that answer requests (router/backends/files).
#pragma once
#include <cstddef>
#include <string>

#include "proto/error.h"

namespace zeroway {

// "FILE: WHY".
[[nodiscard]] Error file_error(const std::string& file, const std::string& why);

// An error when the file is not there, is a directory, or has more than `most` bytes.
[[nodiscard]] Result<std::string> read_file_text(const std::string& file, std::size_t most);

}  // namespace zeroway
