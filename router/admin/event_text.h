// Events as server-sent events (HTML Living Standard §9.2): lines of a field each, an empty line behind each event.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: when events are sent (admin/event_watchers.h).
#pragma once
#include <string>
#include <string_view>

#include "router/observe/events.h"

namespace zeroway {

[[nodiscard]] std::string event_text(const EventBook::Batch& batch);
// The router's numbers, which have no id: nobody needs those of a second ago.
[[nodiscard]] std::string numbers_text(std::string_view json);

}  // namespace zeroway
