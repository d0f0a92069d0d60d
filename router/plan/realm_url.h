// Where a backend of WAMP is dialled, for people.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: the settings that say it (settings/wamp_settings.h).
#pragma once
#include <string>

#include "router/plan/wamp_spec.h"

namespace zeroway {

// "wss://example.com:443/ws", "rs://127.0.0.1:9000", "unix:/run/crossbar.sock".
[[nodiscard]] std::string url_of(const RealmSpec& realm);

}  // namespace zeroway
