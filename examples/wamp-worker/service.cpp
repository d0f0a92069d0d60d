#include "service.h"

#include "random_id.h"
#include "wamp_socket.h"

namespace wamp {

namespace {

zeroway::WorkerOptions named(zeroway::WorkerOptions options, const std::string& name) {
  options.name = name;
  return options;
}

}  // namespace

Service::Service(const CommandLine& line, const std::vector<std::string>& realms, const std::string& name)
    : realms_(realms, random_id), worker_(named(line.worker, name)), alarm_([this] { ring(); }) {
  const auto told = [this] { alarm_.set(realms_.next_deadline()); };
  if (line.path.empty()) {
    register_realm(worker_, realms.front(), realms_, told);
  } else {
    register_wamp(worker_, line.path, realms_, told);
  }
}

void Service::ring() {
  worker_.post([this] {
    realms_.expire(std::chrono::steady_clock::now());
    alarm_.set(realms_.next_deadline());
  });
}

}  // namespace wamp
