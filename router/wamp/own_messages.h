// The messages that the router says itself: ABORT, GOODBYE and ERROR, in any serializer.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: when each is said (session_end.h, failed_message.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/serializer.h"

namespace zeroway {

// [3, {"message": message}, reason]; without a message {} (WAMP, "Session Closing").
[[nodiscard]] std::string abort_message(Serializer serializer, std::string_view reason, std::string_view message = "");
// [6, {"message": message}, reason]
[[nodiscard]] std::string goodbye_message(Serializer serializer, std::string_view reason,
                                          std::string_view message = "");
// [8, type, request, {}, error]: the answer to the request of this type and id.
[[nodiscard]] std::string error_message(Serializer serializer, std::uint64_t type, std::uint64_t request,
                                        std::string_view error);

}  // namespace zeroway
