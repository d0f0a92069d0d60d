// Runs a command for operators, from its words to its exit status.
//
// Owner: main.   Thread: the process's only one.
// Not here: reading the words (settings/command_words.h), the router that serves (router/router.h).
#pragma once
#include "router/settings/command_words.h"

namespace zeroway::console {

// Prints what it found to standard output, and why it failed to standard error.
[[nodiscard]] ExitCode run_command(const CommandWords& words);

}  // namespace zeroway::console
