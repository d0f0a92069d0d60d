// Reads the words behind `router COMMAND`, and writes the commands' help.
//
// Owner: nobody; pure functions.   Thread: any, at the start.
// The commands are a table (settings/command_table.h) and not CLI11's: shells' completion reads it, too.
// Not here: the options of a router that serves (settings/command_line.h), what a command does (router/console/).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/settings/command_exit.h"
#include "router/settings/member_url.h"

namespace zeroway {

enum class CommandId : std::uint8_t {
  top,
  status,
  workers,
  servers,
  drain,
  undrain,
  explain,
  requests,
  wamp,
  reload,
  events,
  completion,
  help,
};

// What the words of a command ask for. Each default is the documented one.
struct CommandWords {
  CommandId command = CommandId::status;
  std::string argument;                                                 // NAME, URL, the shell or the command
  std::string where = "127.0.0.1:6040";                                 // as the operator wrote it
  MemberUrl target{MemberScheme::http, "127.0.0.1", 6040, "", "", ""};  // `where`, read: http, https or unix_socket
  std::string token_file, ca_file;                                      // "" = none; the system's authorities
  std::chrono::milliseconds timeout{5'000};
  std::chrono::milliseconds every{1'000};  // top: between two questions
  bool is_json = false, is_once = false;
  std::string kind;                    // "worker", "server"; "" = whichever has the name
  std::string method = "GET", client;  // explain; "" = the router's default
  std::optional<std::uint64_t> failed, slow, after, limit;
  std::string realm, authid, worker;  // wamp; "" = any
  std::string after_place;            // wamp; "" = from the first one
};

// What main does: runs the command, or prints and ends.
struct CommandReading {
  std::optional<CommandWords> words;
  std::string output, error;
  ExitCode code = ExitCode::fine;
};

// Whether the router is to be an operator's command, not a server. A folder with a command's name is served as ./NAME.
[[nodiscard]] bool names_command(const std::vector<std::string>& words);
// `words` without the program's name; the first one names a command.
[[nodiscard]] CommandReading read_command_words(const std::vector<std::string>& words);

[[nodiscard]] std::vector<std::string> command_names();
// One line for each command, for `router --help`.
[[nodiscard]] std::string list_commands();
// The help of the command named `name`; of all commands when it is "".
[[nodiscard]] std::string describe_commands(const std::string& name = "");

}  // namespace zeroway
