// A worker with real sockets against a router that is played here.
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <future>
#include <thread>

#include "proto/message.h"
#include "zeroway/worker.h"

using namespace zeroway;

namespace {

constexpr int kPatience = 10'000;  // ms: only a failing test waits that long

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "zeroway-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string endpoint() const { return "ipc://" + path_ + "/fabric"; }

 private:
  std::string path_;
};

class FakeRouter {
 public:
  explicit FakeRouter(const std::string& endpoint) : context_(zmq_ctx_new()), endpoint_(endpoint) {
    deal_ = bound(ZMQ_DEALER, endpoint);
    steer_ = bound(ZMQ_ROUTER, steer_endpoint(endpoint).value());
  }
  ~FakeRouter() {
    zmq_close(deal_);
    zmq_close(steer_);
    zmq_ctx_term(context_);
  }

  void deal(MessageWriter& message) { send(deal_, message); }
  void steer(MessageWriter& message) {
    zmq_send(steer_, worker_.data(), worker_.size(), ZMQ_SNDMORE);
    send(steer_, message);
  }
  // The worker's HELLO, answered by WELCOME. Then the worker connects to deal.
  [[nodiscard]] bool greets() {
    if (receive() != "224:0") return false;
    welcome();
    return true;
  }
  void welcome() {
    MessageWriter message;
    message.welcome(
        {.router = "router#0123456789abcdef", .loop = 0, .pairs = {{endpoint_, steer_endpoint(endpoint_).value()}}});
    steer(message);
  }
  // The types of the next message's frames, each with its stream: "1:7 0:7".
  std::string receive() {
    worker_.resize(256);
    const int size = zmq_recv(steer_, worker_.data(), worker_.size(), 0);
    if (size < 0) return "nothing";
    worker_.resize(static_cast<std::size_t>(size));
    std::string payload(1 << 20, ' ');
    payload.resize(static_cast<std::size_t>(zmq_recv(steer_, payload.data(), payload.size(), 0)));
    std::string text;
    MessageReader reader(as_bytes(payload));
    while (const auto frame = reader.next().value())
      text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(frame->type)) + ":" +
              std::to_string(frame->stream);
    return text;
  }
  [[nodiscard]] const std::string& worker() const { return worker_; }
  // Whether somebody is connected to deal within `patience` ms.
  [[nodiscard]] bool has_somebody_to_deal_to(long patience) {
    zmq_pollitem_t item{deal_, 0, ZMQ_POLLOUT, 0};
    return zmq_poll(&item, 1, patience) == 1;
  }

 private:
  void* bound(int type, const std::string& endpoint) {
    void* socket = zmq_socket(context_, type);
    const int linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &kPatience, sizeof kPatience);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &kPatience, sizeof kPatience);
    REQUIRE(zmq_bind(socket, endpoint.c_str()) == 0);
    return socket;
  }
  static void send(void* socket, MessageWriter& message) {
    const std::string bytes = message.take();
    zmq_send(socket, bytes.data(), bytes.size(), 0);
  }

  void* context_;
  std::string endpoint_;
  void* deal_;
  void* steer_;
  std::string worker_;
};

// A worker on a thread of its own.
class RunningWorker {
 public:
  explicit RunningWorker(
      const std::vector<std::string>& endpoints, std::function<void()> hold = [] {})
      : worker(options(endpoints)) {
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
  static WorkerOptions options(const std::vector<std::string>& endpoints) {
    WorkerOptions options;
    options.name = "test";
    options.connect = endpoints;
    options.log = [](std::string_view) {};
    return options;
  }
  std::thread thread_;
  int status_ = -1;
};

MessageWriter opening(StreamId id, std::string_view path) {
  MessageWriter message;
  HpackEncoder encoder;
  message.headers(id, Head{{":method", "GET"}, {":scheme", "http"}, {":path", path}}, encoder, Last::yes);
  return message;
}

}  // namespace

TEST_CASE("loop: a worker that was there first says hello to a router that appears, and serves what it deals") {
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
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
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  worker.worker.stop();
  CHECK(router.receive() == "7:0");
  MessageWriter message = opening(1, "/");
  router.deal(message);
  CHECK(router.receive() == "1:1 0:1");
  message.goaway(0, ResetCode::no_error, "");
  router.steer(message);
  CHECK(worker.status() == 0);
}

TEST_CASE("loop: a second stop ends it at once") {
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
  FakeRouter router(folder.endpoint());
  REQUIRE(router.greets());
  worker.worker.stop();
  worker.worker.stop();
  CHECK(worker.status() == 0);  // it held nothing
}

TEST_CASE("loop: a worker without a router ends at once") {
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
  worker.worker.stop();
  CHECK(worker.status() == 0);
}

TEST_CASE("loop: the second run(), and one after fork(), say that they cannot") {
  std::vector<std::string> lines;
  WorkerOptions options;
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
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().find("once") != std::string::npos);
}

TEST_CASE("loop: after a router's restart the first thing it hears is hello") {
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
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
  const Folder folder;
  std::promise<void> held, released;
  RunningWorker worker({folder.endpoint()}, [&] {
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
  const Folder first, second;
  RunningWorker worker({first.endpoint(), second.endpoint()});
  FakeRouter router_a(first.endpoint());
  FakeRouter router_b(second.endpoint());
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
  const Folder folder;
  RunningWorker worker({folder.endpoint()});
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
