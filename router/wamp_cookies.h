// What cookies of WAMP admit, for all loops; in files where the plan names one.
//
// Owner: Router, which makes it for each plan.   Thread: the router's first loop.
// A login stays at a reload while its path's principals stay as they are, or its file does. Not here: what is
// remembered (wamp/auth/cookie_store.h).
#pragma once
#include "router/loop_backends.h"
#include "router/plan/plan.h"

namespace zeroway {

// `before` and `old`: the plan in use and its cookies; null = none. The error names a file that cannot be used.
[[nodiscard]] Result<SharedCookies> make_cookies(const Plan& plan, const Plan* before, const SharedCookies& old,
                                                 WampWallTime now);

}  // namespace zeroway
