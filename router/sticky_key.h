// The router's own secret for its cookies, of sticky sessions and of permits, where the operator names none.
//
// Owner: nobody; a free function.   Thread: any; it waits for the disk.
// Not here: what is made of it (router/access/sticky_seal.h).
#pragma once
#include <string>

namespace zeroway {

// The content of `sticky.key` in `state_dir`. A file that is not there is made, mode 0600. Without that folder, or
// where the file cannot be used, the secret is new in each process, and the log says why.
[[nodiscard]] std::string own_sticky_key(const std::string& state_dir);

}  // namespace zeroway
