// What each path of the management listener answers, and what it changes.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: who may ask (admin/admin_gate.h), asking the loops (admin/admin_backend.h).
#pragma once
#include <variant>

#include "router/admin/admin_request.h"
#include "router/admin/desk.h"

namespace zeroway {

// Makes the reply from what the router knows.
using WriteReply = AdminReply (*)(const AdminRequest& request, const Census& census);

// What is to be done for a request: answer at once, ask the loops first, or ask for a change.
using AdminStep = std::variant<AdminReply, WriteReply, Change>;

[[nodiscard]] AdminStep step_of(const AdminRequest& request);
// The reply to a change that met so many workers and servers, or failed.
[[nodiscard]] AdminReply changed(const Change& change, const Result<std::size_t>& met);

}  // namespace zeroway
