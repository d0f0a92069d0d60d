// Calls a worker's handlers without a router and without a socket, for the tests of an application.
//
//     zeroway::Worker worker(zeroway::WorkerOptions{});
//     register_todos(worker);                                   // the application's own: handle(…), use(…)
//     zeroway::TestClient client(worker);
//     auto reply = client.get("/todos/7");
//     assert(reply.status == 200 && reply.field("content-type") == "application/json");
//     auto made = client.post("/todos", R"({"text": "milk"})", {{"content-type", "application/json"}});
//
// All kinds of handlers work, with guards, middleware and CORS; bodies stream both ways with the real flow control. The
// client runs the worker's loop inside of the client's own functions, on the thread that calls them. Coroutines, inline
// handlers and WebSocket handlers run on that thread, pool handlers on the worker's pool.
//
// Time: the client sets the worker's clock. The clock stands while the worker has work to do or a pool handler runs;
// else it jumps to the next timer. So a coroutine's sleep(1h) takes no time. In a pool handler sleep() takes its real
// time.
//
// Threads: one; a client is not shared. A function that waits for a pool handler, or for another thread's post() or
// Event, waits at most `patience` of real time; then it throws std::runtime_error whose text says what it waited for.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zeroway/worker.h"

namespace zeroway {

// Names and values of fields, in order. Names are in lower case.
using TestFields = std::vector<std::pair<std::string, std::string>>;

// The value of the first field of this name (in lower case); nothing when there is no such field.
[[nodiscard]] std::optional<std::string> find_field(const TestFields& fields, std::string_view name);

// An interim reply (103).
struct TestInterim {
  int status = 0;
  TestFields fields;
};

// A whole reply.
struct TestReply {
  int status = 0;  // 0: no reply came, the stream was reset before
  TestFields fields;
  std::string body;
  TestFields trailers;
  std::vector<TestInterim> interims;
  // The worker gave the request up (Reply::abort, an exception after the head): a client would see a broken transfer.
  bool is_broken = false;

  [[nodiscard]] std::optional<std::string> field(std::string_view name) const { return find_field(fields, name); }
  [[nodiscard]] std::optional<std::string> trailer(std::string_view name) const { return find_field(trailers, name); }
};

struct TestExchange;  // the SDK's own
class TestRouter;

// A request whose body is sent in pieces, and whose reply is read as it comes. A copy stands for the same request.
class TestStream {
 public:
  // Sends a piece of the body. Bytes that the worker has not given credit for wait until it does; unsent() counts them.
  TestStream& send(std::string_view piece);
  // Ends the body, with trailers if given.
  TestStream& end(const TestFields& trailers = {});
  // The client goes away: the handler sees Cancelled.
  void reset();
  // The number of bytes that wait for the worker's credit (the worker takes at most 256 KiB ahead of the handler's
  // reading).
  [[nodiscard]] std::size_t unsent();

  // Waits for the reply's head and returns its status; 0 when the stream is reset instead.
  int status();
  // The head's fields, after status().
  std::optional<std::string> field(std::string_view name);
  // Waits for the next piece of the reply's body; nothing at its end. While the test does not read, the handler's
  // write() waits.
  std::optional<std::string> read();
  // Waits for the rest of the reply.
  TestReply reply();

  TestStream(TestRouter& router, std::shared_ptr<TestExchange> exchange);  // for the SDK

 private:
  TestRouter* router_;
  std::shared_ptr<TestExchange> exchange_;
};

// The client's side of a WebSocket. A copy stands for the same WebSocket.
class TestWebSocket {
 public:
  struct Message {
    std::string bytes;
    bool is_text = true;
  };

  // Waits for the handler's decision. False: the WebSocket was refused, and refusal() is the reply.
  bool is_accepted();
  [[nodiscard]] TestReply refusal();
  // The first field of this name that came with the acceptance: the subprotocol and the fields of accept().
  std::optional<std::string> field(std::string_view name);

  // Sends a message; text is UTF-8. Bytes that the worker has not given credit for wait until it does.
  TestWebSocket& send_text(std::string_view text);
  TestWebSocket& send_binary(std::string_view bytes);
  // Waits for the next message; nothing when the worker has closed the WebSocket, or when the WebSocket is lost.
  std::optional<Message> receive();
  // The bytes of the next message; throws std::runtime_error when no message comes.
  std::string receive_text();
  // The client closes. Then receive() (which gives nothing) or close_code() waits for the worker's answer.
  void close(int code = 1000, std::string_view reason = {});
  // The client goes away without closing.
  void reset();
  // Waits for the worker's close and returns its code: 1005 when the worker gave no code, 1006 when the WebSocket was
  // lost.
  int close_code();
  std::string close_reason();

  TestWebSocket(TestRouter& router, std::shared_ptr<TestExchange> exchange);  // for the SDK

 private:
  TestRouter* router_;
  std::shared_ptr<TestExchange> exchange_;
};

class TestClient {
 public:
  // From here on the client runs the worker; Worker::run() must not be called, before or after. Throws std::logic_error
  // when the worker has run, or has had a client. Destroy the client before the worker: requests that are still open
  // are cancelled then.
  explicit TestClient(Worker& worker, std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Sends a whole request and returns its reply. `target` is a path with its query, as it goes over the wire:
  // "/a%20b?c=d". The request comes from http://test, from 127.0.0.1 (x-forwarded-for), unless `fields` say otherwise
  // ("host" is the authority). A request with a body gets content-length.
  TestReply get(std::string_view target, const TestFields& fields = {});
  TestReply head(std::string_view target, const TestFields& fields = {});
  TestReply post(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply put(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply patch(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply del(std::string_view target, const TestFields& fields = {});
  TestReply options(std::string_view target, const TestFields& fields = {});
  // A request with any method. Without `body` the request has no body.
  TestReply request(std::string_view method, std::string_view target, std::optional<std::string_view> body,
                    const TestFields& fields = {});
  // A request whose body is sent later, in pieces: end() ends it.
  TestStream open(std::string_view method, std::string_view target, const TestFields& fields = {});
  // Subprotocols are offered by a field: {{"sec-websocket-protocol", "chat"}}.
  TestWebSocket websocket(std::string_view target, const TestFields& fields = {});

  // Lets the worker do all work that is ready, without waiting.
  void run();
  // Moves the worker's clock forward by `duration`; timers that are due then ring.
  void advance(std::chrono::milliseconds duration);
  // Tells the worker to drain, as SIGTERM does: Worker::is_draining() is true, sleep_unless_draining() ends, WebSockets
  // are closed with 1012 in the course of the drain time (advance() it). Requests are still answered, as requests that
  // are on their way during a drain are.
  void drain();
  // Whether a draining worker would end now: it has no request and no WebSocket in hand.
  [[nodiscard]] bool is_drained();
  // The number of requests and WebSockets in hand.
  [[nodiscard]] std::size_t in_hand();

 private:
  std::unique_ptr<TestRouter> router_;
};

}  // namespace zeroway
