// The router's program: reads the command line and runs a Router.
#include <iostream>

#include "router/observe/log.h"
#include "router/router.h"
#include "router/settings/command_line.h"

int main(int argc, char** argv) {
  zeroway::CommandLine line = zeroway::read_command_line({argv + 1, argv + argc});
  std::cout << line.output;
  std::cerr << line.error;
  if (!line.settings) return line.exit_code;
  zeroway::log::set_up(line.settings->observe);
  zeroway::Router router(std::move(*line.settings));
  if (const auto opened = router.open(); !opened) {
    zeroway::log::error(opened.error().detail);
    return 1;
  }
  return router.run();
}
