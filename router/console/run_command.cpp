#include "router/console/run_command.h"

#include <clocale>
#include <iostream>
#include <optional>

#include "router/console/commands.h"
#include "router/console/completion.h"
#include "router/console/management_client.h"
#include "router/console/top.h"
#include "router/observe/log.h"

namespace zeroway::console {

namespace {

ExitCode failed(const CommandWords& words, const std::string& why, ExitCode code) {
  std::cerr << "router " << name_of(words.command) << ": " << why << "\n";
  return code;
}

ExitCode ask_router(Loop& loop, ManagementClient& client, const CommandWords& words) {
  const Outcome outcome = words.command == CommandId::top ? run_top(loop, client, words) : run(loop, client, words);
  std::cout << outcome.output << std::flush;
  if (!outcome.verdict.why.empty()) return failed(words, outcome.verdict.why, outcome.verdict.code);
  return outcome.verdict.code;
}

}  // namespace

ExitCode run_command(const CommandWords& words) {
  std::setlocale(LC_CTYPE, "");  // which characters the terminal shows
  if (words.command == CommandId::completion) {
    std::cout << completion_script(words.argument);
    return ExitCode::fine;
  }
  log::silence();  // a line in the midst of a screen or of JSON helps nobody
  Loop loop(ManySends::Ring::never);
  auto client = ManagementClient::make(loop, words);
  if (!client) return failed(words, client.error().detail, ExitCode::usage);
  if (!words.token_file.empty()) {
    auto token = read_token(words.token_file);
    if (!token) return failed(words, "--token-file: " + token.error().detail, ExitCode::usage);
    (*client)->set_token(std::move(*token));
  }
  return ask_router(loop, **client, words);
}

}  // namespace zeroway::console
