// What the command line says: realms, the path, and the options of every worker.
#pragma once
#include <zeroway/options.h>

#include <string>
#include <vector>

namespace wamp {

struct CommandLine {
  std::vector<std::string> realms;  // one or more, each once
  std::string path;                 // of its WebSockets, for routers that serve no WAMP; "" = it announces its realms
  zeroway::WorkerOptions worker;
};

// Reads `REALM… [--path PATH] [--name NAME] [OPTION …]`; OPTION is one of zeroway::WorkerOptions. --help
// prints the manual and exits with 0. A mistake is reported on stderr, with exit status 2.
[[nodiscard]] CommandLine read_command_line(int argc, char** argv);
// The same without exits and without --help: throws std::invalid_argument, whose text names the argument and what fits.
[[nodiscard]] CommandLine parse(const std::vector<std::string>& arguments);

}  // namespace wamp
