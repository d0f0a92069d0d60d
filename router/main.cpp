// The router's program: reads the command line and runs a Router.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "router/observe/log.h"
#include "router/router.h"
#include "router/settings/command_line.h"

namespace {

// When a standard descriptor is closed at the start, the next file or socket opened would get its number: a client
// would read the log.
void fill_standard_descriptors() {
  while (true) {
    const int descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    if (descriptor > STDERR_FILENO) return static_cast<void>(::close(descriptor));
  }
}

int serve(zeroway::Settings settings) {
  zeroway::Router router(std::move(settings));
  if (const auto opened = router.open(); !opened) {
    zeroway::log::error(opened.error().detail);
    return 1;
  }
  return router.run();
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  zeroway::CommandLine line = zeroway::read_command_line({argv + 1, argv + argc});
  std::cout << line.output;
  std::cerr << line.error;
  if (!line.settings) return line.exit_code;
  if (const auto set_up = zeroway::log::set_up(line.settings->observe); !set_up) {
    std::cerr << "router: " << set_up.error().detail << "\n";
    return 1;
  }
  for (const std::string& warning : line.warnings) zeroway::log::warning(warning);
  const int exit_code = serve(std::move(*line.settings));
  zeroway::log::finish();
  return exit_code;
}
