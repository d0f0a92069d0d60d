// The router's program: reads the command line and runs a Router, or a command for operators of one that runs.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "router/acme/file_store.h"
#include "router/acme/trust_text.h"
#include "router/admin/metrics_text.h"
#include "router/check.h"
#include "router/console/run_command.h"
#include "router/observe/log.h"
#include "router/pid_file.h"
#include "router/plan/certificate_spec.h"
#include "router/router.h"
#include "router/settings/command_line.h"
#include "router/settings/command_words.h"

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

int failed(const std::string& why) {
  std::cerr << "router: " << why << "\n";
  return 1;
}

int tell_trust(const std::string& state_dir) {
  const std::string root = zeroway::internal_folder(state_dir) + "/root.crt";
  if (!zeroway::has_file(root))
    return failed(root + " is not there: it is made when a router first serves a site with auto_cert = \"internal\"");
  std::cout << zeroway::trust_text(root);
  return 0;
}

int serve(zeroway::CommandLine line, zeroway::ReadSettings read_again) {
  zeroway::Settings& settings = *line.settings;
  zeroway::PidFile pid_file;
  if (const auto written = pid_file.write(settings.pid_file); !written) {
    zeroway::log::error(written.error().detail);
    return 1;
  }
  zeroway::Router router(std::move(settings), std::move(read_again), line.shown_file,
                         std::move(line.port_fingerprints));
  if (const auto opened = router.open(); !opened) {
    zeroway::log::error(opened.error().detail);
    return 1;
  }
  return router.run();
}

int run_command(const std::vector<std::string>& words) {
  const zeroway::CommandReading reading = zeroway::read_command_words(words);
  std::cout << reading.output;
  std::cerr << reading.error;
  return zeroway::to_int(reading.words ? zeroway::console::run_command(*reading.words) : reading.code);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  const std::vector<std::string> words{argv + 1, argv + argc};
  if (zeroway::names_command(words)) return run_command(words);
  zeroway::CommandLine line = zeroway::read_command_line(words);
  if (line.to_check) zeroway::check_plan(line, std::chrono::system_clock::now());
  std::cout << line.output;
  std::cerr << line.error;
  if (!line.reload.empty()) {
    const auto told = zeroway::tell_to_reload(line.reload);
    return told ? 0 : failed(told.error().detail);
  }
  if (line.wants_metrics) std::cout << zeroway::metrics_manual();
  if (!line.trust.empty()) return tell_trust(line.trust);
  if (!line.settings) return line.exit_code;
  if (const auto set_up = zeroway::log::set_up(line.settings->observe); !set_up) return failed(set_up.error().detail);
  for (const std::string& warning : line.warnings) zeroway::log::warning(warning);
  const int exit_code = serve(std::move(line), [words] { return zeroway::read_command_line(words); });
  zeroway::log::finish();
  return exit_code;
}
