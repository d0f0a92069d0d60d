// A whole worker, which answers everything with "hello".
#pragma once
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "zeroway/worker.h"

namespace zeroway {

// On a thread of its own; `hold` is called on the worker's, by requests for /held.
class RunningWorker {
 public:
  RunningWorker(
      Engine engine, const std::vector<std::string>& endpoints, std::function<void()> hold = [] {})
      : worker(options(engine, endpoints)) {
    worker.handle_inline("*", "/held", [hold = std::move(hold)](Request&, Reply& reply) {
      hold();
      reply.send("held");
    });
    worker.handle_inline("*", "/*", [](Request&, Reply& reply) { reply.send("hello"); });
    worker.handle("*", "/pool", [](Request&, Reply& reply) { reply.send("hello"); });
    thread_ = std::thread([this] { status_ = worker.run(); });
  }
  ~RunningWorker() {
    if (!thread_.joinable()) return;
    worker.stop();
    worker.stop();
    thread_.join();
  }
  int status() {
    thread_.join();
    return status_;
  }
  Worker worker;

 private:
  static WorkerOptions options(Engine engine, const std::vector<std::string>& endpoints) {
    WorkerOptions options;
    options.engine = engine;
    options.name = "test";
    options.connect = endpoints;
    options.log = [](std::string_view) {};
    return options;
  }
  std::thread thread_;
  int status_ = -1;
};

}  // namespace zeroway
