#include "zeroway/worker.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "default_endpoints.h"
#include "worker_body.h"

namespace zeroway {

namespace {

Hello make_hello(const WorkerOptions& options) {
  Hello hello;
  hello.name = options.name;
  hello.pid = static_cast<std::uint64_t>(getpid());
  hello.weight = options.weight;
  hello.capacity = options.capacity;
  hello.is_standby = options.standby;
  return hello;
}

WorkerOptions checked(WorkerOptions options) {
  if (options.connect.empty()) options.connect = default_endpoints();
  options.check();
  return options;
}

// A signal handler has only globals: the loop that is running, and how often it was told to stop.
std::atomic<WorkerLoop*> signalled_loop{nullptr};

extern "C" void on_stop_signal(int) {
  WorkerLoop* const loop = signalled_loop.load();
  if (loop == nullptr) return;
  if (loop->stops().fetch_add(1) > 0) _exit(1);
  loop->wake();
}

// The terminal was closed. The first SIGHUP begins to drain, a second does nothing: the kernel and the shell send one
// each, so the second is no wish to end at once.
extern "C" void on_hangup_signal(int) {
  WorkerLoop* const loop = signalled_loop.load();
  int none = 0;
  if (loop != nullptr && loop->stops().compare_exchange_strong(none, 1)) loop->wake();
}

// A signal's action during this object's life.
class SignalAction {
 public:
  SignalAction(int number, void (*act)(int)) : number_(number) {
    struct sigaction action = {};
    action.sa_handler = act;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number_, &action, &before_);
  }
  ~SignalAction() { sigaction(number_, &before_, nullptr); }
  SignalAction(const SignalAction&) = delete;
  SignalAction& operator=(const SignalAction&) = delete;

  // Restores the old action at once if the signal was ignored: that is how nohup works.
  void respect_ignored() {
    if ((before_.sa_flags & SA_SIGINFO) == 0 && before_.sa_handler == SIG_IGN) sigaction(number_, &before_, nullptr);
  }

 private:
  int number_;
  struct sigaction before_ = {};
};

class SignalGuard {
 public:
  explicit SignalGuard(WorkerLoop& loop)
      : for_loop_(loop), term_(SIGTERM, on_stop_signal), int_(SIGINT, on_stop_signal), hup_(SIGHUP, on_hangup_signal) {
    hup_.respect_ignored();
  }

 private:
  // Constructed first, destroyed last: a signal that comes in between finds the loop.
  struct ForLoop {
    explicit ForLoop(WorkerLoop& loop) { signalled_loop.store(&loop); }
    ~ForLoop() { signalled_loop.store(nullptr); }
  } for_loop_;
  SignalAction term_, int_, hup_;
};

}  // namespace

Worker::Body::Body(WorkerOptions given)
    : options(checked(std::move(given))),
      log(options.name, options.verbose, options.log),
      loop(options, log),
      session({options, log, loop}, make_hello(options)),
      runner({options, log, inbox, pool, session}) {
  inbox.set_wake([this] { loop.wake(); });
}

Worker::Worker(WorkerOptions options) : body_(std::make_unique<Body>(std::move(options))) {}
Worker::~Worker() = default;

const std::string& Worker::name() const { return body_->options.name; }
const WorkerOptions& Worker::options() const { return body_->options; }

void Worker::handle(std::string_view method, std::string_view pattern, Handler handler) {
  body_->runner.add_handler(method, pattern, std::move(handler), Handlers::Kind::pool);
}

void Worker::handle_inline(std::string_view method, std::string_view pattern, Handler handler) {
  body_->runner.add_handler(method, pattern, std::move(handler), Handlers::Kind::on_loop);
}

void Worker::handle_async(std::string_view method, std::string_view pattern, AsyncHandler handler) {
  body_->runner.add_handler(method, pattern, std::move(handler));
}

void Worker::websocket(std::string_view pattern, WebSocketHandler handler) {
  body_->runner.add_handler(pattern, std::move(handler));
}

void Worker::realm(const ServedRealm& realm, WampHandler handler) {
  body_->runner.serve_realm(realm, std::move(handler));
}

void Worker::tcp(std::string_view pattern, TcpHandler handler) {
  body_->runner.add_handler(pattern, std::move(handler));
}

void Worker::use(std::string_view prefix, Guard guard) {
  body_->runner.handlers().use({std::string(prefix), std::move(guard), {}, {}});
}
void Worker::use(std::string_view prefix, Around around) {
  body_->runner.handlers().use({std::string(prefix), {}, std::move(around), {}});
}
void Worker::use(std::string_view prefix, AsyncAround around) {
  body_->runner.handlers().use({std::string(prefix), {}, {}, std::move(around)});
}
void Worker::use(std::string_view prefix, Around around, AsyncAround async_around) {
  body_->runner.handlers().use({std::string(prefix), {}, std::move(around), std::move(async_around)});
}

void Worker::cors(CorsOptions options) { body_->runner.handlers().use_cors(std::move(options)); }
void Worker::not_found(Handler handler) { body_->runner.handlers().not_found = std::move(handler); }
void Worker::method_not_allowed(Handler handler) { body_->runner.handlers().method_not_allowed = std::move(handler); }
void Worker::on_error(ErrorHandler handler) { body_->runner.error_replies().handler = std::move(handler); }

void Worker::OnPool::await_suspend(std::coroutine_handle<> awaiter) {
  worker_.body_->runner.run_on_pool(job_, awaiter);
}

int Worker::run() {
  if (body_->process != getpid()) {
    body_->log.error("run() after fork(): a worker runs in the process that made it");
    return 2;
  }
  if (std::exchange(body_->has_run, true)) {
    body_->log.error("run() can be called once");
    return 2;
  }
  const SignalGuard signals(body_->loop);
  if (!body_->loop.open()) return 2;
  body_->runner.claim_routes();
  if (body_->runner.handlers().has_pool_handlers()) body_->pool.start(body_->options.threads);
  return body_->loop.run(body_->session);
}

void Worker::stop() { body_->loop.stop(); }
bool Worker::is_draining() const { return body_->loop.stops().load() > 0; }
void Worker::post(std::function<void()> action) { body_->inbox.put(std::move(action)); }

}  // namespace zeroway
