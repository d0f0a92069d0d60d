// One worker and the realms that it serves.
//
// Owner: main.   Thread: the one that calls the worker's run().
// Not here: several of them in one process (main.cpp).
#pragma once
#include <zeroway/worker.h>

#include <string>
#include <vector>

#include "alarm.h"
#include "command_line.h"
#include "realms.h"

namespace wamp {

class Service {
 public:
  // `name`: of the worker. Throws std::invalid_argument when an option, a path or a realm does not fit.
  Service(const CommandLine& line, const std::vector<std::string>& realms, const std::string& name);
  zeroway::Worker& worker() { return worker_; }

 private:
  void ring();

  Realms realms_;  // outlives the handlers, which live as long as the worker
  zeroway::Worker worker_;
  Alarm alarm_;
};

}  // namespace wamp
