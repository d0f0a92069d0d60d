// A worker with real sockets against a router that is played here.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <iterator>
#include <thread>

#include "tests/worker-sdk/engines.h"
#include "tests/worker-sdk/fake_router.h"
#include "tests/worker-sdk/running_worker.h"

using namespace zeroway;

TEST_CASE("loop: a worker that was there first says hello to a router that appears, and serves what it deals") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  FakeRouter router(folder.endpoint());
  CHECK(router.greets());
  CHECK(router.worker().starts_with("test#"));
  MessageWriter message = opening(7, "/");
  router.deal(message);
  CHECK(router.receive() == "1:7 0:7");
  message = opening(9, "/pool");
  router.steer(message);
  std::string answer = router.receive();
  if (answer == "8:9") answer = router.receive();  // accepted first, unless the pool was faster than the turn
  CHECK(answer == "1:9 0:9");
  message.ping(1, Ack::no);
  router.deal(message);
  CHECK(router.receive() == "6:0");
}

TEST_CASE("loop: stop says GOAWAY, serves what is on its way, and ends with 0 when the router has confirmed") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  CHECK_FALSE(worker.worker.is_draining());
  worker.worker.stop();
  CHECK(worker.worker.is_draining());
  CHECK(router.receive() == "7:0");
  MessageWriter message = opening(1, "/");
  router.deal(message);
  CHECK(router.receive() == "1:1 0:1");
  message.goaway(0, ResetCode::no_error, "");
  router.steer(message);
  CHECK(worker.status() == 0);
}

TEST_CASE("loop: a second stop ends it at once") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  worker.worker.stop();
  worker.worker.stop();
  CHECK(worker.status() == 0);  // it held nothing
}

TEST_CASE("loop: a worker without a router ends at once") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  worker.worker.stop();
  CHECK(worker.status() == 0);
}

TEST_CASE("loop: the second run(), and one after fork(), say that they cannot") {
  std::vector<std::string> lines;
  WorkerOptions options;
  options.engine = each_engine();
  options.name = "test";
  options.connect = {"ipc:///nowhere/at/all"};
  options.log = [&](std::string_view line) { lines.emplace_back(line); };
  Worker worker(options);
  worker.stop();
  if (const pid_t child = fork(); child == 0) {
    _exit(worker.run());
  } else {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 2);
  }
  CHECK(worker.run() == 0);
  CHECK(worker.run() == 2);
  REQUIRE(lines.size() == 2);
  CHECK(lines.front() == "leaving");
  CHECK(lines.back().find("once") != std::string::npos);
}

TEST_CASE("loop: after a router's restart the first thing it hears is hello") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  {
    FakeRouter router(folder.endpoint());
    REQUIRE(router.greets());
  }
  FakeRouter router(folder.endpoint());
  CHECK(router.greets());
  MessageWriter message = opening(1, "/");
  router.deal(message);
  CHECK(router.receive() == "1:1 0:1");
}

TEST_CASE("loop: a worker that is held up while its router restarts is not on deal before it is welcome") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  std::promise<void> held, released;
  RunningWorker worker(engine, {folder.endpoint()}, [&] {
    held.set_value();
    released.get_future().wait();
  });
  {
    FakeRouter router(folder.endpoint());
    REQUIRE(router.greets());
    MessageWriter message = opening(1, "/held");
    router.deal(message);
    held.get_future().wait();
  }
  FakeRouter router(folder.endpoint());
  CHECK_FALSE(router.has_somebody_to_deal_to(500));  // libzmq would be back after 100 to 200 ms
  released.set_value();
  while (router.receive() != "224:0") continue;  // an answer to the one before may come first
  CHECK_FALSE(router.has_somebody_to_deal_to(200));
  router.welcome();
  MessageWriter message = opening(3, "/");
  router.deal(message);
  CHECK(router.receive() == "1:3 0:3");
}

TEST_CASE("loop: one worker serves two routers") {
  const Engine engine = each_engine();
  const FabricFolder first, second;
  RunningWorker worker(engine, {first.endpoint(), second.endpoint()});
  FakeRouter router_a(first.endpoint());
  FakeRouter router_b(second.endpoint(), "router#fedcba9876543210");  // with one name they would be one router
  REQUIRE(router_a.greets());
  REQUIRE(router_b.greets());
  MessageWriter message = opening(1, "/");
  router_a.deal(message);
  CHECK(router_a.receive() == "1:1 0:1");
  message = opening(1, "/");
  router_b.deal(message);
  CHECK(router_b.receive() == "1:1 0:1");
}

TEST_CASE("loop: garbage from a router stops nothing") {
  const Engine engine = each_engine();
  const FabricFolder folder;
  RunningWorker worker(engine, {folder.endpoint()});
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  MessageWriter message;
  message.data(0, as_bytes("x"), Last::no);
  message.rst_stream(0, ResetCode::cancel);
  message.window_update(0, 0);
  router.deal(message);
  message = opening(1, "/");
  router.deal(message);
  CHECK(router.receive() == "1:1 0:1");
}

// A signal does nothing while this lives. It must outlive the thread it was sent to: the last one may still wait there.
class HandledSignal {
 public:
  explicit HandledSignal(int number) : number_(number) {
    struct sigaction handled = {};
    handled.sa_handler = [](int) {};
    sigaction(number_, &handled, &before_);
  }
  ~HandledSignal() { sigaction(number_, &before_, nullptr); }
  HandledSignal(const HandledSignal&) = delete;
  HandledSignal& operator=(const HandledSignal&) = delete;

 private:
  int number_;
  struct sigaction before_ = {};
};

TEST_CASE("loop: signals that the application handles cost no request its answer") {
  const Engine engine = each_engine();
  const HandledSignal handled(SIGUSR1);
  const FabricFolder folder;
  std::promise<pthread_t> thread;
  RunningWorker worker(engine, {folder.endpoint()}, [&thread] { thread.set_value(pthread_self()); });
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  MessageWriter message = opening(1, "/held");
  router.steer(message);
  CHECK(router.receive() == "1:1 0:1");
  std::atomic<bool> is_over = false;
  std::thread profiler([&is_over, of = thread.get_future().get()] {
    while (!is_over) pthread_kill(of, SIGUSR1);
  });
  for (StreamId stream = 3; stream < 2'000; stream += 2) {
    message = opening(stream, "/");
    router.steer(message);
    const std::string answer = router.receive();
    CHECK(answer == "1:" + std::to_string(stream) + " 0:" + std::to_string(stream));
    if (answer == "nothing") break;
  }
  is_over = true;
  profiler.join();
}

TEST_CASE("loop: with the engine loop a worker has no thread but its own and its pool's") {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const FabricFolder folder;
  FakeRouter router(folder.endpoint());
  const auto before = threads();
  RunningWorker worker(Engine::loop, {folder.endpoint()});
  REQUIRE(router.greets());
  MessageWriter message = opening(1, "/");
  router.deal(message);
  CHECK(router.receive() == "1:1 0:1");
  CHECK(threads() == before + 1 + static_cast<std::ptrdiff_t>(worker.worker.options().threads));
}
