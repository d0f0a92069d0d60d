// What each path of the management listener answers, and what it changes.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: who may ask (admin/admin_gate.h), asking the loops (admin/admin_backend.h), the paths that are read
// (admin/admin_pages.h), those that change something (admin/admin_actions.h).
#pragma once
#include "router/admin/admin_step.h"

namespace zeroway {

[[nodiscard]] AdminStep step_of(const AdminRequest& request);
// The reply to a change that met so many workers, servers or streams, or failed.
[[nodiscard]] AdminReply changed(const Change& change, const Result<std::size_t>& met);

}  // namespace zeroway
