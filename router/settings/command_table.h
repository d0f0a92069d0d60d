// The commands for operators that are the first word of `router`: arguments, options, help.
//
// Owner: nobody; constants.   Thread: any.
// The reader of words, the help, the manual page and shells' completion go through this table.
// Not here: reading words (settings/command_words.h), what a command does (router/console/).
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "router/settings/command_words.h"

namespace zeroway {

struct CommandOption {
  std::string_view name;  // "--manage"
  std::string_view kind;  // what the help calls the value; "" = a flag without a value
  std::string_view help;
  std::string_view wants;                                       // what fits, for errors
  bool (*read)(CommandWords& words, const std::string& value);  // false = the value does not fit
  std::string_view choices = "";  // the only values, separated by spaces; "" = others, too
};

struct Command {
  CommandId id;
  std::string_view name;
  std::string_view argument;  // what the help calls it; "" = the command takes none
  bool needs_argument;
  std::string_view choices;                       // the only arguments, separated by spaces; "" = others, too
  std::string_view summary;                       // a line of `router --help`
  std::string_view help;                          // what else `router COMMAND --help` says
  std::span<const CommandOption> options;         // its own
  std::span<const CommandOption> shared_options;  // how the router is reached; empty for commands that ask no router
};

[[nodiscard]] std::span<const Command> commands();
// Null when there is none.
[[nodiscard]] const Command* find_command(std::string_view name);
// The option of `command`, its own or a shared one; null when there is none.
[[nodiscard]] const CommandOption* find_option(const Command& command, std::string_view name);

}  // namespace zeroway
