#include "zeroway/worker.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <utility>

#include "default_endpoints.h"
#include "proto/instance.h"
#include "worker_body.h"

namespace zeroway {

namespace {

Hello make_hello(const WorkerOptions& options) {
  Hello hello;
  hello.name = options.name;
  hello.instance = make_instance(options.name);
  hello.pid = static_cast<std::uint64_t>(getpid());
  hello.weight = options.weight;
  hello.capacity = options.capacity;
  return hello;
}

WorkerOptions checked(WorkerOptions options) {
  if (options.connect.empty()) options.connect = default_endpoints();
  options.check();
  return options;
}

// A signal handler has nothing but globals: the loop that is running, and how often it was told to stop.
std::atomic<WorkerLoop*> signalled_loop{nullptr};

extern "C" void on_stop_signal(int) {
  WorkerLoop* const loop = signalled_loop.load();
  if (loop == nullptr) return;
  if (loop->stops().fetch_add(1) > 0) _exit(1);
  loop->wake();
}

class SignalGuard {
 public:
  explicit SignalGuard(WorkerLoop& loop) {
    signalled_loop.store(&loop);
    struct sigaction action = {};
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, &old_[0]);
    sigaction(SIGINT, &action, &old_[1]);
  }
  ~SignalGuard() {
    sigaction(SIGTERM, &old_[0], nullptr);
    sigaction(SIGINT, &old_[1], nullptr);
    signalled_loop.store(nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  std::array<struct sigaction, 2> old_{};
};

}  // namespace

Worker::Body::Body(WorkerOptions given)
    : options(checked(std::move(given))),
      log(options.name, options.verbose, options.log),
      loop(options, log),
      core({options, log, inbox, pool, loop}, make_hello(options)) {
  inbox.set_wake([this] { loop.wake(); });
}

Worker::Worker(WorkerOptions options) : body_(std::make_unique<Body>(std::move(options))) {}
Worker::~Worker() = default;

const std::string& Worker::name() const { return body_->options.name; }
const WorkerOptions& Worker::options() const { return body_->options; }

void Worker::handle(std::string_view method, std::string_view pattern, Handler handler) {
  body_->core.add_handler(method, pattern, std::move(handler), WorkerCore::Kind::pool);
}

void Worker::handle_inline(std::string_view method, std::string_view pattern, Handler handler) {
  body_->core.add_handler(method, pattern, std::move(handler), WorkerCore::Kind::on_loop);
}

void Worker::handle_async(std::string_view method, std::string_view pattern, AsyncHandler handler) {
  body_->core.add_handler(method, pattern, std::move(handler));
}

void Worker::websocket(std::string_view pattern, WebSocketHandler handler) {
  body_->core.add_handler(pattern, std::move(handler));
}

void Worker::use(std::string_view prefix, Guard guard) {
  body_->core.handlers().use({std::string(prefix), std::move(guard), {}, {}});
}
void Worker::use(std::string_view prefix, Around around) {
  body_->core.handlers().use({std::string(prefix), {}, std::move(around), {}});
}
void Worker::use(std::string_view prefix, AsyncAround around) {
  body_->core.handlers().use({std::string(prefix), {}, {}, std::move(around)});
}
void Worker::use(std::string_view prefix, Around around, AsyncAround async_around) {
  body_->core.handlers().use({std::string(prefix), {}, std::move(around), std::move(async_around)});
}

void Worker::cors(CorsOptions options) { body_->core.handlers().use_cors(std::move(options)); }
void Worker::not_found(Handler handler) { body_->core.handlers().not_found = std::move(handler); }
void Worker::method_not_allowed(Handler handler) { body_->core.handlers().method_not_allowed = std::move(handler); }
void Worker::on_error(ErrorHandler handler) { body_->core.error_replies().handler = std::move(handler); }

void Worker::OnPool::await_suspend(std::coroutine_handle<> awaiter) { worker_.body_->core.run_on_pool(job_, awaiter); }

int Worker::run() {
  if (body_->core.hello().pid != static_cast<std::uint64_t>(getpid())) {
    body_->log.line("run() after fork(): a worker runs in the process that made it");
    return 2;
  }
  if (std::exchange(body_->has_run, true)) {
    body_->log.line("run() can be called once");
    return 2;
  }
  const SignalGuard signals(body_->loop);
  if (!body_->loop.open(body_->core.hello().instance)) return 2;
  body_->core.claim_routes();
  for (const std::string& deal : body_->options.connect) {
    const auto steer = steer_endpoint(deal);  // checked with the options
    body_->core.add_link(deal, *steer);
  }
  if (body_->core.handlers().has_pool_handlers()) body_->pool.start(body_->options.threads);
  return body_->loop.run(body_->core);
}

void Worker::stop() { body_->loop.stop(); }
bool Worker::is_draining() const { return body_->loop.stops().load() > 0; }
void Worker::post(std::function<void()> action) { body_->inbox.put(std::move(action)); }

}  // namespace zeroway
