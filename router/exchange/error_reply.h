// The only place that turns an Error into a status and into words for the client.
//
// Owner: nobody; free functions.   Thread: any.
// A client reads what happened to its request, and what the client can do. What the operator can do (error_hint) and
// why the error happened (Error::detail) goes only to the log.
// Not here: when an error is answered, and when the request is tried again (exchange/exchange.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/exchange/error_format.h"

namespace zeroway {

// 400 … 505; 499 for `cancelled`, a status that only logs show.
[[nodiscard]] int error_status(Code code);
// The code as the access log writes it: "backend_lost".
[[nodiscard]] std::string_view error_name(Code code);
// For the operator's log: the options that decided the error, and what the operator can do. "" = there is nothing to
// do.
[[nodiscard]] std::string_view error_hint(Code code);

// Makes `head` the head of the reply to `code`, with its content-length. Returns the body of the reply, which the
// caller does not send when the request was HEAD. `date` may be empty.
[[nodiscard]] std::string write_error_reply(Code code, ErrorFormat format, std::string_view date, Head& head);

}  // namespace zeroway
