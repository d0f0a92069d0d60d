// Who the clients of WAMP at a path, or of RawSocket, are: the tables `auth` and `cookie` of a Crossbar.io node file.
//
//     "auth": {"ticket": {"type": "static", "principals": {"joe": {"ticket": "$JOE_TICKET", "role": "frontend"}}}}
//
// Owner: nobody; a free function.   Thread: any.
// A method whose clients a procedure or a function checks (`dynamic`, `function`) is an error.
// Not here: whether it fits together (settings/wamp_auth_checks.h).
#pragma once
#include <optional>
#include <string>

#include "router/settings/reading.h"
#include "router/settings/wamp_auth_settings.h"

namespace zeroway::crossbar {

// Those of `item`; nothing when it has no `auth`: its backends ask the clients then.
[[nodiscard]] std::optional<WampAuthSettings> read_wamp_auth(const Node& item, const std::string& where,
                                                             Reading& reading);

}  // namespace zeroway::crossbar
