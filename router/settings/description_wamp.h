// The keys of [sites.proxy.routes.wamp].
//
// Owner: describe_file().   Thread: any.
// Not here: its table `auth` (settings/description_wamp_auth.h), RawSocket (settings/description_raw_socket.cpp).
#pragma once
#include "router/settings/description.h"

namespace zeroway {

void describe_wamp(Keys<WampSettings>& keys);
// true and false, in the place of the table.
[[nodiscard]] Fit read_wamp_flag(RouteSettings& route, const Value& value);
// Whether they fit together.
void check_wamp(const RouteSettings& route, Reading& reading);

}  // namespace zeroway
