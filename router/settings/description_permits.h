// The keys of who may use the services of sessions.
//
// Owner: describe_sessions().   Thread: any.
// Not here: what they mean for a request (router/plan/permit_rule.h).
#pragma once
#include "router/settings/keys.h"
#include "router/settings/session_settings.h"

namespace zeroway {

void describe_permits(Keys<SessionSettings>& keys);
// What fits together, for one site.
void check_permits(const SessionSettings& sessions, Reading& reading);

}  // namespace zeroway
