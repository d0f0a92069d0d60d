// What coroutines wait for besides their request: events, channels, the pool, broadcasts.
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

// A worker whose GET / is this coroutine, and its client.
struct Waiter : Worker {
  explicit Waiter(AsyncHandler handler) : Worker(quiet()) {
    handle_async("GET", "/*", std::move(handler));
    client.emplace(*this, 60s);
  }
  TestStream begin(std::string_view path = "/") { return client->open("GET", path).end(); }
  std::optional<TestClient> client;
};

}  // namespace

TEST_CASE("event: a coroutine waits until it is set, by any thread, or until its time is over") {
  Event event;
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const bool is_set = co_await event.wait(request, 5s);
    reply.send(is_set ? "set" : "late");
  });
  CHECK(worker.client->get("/").body == "late");
  TestStream one = worker.begin(), two = worker.begin();
  worker.client->advance(4s);
  CHECK(worker.client->in_hand() == 2);
  CHECK_FALSE(event.is_set());
  std::thread([&] { event.set(); }).join();
  CHECK(one.reply().body == "set");
  CHECK(two.reply().body == "set");
  CHECK(worker.client->get("/").body == "set");  // at once
  event.reset();
  TestStream three = worker.begin();
  worker.client->advance(5s);
  CHECK(three.reply().body == "late");
}

TEST_CASE("event: 0 looks once, and a request that is over is Cancelled") {
  Event event;
  std::string seen;
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const bool is_set = co_await event.wait(request, 0ms);
    seen += is_set ? "set " : "not ";
    try {
      co_await event.wait(request);
    } catch (const Cancelled&) {
      seen += "cancelled";
    }
    reply.send("");
  });
  TestStream stream = worker.begin();
  CHECK(seen == "not ");
  stream.reset();
  CHECK(seen == "not cancelled");
  event.set();  // nobody is there
  worker.client->run();
  CHECK(worker.client->in_hand() == 0);
}

TEST_CASE("event: a WebSocket's handler waits too, and its end ends the waiting") {
  Event event;
  Worker worker(quiet());
  worker.websocket("/", [&](WebSocket& socket) -> Task<void> {
    socket.accept();
    co_await event.wait(socket);
    co_await socket.send_text("set");
    event.reset();
    co_await event.wait(socket);
  });
  TestClient client(worker);
  TestWebSocket socket = client.websocket("/");
  event.set();
  CHECK(socket.receive_text() == "set");
  socket.close();
  CHECK(socket.close_code() == 1000);
  CHECK(client.in_hand() == 0);
}

TEST_CASE("event: coroutines that are destroyed while they wait are forgotten") {
  Event event;
  {
    Waiter worker([&](AsyncRequest& request, AsyncReply&) -> Task<void> { co_await event.wait(request); });
    (void)worker.begin();
    worker.client.reset();
  }
  event.set();
  CHECK(event.is_set());
}

TEST_CASE("channel: values come in order, each to one; a full one is waited for") {
  CHECK_THROWS_AS(Channel<int>(0), std::invalid_argument);
  Channel<std::unique_ptr<int>> channel(2);
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    if (request.path() == "/send") {
      const bool is_sent = co_await channel.send(request, std::make_unique<int>(3), 5s);
      reply.send(is_sent ? "sent" : "full");
      co_return;
    }
    std::string all;
    while (const auto value = co_await channel.receive(request, 5s)) all += std::to_string(**value);
    reply.send(all + (channel.is_closed() ? " closed" : " late"));
  });
  CHECK(channel.try_send(std::make_unique<int>(1)));
  CHECK(channel.try_send(std::make_unique<int>(2)));
  CHECK_FALSE(channel.try_send(std::make_unique<int>(9)));
  CHECK(worker.client->get("/send").body == "full");
  TestStream sender = worker.begin("/send");
  CHECK(channel.size() == 2);
  CHECK(*channel.try_receive().value() == 1);
  CHECK(sender.reply().body == "sent");
  CHECK(worker.client->get("/receive").body == "23 late");
  TestStream receiver = worker.begin("/receive");
  std::thread([&] {
    CHECK(channel.try_send(std::make_unique<int>(4)));
    channel.close();
  }).join();
  CHECK(receiver.reply().body == "4 closed");
  CHECK_FALSE(channel.try_send(std::make_unique<int>(5)));
  CHECK_FALSE(channel.try_receive());
  CHECK(worker.client->get("/send").body == "full");
}

TEST_CASE("channel: a receiver that is cancelled takes nothing from the others") {
  Channel<int> channel(10);
  std::string received;
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const auto value = co_await channel.receive(request);
    received += std::to_string(value.value_or(-1));
    reply.send("");
  });
  TestStream one = worker.begin(), two = worker.begin();
  CHECK(channel.try_send(7));
  one.reset();  // it has been told, and has not run
  worker.client->run();
  CHECK(received == "7");
  CHECK(channel.size() == 0);
  CHECK(two.reply().status == 200);
}

TEST_CASE("on_pool: a function runs on another thread, its result and its exception come back") {
  const std::thread::id loop = std::this_thread::get_id();
  Worker worker(quiet());
  std::atomic<int> calls = 0;
  worker.handle_async("GET", "/{what}", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const std::string what = request.param("what");
    if (what == "void") {
      co_await worker.on_pool([&] { ++calls; });
      reply.send(std::to_string(calls));
      co_return;
    }
    const std::unique_ptr<std::string> text = co_await worker.on_pool([&] {
      CHECK(std::this_thread::get_id() != loop);
      if (what == "fails") throw StatusError(409, "on the pool");
      return std::make_unique<std::string>("made of " + what);
    });
    CHECK(std::this_thread::get_id() == loop);
    reply.send(*text);
  });
  TestClient client(worker, 60s);
  CHECK(client.get("/x").body == "made of x");
  CHECK(client.get("/void").body == "1");
  CHECK(client.get("/fails").body == "on the pool");
  std::vector<TestStream> many;
  for (int i = 0; i < 50; ++i) many.push_back(client.open("GET", "/" + std::to_string(i)).end());
  for (int i = 0; i < 50; ++i) CHECK(many[std::size_t(i)].reply().body == "made of " + std::to_string(i));
}

TEST_CASE("on_pool: a request that is cancelled meanwhile waits for the function's end") {
  Worker worker(quiet());
  Event begun;
  std::atomic<bool> may_end = false, has_ended = false;
  bool saw_end = false;
  worker.handle_async("GET", "/", [&](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await worker.on_pool([&] {
      begun.set();
      may_end.wait(false);
      has_ended = true;
    });
    saw_end = has_ended && request.is_cancelled();
  });
  TestClient client(worker, 60s);
  TestStream stream = client.open("GET", "/").end();
  stream.reset();
  CHECK(client.in_hand() == 1);
  may_end = true;
  may_end.notify_all();
  while (client.in_hand() > 0) std::this_thread::yield();
  CHECK(saw_end);
}

TEST_CASE("broadcast: every listener gets every value from when it listens on, until it is closed") {
  Broadcast<std::string> news;
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    auto listener = news.listen();
    std::string all;
    while (const auto text = co_await listener.next(request)) all += *text;
    CHECK(listener.is_over());
    CHECK_FALSE(listener.fell_behind());
    reply.send(all);
  });
  CHECK(news.send("0") == 0);
  TestStream one = worker.begin();
  CHECK(news.send("1") == 1);
  worker.client->run();
  TestStream two = worker.begin();
  CHECK(news.listeners() == 2);
  std::thread([&] { CHECK(news.send("2") == 2); }).join();
  CHECK(news.send("3") == 2);
  news.close();
  CHECK(news.send("4") == 0);
  CHECK(one.reply().body == "123");
  CHECK(two.reply().body == "23");
  CHECK(worker.client->get("/").body == "");  // comes too late
  CHECK(news.listeners() == 0);
}

TEST_CASE("broadcast: one who does not keep up is ended, or loses the oldest, and the others lose nothing") {
  CHECK_THROWS_AS(Broadcast<int>(0), std::invalid_argument);
  for (const SlowListener policy : {SlowListener::ends, SlowListener::loses_oldest}) {
    Broadcast<int> news(2, policy);
    Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
      auto listener = news.listen();
      if (request.path() == "/slow") co_await request.sleep(1h);
      std::string all;
      while (const auto number = co_await listener.next(request)) all += std::to_string(*number);
      reply.send(all + " " + std::to_string(listener.missed()) + (listener.fell_behind() ? " behind" : ""));
    });
    TestStream slow = worker.begin("/slow"), fast = worker.begin("/fast");
    for (int i = 1; i <= 5; ++i) {
      news.send(i);
      worker.client->run();
    }
    news.close();
    CHECK(fast.reply().body == "12345 0");
    CHECK(slow.reply().body == (policy == SlowListener::ends ? "12 0 behind" : "45 3"));
  }
}

TEST_CASE("broadcast: a listener's time is over without its end, and a cancelled one leaves") {
  Broadcast<int> news;
  Waiter worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    auto listener = news.listen();
    const auto nothing = co_await listener.next(request, 1s);
    CHECK_FALSE(nothing);
    CHECK_FALSE(listener.is_over());
    co_await reply.write("late ");
    const auto number = co_await listener.next(request);
    CHECK(*number == -1);  // none is sent
  });
  TestStream stream = worker.begin();
  CHECK(stream.read() == "late ");
  stream.reset();
  CHECK(news.listeners() == 0);
}

TEST_CASE("websocket broadcast: members are sent what comes while they are in, by any thread, in order") {
  WebSocketBroadcast room;
  Worker worker(quiet());
  worker.websocket("/", [&](WebSocket& socket) -> Task<void> {
    socket.accept();
    socket.post_text("welcome");
    const auto membership = room.join(socket);
    while (const auto message = co_await socket.receive())
      message->is_text ? room.send_text(message->bytes) : room.send_binary(message->bytes);
  });
  TestClient client(worker);
  TestWebSocket one = client.websocket("/");
  CHECK(one.receive_text() == "welcome");
  CHECK(room.size() == 1);
  one.send_text("a");
  TestWebSocket two = client.websocket("/");
  two.send_binary("b");
  std::thread([&] { room.send_text("c"); }).join();
  CHECK(one.receive_text() == "a");
  CHECK(one.receive_text() == "b");
  CHECK(one.receive_text() == "c");
  CHECK(two.receive_text() == "welcome");
  CHECK_FALSE(two.receive().value().is_text);
  CHECK(two.receive_text() == "c");
  one.close();
  CHECK(one.close_code() == 1000);
  CHECK(room.size() == 1);
  two.reset();
  CHECK(room.size() == 0);
  room.send_text("nobody");
  CHECK(client.in_hand() == 0);
}

TEST_CASE("websocket broadcast: who does not read is closed, and holds nobody up") {
  WebSocketBroadcast room(100'000, 4008);
  Worker worker(quiet());
  worker.websocket("/", [&](WebSocket& socket) -> Task<void> {
    socket.accept();
    const auto membership = room.join(socket);
    while (co_await socket.receive()) {
    }
  });
  TestClient client(worker);
  TestWebSocket reads = client.websocket("/"), sleeps = client.websocket("/");
  const std::string text(50'000, 'x');
  for (int i = 0; i < 20; ++i) {
    room.send_text(text);
    client.run();
    CHECK(reads.receive_text() == text);
  }
  CHECK(room.size() == 1);
  CHECK(sleeps.close_code() == 4008);
  for (int i = 0; i < 20; ++i) room.send_text(text);  // faster than any loop
  client.run();
  CHECK(room.size() == 0);
}
