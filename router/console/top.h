// `router top`: asks the router every second, and shows what it tells until the operator quits.
//
// Owner: the command.   Thread: that of the loop, which it runs.
// One loop waits for answers, keys, the clock and signals, so that nothing needs a lock and no answer blocks a key.
// Not here: what a screen shows (console/screen.h), what a key does (console/top_state.h).
#pragma once
#include "router/console/commands.h"

namespace zeroway::console {

// The terminal is as it was before when this returns.
[[nodiscard]] Outcome run_top(Loop& loop, ManagementClient& client, const CommandWords& words);

}  // namespace zeroway::console
