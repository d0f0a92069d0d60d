// One route of the plan: which requests it takes, and on what terms they are answered.
//
// Owner: the plan (router/plan/plan.h), which never changes.   Thread: any.
// An exchange keeps its route until it is over, also when another plan is in use by then.
// Not here: who the backend is as an object (router/exchange), how a path finds its route (router/route).
#pragma once

namespace zeroway {

struct Route {};

}  // namespace zeroway
