// A WAMP router on a worker: broker and dealer for the realms of the command line.
#include <cstdio>
#include <random>
#include <stdexcept>

#include "alarm.h"
#include "command_line.h"
#include "limits.h"
#include "wamp_socket.h"

namespace {

wamp::Id random_id() {
  static std::random_device device;
  return std::uniform_int_distribution<wamp::Id>(1, wamp::kMaxId)(device);
}

int serve(const wamp::CommandLine& line) {
  wamp::Realms realms(line.realms, random_id);  // outlives the handlers, which live as long as the worker
  zeroway::Worker worker(line.worker);
  wamp::Alarm alarm([&] {
    worker.post([&] {
      realms.expire(std::chrono::steady_clock::now());
      alarm.set(realms.next_deadline());
    });
  });
  wamp::register_wamp(worker, line.path, realms, [&] { alarm.set(realms.next_deadline()); });
  return worker.run();
}

}  // namespace

int main(int argc, char** argv) {
  const wamp::CommandLine line = wamp::read_command_line(argc, argv);
  try {
    return serve(line);
  } catch (const std::invalid_argument& mistake) {
    std::fprintf(stderr, "wamp-worker: %s\n", mistake.what());
    return 2;
  }
}
