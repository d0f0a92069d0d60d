// The completion of shells for `router`: a script made of the tables that the words are read by.
//
// Owner: nobody; a pure function.   Thread: any.
// Names of workers and servers are asked of the router, with the options that stand on the line already.
// Not here: the tables (settings/command_table.h, settings/command_line.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway::console {

// `shell`: "bash" or "zsh".
[[nodiscard]] std::string completion_script(std::string_view shell);

}  // namespace zeroway::console
