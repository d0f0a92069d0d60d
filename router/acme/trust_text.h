// How programs of a machine come to trust the local authority: the text of `router --trust`.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: making the authority (acme/local_authority.h).
#pragma once
#include <string>

namespace zeroway {

[[nodiscard]] std::string trust_text(const std::string& root_file);

}  // namespace zeroway
