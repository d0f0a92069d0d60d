// Whether a file is still the one that was read.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: when to look (net/tls_keeper.h, access/secrets_keeper.h).
#pragma once
#include <string>

namespace zeroway {

// A text that changes when the file is overwritten, replaced by a rename, or made again; "none" when it is not there.
[[nodiscard]] std::string file_mark(const std::string& file);

}  // namespace zeroway
