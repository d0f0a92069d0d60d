// The form of an error page, by the media types that the client accepts (RFC 9110 §12.5.1).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the pages (exchange/error_reply.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

enum class ErrorFormat : std::uint8_t {
  html,          // also for clients that accept anything or send no Accept, as nginx and HAProxy do
  problem_json,  // RFC 9457
};

// By the value of an Accept field. JSON when the client gives JSON more weight than HTML, or the same weight and by
// name: "*/*" names nothing.
[[nodiscard]] ErrorFormat error_format(std::string_view accept);
// By all Accept fields of a request.
[[nodiscard]] ErrorFormat error_format(const Head& request);

}  // namespace zeroway
