// The keys of `auth` at a path of WAMP.
//
// Owner: describe_file().   Thread: any.
// Not here: what must fit together (settings/wamp_auth_checks.h).
#pragma once
#include "router/settings/keys.h"
#include "router/settings/wamp_auth_settings.h"

namespace zeroway {

void describe_wamp_auth(Keys<WampAuthSettings>& keys);

}  // namespace zeroway
