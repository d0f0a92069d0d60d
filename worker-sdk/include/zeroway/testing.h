// Calls a worker's handlers without a router and without a socket, for the tests of an application.
//
//     zeroway::Worker worker(zeroway::WorkerOptions{});
//     register_todos(worker);                                   // the application's own: handle(…), use(…)
//     zeroway::TestClient client(worker);
//     auto reply = client.get("/todos/7");
//     assert(reply.status == 200 && reply.field("content-type") == "application/json");
//     auto made = client.post("/todos", R"({"text": "milk"})", {{"content-type", "application/json"}});
//
// All kinds of handlers work, with everything around them; bodies stream both ways with the real flow control. The
// client runs the worker's loop inside of its own functions, on the thread that calls them: coroutines, inline handlers
// and WebSocket handlers run there, pool handlers on the worker's pool.
//
// Time: the worker's clock is the client's. It stands while something is to be done or a pool handler runs, and jumps
// to the next timer when nothing else is: a coroutine's sleep(1h) takes no time. Pool handlers that sleep() take the
// time that they say.
//
// Threads: one; a client is not shared. What waits for a pool handler, or for another thread's post() or Event, waits
// at most `patience` of real time; then std::runtime_error says what it waited for.
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

// Name and value, in order. Names in lower case.
using TestFields = std::vector<std::pair<std::string, std::string>>;

// The first of this name (lower case); nothing when there is none.
[[nodiscard]] std::optional<std::string> find_field(const TestFields& fields, std::string_view name);

// An interim reply (103).
struct TestInterim {
  int status = 0;
  TestFields fields;
};

// A whole reply.
struct TestReply {
  int status = 0;  // 0: there is none, the stream was reset before
  TestFields fields;
  std::string body;
  TestFields trailers;
  std::vector<TestInterim> interims;
  // The worker gave the request up (Reply::abort, an exception behind the head): a client would see a broken transfer.
  bool is_broken = false;

  [[nodiscard]] std::optional<std::string> field(std::string_view name) const { return find_field(fields, name); }
  [[nodiscard]] std::optional<std::string> trailer(std::string_view name) const { return find_field(trailers, name); }
};

struct TestExchange;  // the SDK's own, as is
class TestRouter;

// A request whose body is sent in pieces, and whose reply is read as it comes. Copies are of the same request.
class TestStream {
 public:
  // A piece of the body. What the worker gives no credit for waits, and goes when it does; unsent() tells how much.
  TestStream& send(std::string_view piece);
  // The body's end, with trailers if wanted.
  TestStream& end(const TestFields& trailers = {});
  // The client goes away: the handler sees Cancelled.
  void reset();
  // Bytes that the worker has not given credit for (at most 256 KiB are taken ahead of the handler's reading).
  [[nodiscard]] std::size_t unsent();

  // Waits for the reply's head: its status; 0 when the stream is reset instead.
  int status();
  // The head's fields, after status().
  std::optional<std::string> field(std::string_view name);
  // Waits for the next piece of the reply's body; nothing at its end. What is not read holds the handler's write() up.
  std::optional<std::string> read();
  // Waits for the whole rest of the reply.
  TestReply reply();

  TestStream(TestRouter& router, std::shared_ptr<TestExchange> exchange);  // for the SDK

 private:
  TestRouter* router_;
  std::shared_ptr<TestExchange> exchange_;
};

// The client's side of a WebSocket. Copies are of the same one.
class TestWebSocket {
 public:
  struct Message {
    std::string bytes;
    bool is_text = true;
  };

  // Waits for the handler's decision. False: refused, and refusal() is the reply.
  bool is_accepted();
  [[nodiscard]] TestReply refusal();
  // What accept() chose and said.
  std::optional<std::string> field(std::string_view name);

  // UTF-8. What the worker gives no credit for waits.
  TestWebSocket& send_text(std::string_view text);
  TestWebSocket& send_binary(std::string_view bytes);
  // Waits for the next message; nothing once the worker has closed, or the WebSocket is lost.
  std::optional<Message> receive();
  // The next message's bytes; throws std::runtime_error when there is none.
  std::string receive_text();
  // The client closes. The worker's answer is waited for by receive() (nothing) or close_code().
  void close(int code = 1000, std::string_view reason = {});
  // The client is gone without a word.
  void reset();
  // Waits for the worker's close: its code; 1005 when it said none, 1006 when the WebSocket was lost.
  int close_code();
  std::string close_reason();

  TestWebSocket(TestRouter& router, std::shared_ptr<TestExchange> exchange);  // for the SDK

 private:
  TestRouter* router_;
  std::shared_ptr<TestExchange> exchange_;
};

class TestClient {
 public:
  // The worker is the client's from here on: its run() is not called, before or after. Throws std::logic_error when it
  // has run, or has had a client. The client goes first: what is still open then is cancelled.
  explicit TestClient(Worker& worker, std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // A whole request and its reply. `target` is a path with its query, as it goes over the wire: "/a%20b?c=d". The
  // request comes from http://test, from 127.0.0.1 (x-forwarded-for), unless `fields` say otherwise ("host" is the
  // authority); content-length is added to a body.
  TestReply get(std::string_view target, const TestFields& fields = {});
  TestReply head(std::string_view target, const TestFields& fields = {});
  TestReply post(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply put(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply patch(std::string_view target, std::string_view body, const TestFields& fields = {});
  TestReply del(std::string_view target, const TestFields& fields = {});
  TestReply options(std::string_view target, const TestFields& fields = {});
  // Any method. Without `body` the request has none.
  TestReply request(std::string_view method, std::string_view target, std::optional<std::string_view> body,
                    const TestFields& fields = {});
  // A request whose body is still to be sent: end() it.
  TestStream open(std::string_view method, std::string_view target, const TestFields& fields = {});
  // Subprotocols are offered by a field: {{"sec-websocket-protocol", "chat"}}.
  TestWebSocket websocket(std::string_view target, const TestFields& fields = {});

  // Lets the worker do what there is to do, without waiting.
  void run();
  // The worker's clock goes on by this much, and what is due then happens.
  void advance(std::chrono::milliseconds duration);
  // The worker is told to leave, as by SIGTERM: Worker::is_draining() is true, sleep_unless_draining() ends, WebSockets
  // are closed with 1012 in the course of the drain time (advance() it). Requests are still answered, as those on their
  // way would be.
  void drain();
  // Whether it would end now: nothing is in hand.
  [[nodiscard]] bool is_drained();
  // Requests and WebSockets in hand.
  [[nodiscard]] std::size_t in_hand();

 private:
  std::unique_ptr<TestRouter> router_;
};

}  // namespace zeroway
