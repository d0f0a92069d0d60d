// What a client is told of a rate limit: Retry-After, and the fields of draft-ietf-httpapi-ratelimit-headers-10.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: counting (access/rate_table.h).
#pragma once
#include "router/access/rate_table.h"
#include "router/exchange/field_edits.h"

namespace zeroway {

// `RateLimit` and `RateLimit-Policy`; with a refusal `Retry-After`, too. Times are whole seconds, rounded up.
void tell_rate(const RateRule& rule, const RateTable::Taken& taken, FieldEdits& reply);

}  // namespace zeroway
