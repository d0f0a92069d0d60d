// Makes of what a file says of authentication what the path's doorkeeper checks clients by.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: which path it belongs to (plan/wamp_spec.h).
#pragma once
#include "router/plan/wamp_auth_spec.h"
#include "router/settings/wamp_auth_settings.h"

namespace zeroway {

// `said` has passed check_wamp_auth().
[[nodiscard]] WampAuthSpec make_wamp_auth(const WampAuthSettings& said);

}  // namespace zeroway
