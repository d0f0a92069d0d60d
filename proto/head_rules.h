// Which fields a head on the fabric may hold (RFC 9113 §8.2, §8.3): pure checks, used at both ends.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: HTTP/1.1's own framing rules (router/http), fields that the operator adds (router/exchange/header_rules.h).
#pragma once
#include "proto/error.h"
#include "proto/head.h"

namespace zeroway {

// Each checks these rules: names are lower-case tokens; values hold no control character but HTAB; pseudo-fields come
// first, each once and known; there is no connection-specific field (connection, keep-alive, proxy-connection,
// transfer-encoding, upgrade; te other than "trailers").
[[nodiscard]] Result<> check_request_head(const Head& head);  // :method, :scheme, :path present (CONNECT: RFC 8441)
[[nodiscard]] Result<> check_reply_head(const Head& head);    // :status 100 … 999 present, 101 refused
[[nodiscard]] Result<> check_trailers(const Head& head);      // no pseudo-field

[[nodiscard]] bool is_token(std::string_view text);        // RFC 9110 §5.6.2, not empty
[[nodiscard]] bool is_field_value(std::string_view text);  // RFC 9110 §5.5: no control character but HTAB
[[nodiscard]] bool is_connection_specific(std::string_view lower_case_name);

}  // namespace zeroway
