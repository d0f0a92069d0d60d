#include "command_line.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "uri.h"

namespace wamp {

namespace {

constexpr const char* kManual =
    "Usage: wamp-worker REALM… [--path PATH] [--name NAME] [OPTION …]\n\n"
    "A WAMP router, broker and dealer, for these realms: clients reach it at ws://ROUTER/ws.\n\n"
    "  --path PATH                claims a path for its WebSockets, instead of announcing its realms\n"
    "  --name NAME                its name in logs (wamp-worker)\n\n"
    "OPTION is one of those that every worker has:\n\n";

std::string read_realm(const std::string& name, const std::vector<std::string>& others) {
  if (!is_uri(name))
    throw std::invalid_argument("realm " + name +
                                ": must be a name like realm1 or com.example.shop, without spaces or #");
  if (std::find(others.begin(), others.end(), name) != others.end())
    throw std::invalid_argument("realm " + name + ": is named twice");
  return name;
}

std::string read_path(const std::string& path) {
  if (!path.starts_with('/')) throw std::invalid_argument("--path " + path + ": must begin with /, like /ws");
  return path;
}

// Takes `NAME VALUE` or `NAME=VALUE` out of the arguments, wherever it is; the last one counts.
void take_option(std::vector<std::string>& arguments, const std::string& name, std::string& value) {
  for (auto at = arguments.begin(); at != arguments.end();) {
    if (at->starts_with(name + "=")) {
      value = at->substr(name.size() + 1);
      at = arguments.erase(at);
    } else if (*at == name) {
      if (at + 1 == arguments.end()) throw std::invalid_argument(name + ": the value is missing");
      value = *(at + 1);
      at = arguments.erase(at, at + 2);
    } else {
      ++at;
    }
  }
}

// The SDK prints the rest of the manual, or its version, and exits.
[[noreturn]] void let_sdk_print(char* program, std::string word) {
  char* words[] = {program, word.data(), nullptr};
  (void)zeroway::WorkerOptions::from_command_line(2, words);
  std::exit(0);
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }
bool is_version(const std::string& word) { return word == "--version" || word == "-V"; }

}  // namespace

CommandLine parse(const std::vector<std::string>& arguments) {
  CommandLine read;
  std::vector<std::string> rest = arguments;
  read.worker.name = "wamp-worker";
  read.worker.capacity = 10'000;  // an idle session costs a few kilobytes
  take_option(rest, "--name", read.worker.name);
  take_option(rest, "--path", read.path);
  if (!read.path.empty()) read.path = read_path(read.path);
  const auto first_option =
      std::find_if(rest.begin(), rest.end(), [](const auto& word) { return word.starts_with('-'); });
  for (auto at = rest.begin(); at != first_option; ++at) read.realms.push_back(read_realm(*at, read.realms));
  const std::string name = read.worker.name;
  read.worker = zeroway::WorkerOptions::parse({first_option, rest.end()}, read.worker);
  if (read.worker.name != name)
    throw std::invalid_argument("argument " + read.worker.name + ": realms stand in front of the options");
  if (read.realms.empty()) throw std::invalid_argument("no realm is named: wamp-worker realm1");
  return read;
}

CommandLine read_command_line(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (std::any_of(arguments.begin(), arguments.end(), is_help)) {
    std::fputs(kManual, stdout);
    let_sdk_print(argv[0], "--help");
  }
  if (std::any_of(arguments.begin(), arguments.end(), is_version)) let_sdk_print(argv[0], "--version");
  try {
    return parse(arguments);
  } catch (const std::invalid_argument& mistake) {
    std::fprintf(stderr, "wamp-worker: %s\n", mistake.what());
    std::exit(2);
  }
}

}  // namespace wamp
