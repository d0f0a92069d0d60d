// The request to a login service: what of a client's head it gets, and what of its answer goes on.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: sending it (access/login_service.h).
#pragma once
#include "proto/head.h"
#include "router/exchange/access_judge.h"
#include "router/plan/login_rules.h"

namespace zeroway {

// A GET without a body, with the client's fields. Fields that frame a message, ask for a part or a version of a body,
// or name another method are left out; X-Forwarded-Method, -Uri, -Proto, -Host, -For and -Port are the router's own.
[[nodiscard]] Head service_question(const AccessQuestion& question, const ForwardRule& rule);

// The verdict of an answer with 2xx. The client's own fields of these names go, also where the answer has none.
[[nodiscard]] Verdict service_consent(const Head& answer, const ForwardRule& rule);
// The head of the client's reply, of another answer.
[[nodiscard]] Head service_refusal(const Head& answer);

}  // namespace zeroway
