// What the router says of a site's pages to browsers (CORS, Fetch §3.2).
//
// Owner: nobody; free functions.   Thread: any.
// What a backend says of it is removed: two values of one of these fields are an error for a browser, and a backend's
// "*" would let in origins that the operator has not named.
// Not here: which origins may (router/plan/cors_rule.h).
#pragma once
#include "proto/head.h"
#include "router/exchange/access_judge.h"
#include "router/plan/cors_rule.h"

namespace zeroway {

// The fields of each reply to `request`, refused or not.
void edit_cors_reply(const CorsRule& rule, const Head& request, FieldEdits& reply);
// The answer to a preflight. It has no field of permission for an origin that may not read replies.
[[nodiscard]] Verdict answer_preflight(const CorsRule& rule, const Head& request);

}  // namespace zeroway
