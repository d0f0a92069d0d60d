// The second half of --check: whether the file, which was read without an error, can be served.
//
// Owner: main; a free function.   Thread: any.
// Not here: reading the file (router/settings), serving (router/router.h).
#pragma once
#include "router/observe/wall_clock.h"
#include "router/settings/command_line.h"

namespace zeroway {

// Makes the plan of `line.to_check`, its pools, and reads its certificates; opens no socket. All that is wrong is added
// to `line.error`, and then nothing else is printed and the exit code is 1. Else the output tells how long each
// certificate is good, and those that end soon are warnings.
void check_plan(CommandLine& line, WallTime now);

}  // namespace zeroway
