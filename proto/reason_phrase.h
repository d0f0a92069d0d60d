// The words for a status (RFC 9110 §15, and the registry of status codes).
//
// Owner: nobody; a pure function.   Thread: any.
#pragma once
#include <string_view>

namespace zeroway {

// "Not Found"; "" for a status that is not known.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace zeroway
