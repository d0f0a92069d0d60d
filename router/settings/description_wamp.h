// The keys of [sites.proxy.routes.wamp].
#pragma once
#include "router/settings/description.h"

namespace zeroway {

void describe_wamp(Keys<WampSettings>& keys);
// true and false, in the place of the table.
[[nodiscard]] Fit read_wamp_flag(RouteSettings& route, const Value& value);
void check_wamp(const RouteSettings& route, Reading& reading);

}  // namespace zeroway
