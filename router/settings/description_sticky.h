// The keys of sticky sessions, and of the circuits of sessions.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the other keys of load balancing (settings/description_proxy.cpp).
#pragma once
#include <string>
#include <vector>

#include "router/settings/keys.h"
#include "router/settings/sticky_settings.h"

namespace zeroway {

inline constexpr const char* kStickyForms =
    "true or \"cookie\", \"address\", \"header:FIELD\", or false (\"off\" as an option)";

[[nodiscard]] Fit read_sticky(StickySettings& sticky, const Value& value);
// The words among which an error finds the one that was perhaps meant.
[[nodiscard]] const std::vector<std::string>& sticky_words();
// The keys of circuits.
void describe_sessions(Keys<SessionSettings>& keys);
// The keys beside load_balancing.sticky_sessions.
void describe_sticky_cookie(Keys<BalanceSettings>& keys);

}  // namespace zeroway
