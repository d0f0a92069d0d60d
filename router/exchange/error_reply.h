// The only place that turns an Error into a status and into words for the client.
//
// Owner: nobody; free functions.   Thread: any.
// A client reads what happened to its request and what it can do. What an operator can do, and why it happened
// (error_hint, Error::detail), goes to the log alone.
// Not here: when an error is answered, and when it is tried again (exchange/exchange.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/exchange/error_format.h"

namespace zeroway {

// 400 … 505; 499 for cancelled, which only logs ever see.
[[nodiscard]] int error_status(Code code);
// The code as the access log writes it: "worker_lost".
[[nodiscard]] std::string_view error_name(Code code);
// For the operator's log: the options that decided it, and what helps. "" = there is nothing to do.
[[nodiscard]] std::string_view error_hint(Code code);
// How long the body of the reply to `code` is.
[[nodiscard]] std::size_t error_reply_size(Code code, ErrorFormat format);

// Makes `head` the head of the reply to `code`, content-length and all, and returns its body, which
// is not sent when the request was HEAD. `date` may be empty.
[[nodiscard]] std::string write_error_reply(Code code, ErrorFormat format, std::string_view date, Head& head);

}  // namespace zeroway
