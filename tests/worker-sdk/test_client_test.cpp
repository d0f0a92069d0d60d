#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "zeroway/testing.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

WorkerOptions quiet() {
  WorkerOptions options;
  options.log = [](std::string_view) {};
  options.threads = 2;
  return options;
}

// The same echo by each kind of handler.
struct Echoes : Worker {
  Echoes() : Worker(quiet()) {
    handle("*", "/pool", [](Request& request, Reply& reply) {
      while (const auto piece = request.read()) reply.write(*piece);
      reply.end({{"sum", request.trailers().find("sum").value_or("none")}});
    });
    handle_async("*", "/async", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
      while (const auto piece = co_await request.read()) co_await reply.write(*piece);
      reply.end({{"sum", request.trailers().find("sum").value_or("none")}});
    });
    handle_inline("*", "/inline", [](Request& request, Reply& reply) {
      reply.write(request.body());
      reply.end({{"sum", request.trailers().find("sum").value_or("none")}});
    });
  }
};

}  // namespace

TEST_CASE("test client: pool, async and inline handlers answer, with body and trailers") {
  Echoes worker;
  TestClient client(worker);
  for (const char* path : {"/pool", "/async", "/inline"}) {
    CAPTURE(path);
    const TestReply reply = client.post(path, "hello", {{"x", "y"}});
    CHECK(reply.status == 200);
    CHECK(reply.body == "hello");
    CHECK(reply.trailer("sum") == "none");
    CHECK_FALSE(reply.is_broken);
    CHECK(client.open("POST", path).send("ab").send("c").end({{"sum", "7"}}).reply().trailer("sum") == "7");
  }
  CHECK(client.in_hand() == 0);
}

TEST_CASE("test client: the method, the target and the fields arrive; host is the authority") {
  Worker worker(quiet());
  worker.handle_inline("*", "/{a}", [](Request& request, Reply& reply) {
    reply.field("x-seen", std::string(request.method()) + " " + std::string(request.target()) + " " +
                              std::string(request.authority()) + " " + std::string(request.scheme()) + " " +
                              std::string(request.field("x-one").value_or("-")) + " " +
                              std::string(request.field("content-length").value_or("-")));
    reply.send(request.body());
  });
  TestClient client(worker);
  CHECK(client.get("/a?b=c").field("x-seen") == "GET /a?b=c test http - -");
  CHECK(client.put("/a", "xy", {{"host", "a.test"}, {"x-one", "1"}}).field("x-seen") == "PUT /a a.test http 1 2");
  CHECK(client.patch("/a", "").field("x-seen") == "PATCH /a test http - 0");
  CHECK(client.del("/a").field("x-seen") == "DELETE /a test http - -");
  CHECK(client.options("/a").field("x-seen") == "OPTIONS /a test http - -");
  CHECK(client.request("BREW", "/a", "x").field("x-seen") == "BREW /a test http - 1");
  const TestReply head = client.head("/a");
  CHECK(head.field("x-seen") == "HEAD /a test http - -");
  CHECK(head.body.empty());
  CHECK(client.get("/none/here").status == 404);
}

TEST_CASE("test client: bodies stream both ways, and flow control holds either side up") {
  Echoes worker;
  TestClient client(worker);
  for (const char* path : {"/pool", "/async"}) {
    CAPTURE(path);
    TestStream stream = client.open("POST", path);
    CHECK(stream.send("first").read() == "first");
    CHECK(stream.status() == 200);
    const std::string large(1 << 20, 'x');
    stream.send(large).end();
    CHECK(stream.unsent() > 0);  // nobody reads the reply, so the handler does not read on
    CHECK(stream.reply().body == large);
    CHECK(stream.unsent() == 0);
  }
}

TEST_CASE("test client: interim replies, and replies that break off") {
  Worker worker(quiet());
  worker.handle_inline("GET", "/hints", [](Request&, Reply& reply) {
    reply.inform(103, {{"link", "</a>"}});
    reply.send("x");
  });
  worker.handle("GET", "/abort", [](Request&, Reply& reply) {
    reply.write("begun");
    reply.abort();
  });
  worker.handle("GET", "/early", [](Request&, Reply& reply) { reply.abort(); });
  TestClient client(worker);
  const TestReply hints = client.get("/hints");
  REQUIRE(hints.interims.size() == 1);
  CHECK(hints.interims[0].status == 103);
  CHECK(find_field(hints.interims[0].fields, "link") == "</a>");
  const TestReply broken = client.get("/abort");
  CHECK(broken.status == 200);
  CHECK(broken.body == "begun");
  CHECK(broken.is_broken);
  CHECK(client.get("/early").status == 0);
}

TEST_CASE("test client: a coroutine's sleep takes no time") {
  Worker worker(quiet());
  worker.handle_async("GET", "/", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    co_await request.sleep(24h);
    reply.send("awake");
  });
  TestClient client(worker);
  CHECK(client.get("/").body == "awake");
  TestStream waits = client.open("GET", "/");
  waits.end();
  client.advance(23h);
  CHECK(client.in_hand() == 1);
  client.advance(1h);
  CHECK(client.in_hand() == 0);
  CHECK(waits.reply().body == "awake");
}

TEST_CASE("test client: a client that goes away cancels its handler") {
  std::atomic<int> cancelled = 0;  // outlives the worker, which waits for its pool handlers
  Worker worker(quiet());
  worker.handle("POST", "/pool", [&](Request& request, Reply&) {
    try {
      (void)request.read();
    } catch (const Cancelled&) {
      ++cancelled;
    }
  });
  worker.handle_async("POST", "/async", [&](AsyncRequest& request, AsyncReply&) -> Task<void> {
    try {
      co_await request.sleep(1h);
    } catch (const Cancelled&) {
      ++cancelled;
    }
  });
  {
    TestClient client(worker);
    client.open("POST", "/async").reset();
    CHECK(client.in_hand() == 0);
    CHECK(cancelled == 1);
    (void)client.open("POST", "/async");
    (void)client.open("POST", "/pool");
  }  // so does a client that ends
  CHECK(cancelled >= 2);
}

TEST_CASE("test client: WebSockets, by a script of the client's side") {
  Worker worker(quiet());
  worker.websocket("/echo", [](WebSocket& socket) -> Task<void> {
    socket.accept(socket.offers("chat") ? "chat" : "");
    while (const auto message = co_await socket.receive(1 << 21)) co_await socket.send(*message);
  });
  worker.websocket("/refuse", [](WebSocket& socket) -> Task<void> {
    socket.refuse(403, "no");
    co_return;
  });
  worker.websocket("/close", [](WebSocket& socket) -> Task<void> {
    socket.post_text("bye");
    socket.close(4001, "enough");
    co_return;
  });
  TestClient client(worker);
  TestWebSocket echo = client.websocket("/echo", {{"sec-websocket-protocol", "a, chat"}});
  CHECK(echo.is_accepted());
  CHECK(echo.field("sec-websocket-protocol") == "chat");
  CHECK(echo.send_text("one").receive_text() == "one");
  echo.send_binary("two");
  const auto binary = echo.receive();
  REQUIRE(binary);
  CHECK_FALSE(binary->is_text);
  const std::string large(1 << 20, 'x');
  CHECK(echo.send_text(large).receive_text() == large);
  echo.close(1000, "done");
  CHECK_FALSE(echo.receive());
  CHECK(echo.close_code() == 1000);

  TestWebSocket refused = client.websocket("/refuse");
  CHECK_FALSE(refused.is_accepted());
  CHECK(refused.refusal().status == 403);
  CHECK(refused.refusal().body == "");  // it was read
  CHECK_FALSE(client.websocket("/nowhere").is_accepted());

  TestWebSocket closed = client.websocket("/close");
  CHECK(closed.receive_text() == "bye");
  CHECK(closed.close_code() == 4001);
  CHECK(closed.close_reason() == "enough");
  TestWebSocket lost = client.websocket("/echo");
  lost.reset();
  CHECK(lost.close_code() == 1006);
  CHECK_THROWS_AS((void)lost.receive_text(), std::runtime_error);
  CHECK(client.in_hand() == 0);
}

TEST_CASE("test client: draining ends what heeds it, closes WebSockets, and is over when nothing is in hand") {
  WorkerOptions options = quiet();
  options.drain_timeout = 10s;
  Worker worker(options);
  worker.handle_async("GET", "/ticks", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    while (co_await request.sleep_unless_draining(1h)) co_await reply.write("tick");
    reply.end();
  });
  worker.handle("GET", "/pool", [](Request& request, Reply& reply) {
    while (request.sleep_unless_draining(1h)) {
    }
    reply.send("drained");
  });
  worker.websocket("/socket", [](WebSocket& socket) -> Task<void> {
    while (co_await socket.receive()) {
    }
  });
  Event release;
  worker.handle_async("GET", "/held", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    co_await release.wait(request);
    reply.end();
  });
  TestClient client(worker);
  TestStream ticks = client.open("GET", "/ticks"), pool = client.open("GET", "/pool");
  TestStream held = client.open("GET", "/held");
  TestWebSocket socket = client.websocket("/socket");
  client.advance(1h);
  CHECK(ticks.read() == "tick");
  CHECK_FALSE(worker.is_draining());
  client.drain();
  CHECK(worker.is_draining());
  CHECK(ticks.reply().status == 200);
  CHECK(pool.reply().body == "drained");
  CHECK_FALSE(client.is_drained());
  release.set();
  CHECK(held.reply().status == 200);
  client.advance(9s);  // the WebSocket is closed at some moment of the drain time
  CHECK(socket.close_code() == 1012);
  CHECK(client.is_drained());
}

TEST_CASE("test client: another thread's post wakes it, and what never comes is told") {
  Worker worker(quiet());
  Event ready;
  worker.handle_async("GET", "/", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const bool is_ready = co_await ready.wait(request);
    reply.send(is_ready ? "ready" : "not");
  });
  worker.handle_async("GET", "/never", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    while (co_await request.read()) {
    }
  });
  TestClient client(worker, 60s);
  std::thread other([&] { ready.set(); });
  CHECK(client.get("/").body == "ready");
  other.join();
  Worker silent(quiet());
  silent.handle_async("POST", "/",
                      [](AsyncRequest& request, AsyncReply&) -> Task<void> { (void)co_await request.read(); });
  TestClient impatient(silent, 1ms);
  TestStream stream = impatient.open("POST", "/");
  CHECK_THROWS_WITH_AS((void)stream.status(), "the test client waited 1 ms for a reply", std::runtime_error);
}

TEST_CASE("test client: a worker has one, and does not run besides") {
  Worker worker(quiet());
  { TestClient client(worker); }
  CHECK_THROWS_AS(TestClient(worker, 1s), std::logic_error);
  CHECK(worker.run() == 2);
}
