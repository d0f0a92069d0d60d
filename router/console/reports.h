// What the commands print for people.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: asking (console/commands.h), tables (console/lists.h, console/grid.h).
#pragma once
#include <string>

#include "router/console/figures.h"

namespace zeroway::console {

[[nodiscard]] std::string status_text(const Health& health, const Version& version, const std::vector<Member>& members);
[[nodiscard]] std::string explanation_text(const Explanation& explanation);
[[nodiscard]] std::string wamp_text(const WampList& wamp);
[[nodiscard]] std::string requests_text(const RequestList& requests);
[[nodiscard]] std::string event_text(const Event& event);  // a line with its end

}  // namespace zeroway::console
