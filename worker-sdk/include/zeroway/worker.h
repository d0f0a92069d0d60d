// Zeroway's worker SDK: answers the HTTP requests that a Zeroway router passes on. This is the header to include.
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
// Three kinds of handlers differ in where they run:
//
//     handle         a plain function on a pool of threads. It may block: on read(), write(), a database, a lock. The
//                    default choice. At most WorkerOptions::threads of them run at once.
//     handle_async   a coroutine on the worker's own thread. Ten thousand at once cost ten thousand small frames of
//                    memory. It waits only by co_await: a call that blocks stops all other requests.
//     handle_inline  a plain function on the worker's own thread, called when the request's whole body is there. It is
//                    the fastest kind (no thread is woken), for answers that take microseconds. It MUST NOT BLOCK: not
//                    on files, locks, sleep, other services.
//
// WebSockets have a kind of their own:
//
//     websocket      a coroutine on the worker's own thread, for as long as the WebSocket is open (websocket.h).
//
// So have the sessions of a realm of WAMP, which are WebSockets at any path (wamp.h):
//
//     realm          a coroutine on the worker's own thread, for as long as the session's WebSocket is open.
//
// So have connections of TCP services:
//
//     tcp            a coroutine on the worker's own thread, for as long as the connection is open (tcp.h).
//
// A worker claims the paths of its handlers from the routers, and gets requests for these paths alone: "/todos" claims
// that path, "/users/{id}" every path below "/users", "/files/*" the path "/files" and every path below it. A pattern
// that begins with a capture, or "/*", claims every path that no other worker claims. WorkerOptions::routes replaces
// the claims.
//
// If a path has no handler for HEAD, its handler for GET answers HEAD and the SDK leaves the body out. A path without
// any handler is answered with 404. A path that has handlers, but none for the method, is answered with 405 and Allow
// (RFC 9110 §15.5.6).
//
// Around handlers run guards and middleware (use), cross-origin checks (cors) and pages for errors (not_found,
// method_not_allowed, on_error). Coroutines wait for on_pool (below), for Event and Channel (sync.h) and for Broadcast
// (broadcast.h). Tests call a worker's handlers without a router (testing.h):
//
//     zeroway::TestClient client(worker);
//     auto reply = client.get("/hello/J%C3%B6rg");
//     assert(reply.status == 200 && reply.body == "Hello, Jörg\n");
//
// Threads: all handlers, guards and hooks are registered before run(), on one thread. stop(), is_draining(), post(),
// name() and options() may be called from any thread at any time; on_pool() is for coroutines of this worker. A request
// and its reply belong to the thread of their handler, but is_cancelled() and stop_token() may be called from any
// thread.
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
#include "zeroway/tcp.h"
#include "zeroway/url.h"
#include "zeroway/wamp.h"
#include "zeroway/websocket.h"

namespace zeroway {

class Worker {
 public:
  // Throws std::invalid_argument when an option is outside its range. Does not connect yet: run() does.
  explicit Worker(WorkerOptions options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const WorkerOptions& options() const;

  // Registers a handler, before run(). The handler is kept until the worker is destroyed and may be called on several
  // threads at once. Throws std::invalid_argument on a malformed pattern or method, and on a pattern that is registered
  // for the same method already.
  //
  // `method` is one method ("GET"), several ("GET,POST"), or "*" for all. Methods are case-sensitive (RFC 9110 §9.1):
  // "get" is refused. `pattern` is a path of literal segments ("/users/me"), captures of one segment that is not empty
  // ("/users/{id}"), and at the end "/*" for any path below, the bare prefix included ("/files/*" takes "/files",
  // "/files/", "/files/a/b"). A request's path is matched as it came, before it is decoded.
  //
  // The most specific pattern wins, segment by segment from the left: a literal before a capture before "/*". Of the
  // pattern's handlers the one for the request's method is called, else the one for "*". If the pattern has neither, a
  // less specific pattern with a handler for that very method is taken, but not a less specific one for "*": a path
  // that is served for other methods only is answered with 405, whatever a catch-all would answer. A path that is
  // served for OPTIONS alone is answered with 404 for other methods.
  void handle(std::string_view method, std::string_view pattern, Handler handler);
  // Like handle(), but on the worker's own thread: the fastest kind, and it must not block. The SDK collects the body
  // first (at most WorkerOptions::max_body, else 413). A worker whose own thread is blocked for longer than the
  // router's --heartbeat-timeout (1 s) is taken for dead: the router gives its streams up or opens them at another
  // worker.
  void handle_inline(std::string_view method, std::string_view pattern, Handler handler);
  // Like handle(), but a coroutine on the worker's own thread, which it must not block either: the same
  // --heartbeat-timeout applies. The coroutine's request and reply are good until the coroutine ends; captures of a
  // lambda live as long as the worker.
  void handle_async(std::string_view method, std::string_view pattern, AsyncHandler handler);
  // Serves the WebSockets at the paths of `pattern` (as for handle(); WebSockets and ordinary requests are matched
  // apart). The client's request is a GET with Upgrade (RFC 6455) or an extended CONNECT (RFC 8441); the handler sees
  // no difference. A WebSocket at a path without such a handler is refused with 404. Each WebSocket counts towards
  // WorkerOptions::capacity as long as it is open. The handler must not block the worker's thread, as for
  // handle_async().
  void websocket(std::string_view pattern, WebSocketHandler handler);

  // Serves the sessions of a realm of WAMP: see wamp.h. The worker serves nothing else then: it gets no requests, and
  // WorkerOptions::routes, group and app must be empty. A worker serves one realm; a process may have several workers.
  // Each session counts towards WorkerOptions::capacity as long as it is open; while an exclusive realm's worker is
  // full, new sessions wait, and get no other worker. Guards run before `handler` as for WebSockets, at the client's
  // path. When the worker drains, sessions are closed with 1001 one after another, as run() does with WebSockets.
  // Throws std::invalid_argument when the name is no realm's, and on the second call.
  void realm(const ServedRealm& realm, WampHandler handler);

  // Serves the connections of TCP services at the paths of `pattern`, which the router's configuration or --tcp names
  // (as for handle(); they are matched apart from requests and WebSockets). A connection at a path without such a
  // handler is reset. Each connection counts towards WorkerOptions::capacity as long as it is open. The handler must
  // not block the worker's thread, as for handle_async(). A worker that has such handlers only makes its
  // WorkerOptions::app a TCP service, whose connections come to the pattern "/".
  void tcp(std::string_view pattern, TcpHandler handler);

  // Middleware: runs `guard` before every handler at or below the path `prefix`, WebSockets and TCP included. "/admin"
  // covers
  // "/admin" and "/admin/x", but not "/administrator"; "/" covers all paths. The prefix is compared with the path of
  // the request, its segments decoded, not with the pattern of the handler: so a guard of "/admin" also guards the
  // requests below "/admin" that a handler for "/*" answers. Guards run in the order of their registration; handlers
  // may be registered before or after them. A guard runs on the handler's thread: before an inline handler when the
  // body is there. It does not run for the SDK's own answers (404, 405, preflights). Throws std::invalid_argument when
  // `prefix` is no path of literal segments. See handlers.h for the functions.
  void use(std::string_view prefix, Guard guard);
  // The same for functions that run around handlers: the first registered is the outermost, guards among them. A
  // function goes around one kind of handlers, plain functions or coroutines. So when a handler of the other kind could
  // be below the prefix, the call that registers the second of the two throws std::invalid_argument: give both
  // functions, or a guard. WebSockets have guards only.
  void use(std::string_view prefix, Around around);
  void use(std::string_view prefix, AsyncAround around);
  void use(std::string_view prefix, Around around, AsyncAround async_around);
  // Lets pages of other origins use this worker: see cors.h. Several calls are for several prefixes; when the prefixes
  // of several calls cover a path, the first call counts. Throws std::invalid_argument when an option cannot work.
  void cors(CorsOptions options);
  // Answers requests that no pattern matches, instead of the SDK's page. Runs on the worker's own thread, before the
  // body is there (read() gives nothing): it must not block. The status is 404 unless the handler sets another.
  void not_found(Handler handler);
  // The same for paths that have no handler for the method. The status is 405, and the field `allow` is set.
  void method_not_allowed(Handler handler);
  // Called when an exception other than Cancelled has left a handler, on the handler's thread; and for the SDK's own
  // errors, 400, 403, 404, 405 and 413, on the worker's thread. The log line about the exception is written before the
  // call. `handler` may answer: the reply is new, with the error's status. When `handler` sends nothing, the default
  // page goes out; when the head was out already (reply.has_started()), the stream is reset after the call. When
  // `handler` throws, its exception is logged and the default page goes out.
  void on_error(ErrorHandler handler);

  // For a coroutine of this worker: runs `function` on a thread of the pool, where it may block, and returns the
  // function's result. An exception of the function leaves through the co_await.
  //
  //     const Rows rows = co_await worker.on_pool([&] { return read(id); });
  //
  // The coroutine waits for the function's end even when its request is cancelled, so the function may use what the
  // coroutine's frame holds. Starts the pool (WorkerOptions::threads) if it does not run yet. Calls of on_pool() queue
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
  // routers, takes the requests that are already on their way, and finishes the requests in hand for at most
  // drain_timeout. WebSockets are closed with 1012 one after another, ten in a second; or faster, so that all are
  // closed after 80 % of drain_timeout. Returns 0, or 1 when requests had to be dropped at the end of drain_timeout.
  //
  // A second SIGTERM or SIGINT ends the process at once with status 1. A further SIGHUP does nothing (a terminal that
  // is closed sends several). A second stop() drops the requests that are left, and run() returns. While run() lasts,
  // it handles these three signals itself, SIGHUP only if it was not ignored before (nohup). Afterwards the signals are
  // handled as before run(). Only one worker of a process at a time receives signals.
  //
  // Pool handlers may still run when run() returns. They see Cancelled, and the worker's destructor waits for them.
  //
  // Returns 2, with a log line, when it cannot start (an endpoint that is malformed, a key that cannot be read), when
  // it is called a second time, and after fork(): make the worker in the process that runs it.
  int run();
  // Begins to drain, as SIGTERM does. The second call drops the requests that are left. Any thread, any time.
  void stop();
  // Whether SIGTERM, SIGINT, SIGHUP or stop() has come; once true, it stays true. A handler that would go on for ever,
  // or for long, looks at it and ends, or waits by sleep_unless_draining(): no request is cancelled before
  // drain_timeout is over. Any thread, any time; sleep_unless_draining() is told on the worker's loop, a moment later.
  [[nodiscard]] bool is_draining() const;
  // Calls `action` on the worker's thread, soon. For coroutines that wait for something outside of the SDK: resume them
  // in `action`. It must not block or throw. Any thread, from the constructor on; ignored after run() has returned.
  void post(std::function<void()> action);

 private:
  friend class TestClient;
  friend class TestRouter;
  class Body;
  // Awaited: `job` has run on the pool. `job` throws nothing.
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
