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
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "zeroway/errors.h"
#include "zeroway/event_stream.h"
#include "zeroway/fields.h"
#include "zeroway/options.h"
#include "zeroway/reply.h"
#include "zeroway/request.h"
#include "zeroway/task.h"
#include "zeroway/url.h"
#include "zeroway/websocket.h"

namespace zeroway {

using Handler = std::function<void(Request& request, Reply& reply)>;
using AsyncHandler = std::function<Task<void>(AsyncRequest& request, AsyncReply& reply)>;
using WebSocketHandler = std::function<Task<void>(WebSocket& socket)>;

class Worker {
 public:
  // Throws std::invalid_argument when an option is outside its range. Connects nothing yet.
  explicit Worker(WorkerOptions options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const WorkerOptions& options() const;

  // Registers a handler, before run(). `method` is one method ("GET"), several ("GET,POST"), or "*" for all.
  // `pattern` is a path: literal segments ("/users/me"), captures of one segment that is not empty ("/users/{id}"), and
  // at the end "/*" for anything below, the bare prefix included ("/files/*" takes "/files", "/files/", "/files/a/b").
  // The most specific pattern wins, segment by segment from the left: literal before capture before "/*". Matching is
  // on the path as it came, before it is decoded. Throws std::invalid_argument on a malformed pattern, or one that is
  // registered for the same method already. The handler is kept until the worker is destroyed and may be called on
  // several threads at once.
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

  // Connects and serves on the calling thread until SIGTERM, SIGINT or stop(). Then it drains: tells the routers, takes
  // what is already on its way, finishes what it holds for at most drain_timeout (WebSockets are closed with 1012 one
  // after another, ten in a second, or as many more as it takes to be through after 80 % of that time), and returns 0,
  // or 1 when requests had to be dropped at that. A second signal ends the process at once with status 1; a second
  // stop() drops what is left and returns. While it runs, SIGTERM and SIGINT are its own; afterwards they are handled
  // as before. Pool handlers that still run then are waited for when the worker is destroyed; they hear of it through
  // Cancelled. Returns 2, with a log line, when it cannot start (an endpoint that is none, a key that cannot be read),
  // when it is called a second time, and after fork() (make the worker in the process that runs it: two with one
  // identity would lose each other's messages). In one worker of a process at a time if it shall hear signals.
  int run();
  // Begins to drain, as SIGTERM does; the second call drops what is left. Any thread, any time.
  void stop();
  // Whether SIGTERM, SIGINT or stop() has come. Handlers that would go on for ever, or for long, look at it and end, or
  // wait by sleep_unless_draining(): no request is cancelled before drain_timeout is over. True ever after. Any thread,
  // any time; sleep_unless_draining() hears of it on the worker's loop, a moment later.
  [[nodiscard]] bool is_draining() const;
  // Calls `action` on the worker's thread, soon. For coroutines that wait for something outside: resume them there. It
  // must not block or throw. Any thread, from the constructor on; ignored after run() has returned.
  void post(std::function<void()> action);

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace zeroway
