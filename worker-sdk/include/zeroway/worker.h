// Zeroway's worker SDK: answer HTTP requests that a Zeroway router hands you. This is the header to include.
//
//     #include <zeroway/worker.h>
//     int main(int argc, char** argv) {
//       zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv));
//       worker.handle("*", "/*", [&](zeroway::Request&, zeroway::Reply& reply) {
//         reply.send("Hello from " + worker.name() + "\n");
//       });
//       return worker.run();
//     }
//
// Three kinds of handlers, by where they run:
//
//     handle         a plain function on a pool of threads. May block: on read(), write(), a database, a lock. As many
//                    at once as WorkerOptions::threads. The default choice.
//     handle_async   a coroutine on the worker's own thread. Ten thousand at once cost ten thousand small frames of
//                    memory. Waits only by co_await; anything that blocks stops all other requests.
//     handle_inline  a plain function on the worker's own thread, called when the request's whole body is there. The
//                    fastest (no thread is woken), for answers that take microseconds. MUST NOT BLOCK: not on files,
//                    locks, sleep, other services.
//
// And one for WebSockets:
//
//     websocket      a coroutine on the worker's own thread, for as long as the WebSocket is open (websocket.h).
//
// A worker claims the paths of its handlers from the routers, and gets requests for these alone: "/todos" claims that
// path, "/users/{id}" every path below "/users", "/files/*" that path and every path below it. A pattern that begins
// with a capture, or "/*", claims everything that no other worker claims. WorkerOptions::routes replaces the claims.
//
// HEAD is answered by the handler for GET if there is none for HEAD; the SDK leaves the body out. No handler for the
// path: 404. Handlers for the path but not for the method: 405 with Allow (RFC 9110 §15.5.6).
//
// Around handlers: guards and middleware (use), cross-origin requests (cors), pages for errors (not_found,
// method_not_allowed, on_error). What coroutines wait for: on_pool here, Event and Channel in sync.h, Broadcast in
// broadcast.h. Tests call a worker's handlers without a router (testing.h):
//
//     zeroway::TestClient client(worker);
//     auto reply = client.get("/hello/J%C3%B6rg");
//     assert(reply.status == 200 && reply.body == "Hello, Jörg\n");
//
// Threads: everything is registered before run(), on one thread. stop(), is_draining(), post(), name() and options()
// may be called from any thread at any time; on_pool() in coroutines of this worker. Requests and replies belong to
// their handler's thread, but is_cancelled() and stop_token() may be called from any.
#pragma once
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "zeroway/broadcast.h"
#include "zeroway/cors.h"
#include "zeroway/errors.h"
#include "zeroway/event_stream.h"
#include "zeroway/fields.h"
#include "zeroway/handlers.h"
#include "zeroway/options.h"
#include "zeroway/reply.h"
#include "zeroway/request.h"
#include "zeroway/sync.h"
#include "zeroway/task.h"
#include "zeroway/url.h"
#include "zeroway/websocket.h"

namespace zeroway {

class Worker {
 public:
  // Throws std::invalid_argument when an option is outside its range. Connects nothing yet.
  explicit Worker(WorkerOptions options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const WorkerOptions& options() const;

  // Registers a handler, before run(). `method` is one method ("GET"), several ("GET,POST"), or "*" for all. Methods
  // are case-sensitive (RFC 9110 §9.1): "get" is refused. `pattern` is a path: literal segments ("/users/me"), captures
  // of one segment that is not empty ("/users/{id}"), and at the end "/*" for anything below, the bare prefix included
  // ("/files/*" takes "/files", "/files/", "/files/a/b"). The most specific pattern wins, segment by segment from the
  // left: literal before capture before "/*"; of its handlers the one for the method, then the one for "*". A pattern
  // without the method gives way to a less specific one with it, but not to a less specific one for "*": that a path is
  // served for other methods only stays a 405, whatever a catch-all would answer. A path that is served for OPTIONS
  // alone is 404 for other methods. Matching is on the path as it came, before it is decoded. Throws
  // std::invalid_argument on a malformed pattern or method, or a pattern that is registered for the same method
  // already. The handler is kept until the worker is destroyed and may be called on several threads at once.
  void handle(std::string_view method, std::string_view pattern, Handler handler);
  // The same, on the worker's own thread: fastest, must not block. The body is collected first (at most
  // WorkerOptions::max_body, else 413).
  void handle_inline(std::string_view method, std::string_view pattern, Handler handler);
  // The same, a coroutine on the worker's own thread. The request and reply it is given are good until it ends;
  // captures of a lambda live as long as the worker.
  void handle_async(std::string_view method, std::string_view pattern, AsyncHandler handler);
  // Serves the WebSockets at these paths (patterns as above; they are matched apart from those of ordinary requests).
  // The client's request is a GET with Upgrade (RFC 6455) or an extended CONNECT (RFC 8441); the handler cannot tell.
  // No handler for the path: refused with 404. Each WebSocket counts towards WorkerOptions::capacity as long as it is
  // open.
  void websocket(std::string_view pattern, WebSocketHandler handler);

  // Middleware: runs `guard` before every handler at or below the path `prefix`, WebSockets included; "/admin" has
  // "/admin" and "/admin/x", not "/administrator", and "/" has all. The request's path decides, its segments decoded,
  // not the handler's pattern: what guards "/admin" also guards what a handler for "/*" would answer there. What is
  // registered first runs first; handlers may be registered before or after. On the handler's thread: before an inline
  // handler when the body is there. Not for the SDK's own answers (404, 405, preflights). Throws std::invalid_argument
  // when `prefix` is no path of literal segments. See handlers.h for the functions.
  void use(std::string_view prefix, Guard guard);
  // The same, around handlers: the first registered is the outermost, guards among them. A function goes around one
  // kind of handlers, so when a handler of the other kind could be below the prefix, either call throws
  // std::invalid_argument: give both functions, or a guard. WebSockets have guards only.
  void use(std::string_view prefix, Around around);
  void use(std::string_view prefix, AsyncAround around);
  void use(std::string_view prefix, Around around, AsyncAround async_around);
  // Lets pages of other origins use this worker: see cors.h. Several calls are for several prefixes; of those that have
  // a path the first counts. Throws std::invalid_argument when an option cannot work.
  void cors(CorsOptions options);
  // Answers requests that no pattern matches, instead of the page of the SDK. On the worker's own thread, before the
  // body is there (read() gives nothing): it must not block. The status is 404 unless the handler sets another.
  void not_found(Handler handler);
  // The same for paths that have no handler for the method; status 405, and `allow` is set.
  void method_not_allowed(Handler handler);
  // Called when an exception has left a handler (not Cancelled), on the handler's thread, and for the SDK's own errors:
  // 400, 403, 404, 405 and 413, on the worker's. It may answer: the reply is new, with the error's status. When it does
  // not send anything, the default page goes out; when the head was out already (reply.has_started()), the stream is
  // reset afterwards. What it throws is logged, and the default page goes out. The log line about the exception is
  // written before.
  void on_error(ErrorHandler handler);

  // In a coroutine of this worker: runs `function` on a thread of the pool, where it may block, and gives what it
  // returns; its exception leaves through the co_await. `const Rows rows = co_await worker.on_pool([&] { return
  // read(id); });` The coroutine waits for the function's end even when its request is cancelled, so the function may
  // use what the coroutine's frame holds. Starts the pool (WorkerOptions::threads) if no handler has. The calls wait
  // for a thread behind the handlers of handle().
  template <class Function>
  Task<std::invoke_result_t<Function&>> on_pool(Function function) {
    using Result = std::invoke_result_t<Function&>;
    std::exception_ptr error;
    if constexpr (std::is_void_v<Result>) {
      co_await OnPool(*this, [&] {
        try {
          function();
        } catch (...) {
          error = std::current_exception();
        }
      });
      if (error) std::rethrow_exception(error);
    } else {
      std::optional<Result> result;
      co_await OnPool(*this, [&] {
        try {
          result.emplace(function());
        } catch (...) {
          error = std::current_exception();
        }
      });
      if (error) std::rethrow_exception(error);
      co_return std::move(*result);
    }
  }

  // Connects and serves on the calling thread until SIGTERM, SIGINT, SIGHUP or stop(). Then it drains: it tells the
  // routers, takes what is already on its way, and finishes the requests in hand for at most drain_timeout. WebSockets
  // are closed with 1012 one after another, ten in a second, or as many more as it takes to be through after 80 % of
  // that time. Returns 0, or 1 when requests had to be dropped at the end of that time.
  //
  // A second SIGTERM or SIGINT ends the process at once with status 1, a further SIGHUP does nothing (a terminal that
  // is closed sends several), and a second stop() drops what is left and returns. While run() lasts, these three
  // signals are its own, but SIGHUP only if it was not ignored before (nohup); afterwards they are handled as before.
  //
  // Pool handlers that still run when it returns are waited for when the worker is destroyed; they hear of it through
  // Cancelled. Returns 2, with a log line, when it cannot start (an endpoint that is none, a key that cannot be read),
  // when it is called a second time, and after fork(): make the worker in the process that runs it. Only one worker of
  // a process at a time hears signals.
  int run();
  // Begins to drain, as SIGTERM does. The second call drops what is left. Any thread, any time.
  void stop();
  // Whether SIGTERM, SIGINT, SIGHUP or stop() has come. Handlers that would go on for ever, or for long, look at it and
  // end, or wait by sleep_unless_draining(): no request is cancelled before drain_timeout is over. True ever after. Any
  // thread, any time; sleep_unless_draining() hears of it on the worker's loop, a moment later.
  [[nodiscard]] bool is_draining() const;
  // Calls `action` on the worker's thread, soon. For coroutines that wait for something outside: resume them there. It
  // must not block or throw. Any thread, from the constructor on; ignored after run() has returned.
  void post(std::function<void()> action);

 private:
  friend class TestClient;
  friend class TestRouter;
  class Body;
  // Awaited: `job`, which throws nothing, has run on the pool.
  class [[nodiscard]] OnPool {
   public:
    OnPool(Worker& worker, std::function<void()> job) : worker_(worker), job_(std::move(job)) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiter);
    void await_resume() const noexcept {}

   private:
    Worker& worker_;
    std::function<void()> job_;
  };

  std::unique_ptr<Body> body_;
};

}  // namespace zeroway
