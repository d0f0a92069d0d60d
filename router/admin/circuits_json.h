// The circuits that the management API has named, and those that workers announce, as the API tells of them.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: what a circuit says of itself (router/circuits/circuit_json.h), changes (admin/admin_actions.cpp).
#pragma once
#include <string>
#include <string_view>

#include "router/admin/admin_request.h"
#include "router/admin/census.h"

namespace zeroway {

// GET /api/v1/circuits?session=…&service=…&owner=…: those for which all of them are so.
[[nodiscard]] AdminReply circuits_reply(const AdminRequest& request, const Census& census);
// GET /api/v1/circuits/ID.
[[nodiscard]] AdminReply circuit_reply(const AdminRequest& request, const Census& census);

}  // namespace zeroway
