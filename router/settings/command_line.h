// The router's command line: takes words, returns settings or a text to print.
//
// Owner: nobody; a pure function.   Thread: any, at the start.
// CLI11 is included by command_line.cpp alone. The help text is the manual's source.
// Not here: what the settings mean (settings/settings.h), reading a configuration file (settings/settings_file.h).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/settings/port_fingerprints.h"
#include "router/settings/settings.h"

namespace zeroway {

// The task for main: serve with `settings`, or print and exit.
struct CommandLine {
  std::optional<Settings> settings{};
  std::string output{};                 // for standard output: help, version
  std::string error{};                  // for standard error: names the option, the value and the values allowed
  std::vector<std::string> warnings{};  // about the configuration file, for the log
  std::string reload{};                 // the pid file of a router that is to read its file again; "" = serve
  int exit_code = 0;                    // 2 after an error, 1 after an error in the configuration file
  std::string trust{};                  // the state directory whose authority is to be trusted; "" = serve
  std::shared_ptr<const std::string> shown_file{};  // see FileReading::shown; null = no file
  PortFingerprints port_fingerprints{};
  bool wants_metrics = false;          // what metrics mean is to be printed
  std::optional<Settings> to_check{};  // of --check: to be told whether they can be served, before anything is printed
};

// An option as the help shows it.
struct RouterOption {
  std::vector<std::string> names;  // "-p", "--port"
  std::string kind;                // what the help calls the word; "" = a flag
  std::string help;
  std::string choices;  // the only words that fit, separated by spaces; "" = others, too
};

// For shells' completion: all but hidden ones.
[[nodiscard]] std::vector<RouterOption> router_options();

// `words` without the program's name.
[[nodiscard]] CommandLine read_command_line(const std::vector<std::string>& words);

}  // namespace zeroway
