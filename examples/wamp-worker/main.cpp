// A WAMP router on a worker: broker and dealer for the realms of the command line.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "command_line.h"
#include "limits.h"
#include "service.h"

namespace {

using Services = std::vector<std::unique_ptr<wamp::Service>>;

// Workers of several realms have names of their own.
std::string name_of(const wamp::CommandLine& line, const std::string& realm) {
  return line.realms.size() == 1 ? line.worker.name : line.worker.name + ":" + realm;
}

// A signal reaches one worker of a process: when one leaves, or cannot begin, all do.
void leave_together(Services& services, const std::atomic<std::size_t>& ended) {
  const auto is_leaving = [](const auto& one) { return one->worker().is_draining(); };
  while (ended.load() == 0 && std::none_of(services.begin(), services.end(), is_leaving))
    std::this_thread::sleep_for(wamp::kLeavePause);
  for (const auto& one : services)
    if (!is_leaving(one)) one->worker().stop();
}

int run(Services& services) {
  if (services.size() == 1) return services.front()->worker().run();
  std::atomic<std::size_t> ended = 0;
  std::atomic<int> result = 0;
  std::vector<std::thread> threads;
  for (const auto& one : services) {
    threads.emplace_back([&, worker = &one->worker()] {
      if (const int code = worker->run(); code != 0) result = code;
      ++ended;
    });
  }
  leave_together(services, ended);
  for (std::thread& thread : threads) thread.join();
  return result;
}

int serve(const wamp::CommandLine& line) {
  Services services;
  if (line.path.empty()) {
    for (const std::string& realm : line.realms)
      services.push_back(std::make_unique<wamp::Service>(line, std::vector{realm}, name_of(line, realm)));
  } else {
    services.push_back(std::make_unique<wamp::Service>(line, line.realms, line.worker.name));
  }
  return run(services);
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
