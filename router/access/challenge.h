// Refusals that say how to log in: the field WWW-Authenticate (RFC 9110 §11.6.1).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the page of the refusal (exchange/error_reply.h).
#pragma once
#include <string>
#include <string_view>

#include "router/exchange/access_judge.h"

namespace zeroway {

// RFC 7617 §2.
[[nodiscard]] std::string basic_challenge(std::string_view realm);
// RFC 6750 §3; "" = no such parameter.
[[nodiscard]] std::string bearer_challenge(std::string_view realm, std::string_view error, std::string_view scope);

// `why` is for the log.
[[nodiscard]] Verdict challenge(Code code, std::string_view field, std::string why);

}  // namespace zeroway
