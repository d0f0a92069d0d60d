#include "zeroway/wamp.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/worker-sdk/scripted_worker.h"
#include "zeroway/testing.h"
#include "zeroway/worker.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

Task<void> echo(WampSession& session) {
  while (const auto message = co_await session.receive()) co_await session.send(message->bytes);
}

Task<void> say_goodbye_when_draining(WampSession& session) {
  session.on_drain([&] { session.say_goodbye(); });
  (void)co_await session.receive();
}

struct RealmWorker : ScriptedWorker {
  explicit RealmWorker(const ServedRealm& realm = {.name = "r"}, WampHandler handler = echo)
      : ScriptedWorker(with_drain()) {
    runner.serve_realm(realm, std::move(handler));
    runner.claim_routes();
  }
  static WorkerOptions with_drain() {
    WorkerOptions options;
    options.drain_timeout = 1'000ms;
    return options;
  }
  std::string begin(StreamId id, std::string_view subprotocols) {
    return open(id, websocket("/any/path", subprotocols), Last::no).turn();
  }
};

std::string mistake(const ServedRealm& realm, WorkerOptions options = {}) {
  try {
    Worker worker(std::move(options));
    worker.realm(realm, echo);
    return "none";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::uint64_t now_ms = 0;
std::uint64_t scripted_clock() { return now_ms; }

Hello last_hello(RouterLink& link) {
  Hello hello;
  const std::string bytes = link.out().take();
  MessageReader reader(as_bytes(bytes));
  while (const auto frame = reader.next().value())
    if (frame->type == FrameType::hello) hello = read_hello(frame->payload).value();
  return hello;
}

}  // namespace

TEST_CASE("realm: HELLO says the realm, its serializers and whether it is shared") {
  RealmWorker worker({.name = "com.example.shop", .serializers = {WampSerializer::cbor}, .shared = true});
  worker.link().up();
  const Hello hello = last_hello(worker.link());
  REQUIRE(hello.wamp.has_value());
  CHECK(hello.wamp->realm == "com.example.shop");
  CHECK(hello.wamp->is_shared);
  CHECK(hello.wamp->since > 1'700'000'000'000);
  CHECK(hello.wamp->serializers.contains(Serializer::cbor));
  CHECK_FALSE(hello.wamp->serializers.contains(Serializer::json));
  CHECK_FALSE(worker.session.is_dealt_to(worker.link()));
}

TEST_CASE("realm: a session is a WebSocket at any path, in the serializer that the router chose") {
  RealmWorker worker;
  CHECK(worker.begin(1, "wamp.2.json") == "head 1 :status=200 sec-websocket-protocol=wamp.2.json");
  CHECK(worker.message(1, "[1]").turn() == "credit 1 196611 · text 1 [1]");
  CHECK(worker.begin(3, "wamp.2.msgpack") == "head 3 :status=200 sec-websocket-protocol=wamp.2.msgpack");
  CHECK(worker.message(3, "x", MessageKind::binary).turn() == "credit 3 196609 · binary 3 x");
}

TEST_CASE("realm: a serializer that the worker does not speak is refused") {
  RealmWorker worker({.name = "r", .serializers = {WampSerializer::msgpack}});
  CHECK(worker.begin(1, "wamp.2.json").starts_with("head 1 :status=400"));
  CHECK(worker.begin(3, "").starts_with("head 3 :status=400"));
  CHECK(worker.begin(5, "wamp.2.msgpack").starts_with("head 5 :status=200"));
}

TEST_CASE("realm: a draining worker closes its sessions with 1001") {
  RealmWorker worker;
  (void)worker.begin(1, "wamp.2.json");
  worker.session.begin_drain();
  worker.now += 1'000ms;
  CHECK(worker.turn() == "goaway · head 1 close-code=1001 close-reason=wamp.close.system_shutdown end");
}

TEST_CASE("realm: or its handler says GOODBYE first, in the session's serializer") {
  RealmWorker worker({.name = "r"}, say_goodbye_when_draining);
  (void)worker.begin(1, "wamp.2.json");
  (void)worker.begin(3, "wamp.2.msgpack");
  (void)worker.begin(5, "wamp.2.cbor");
  worker.session.begin_drain();
  worker.now += 1'000ms;
  const std::string said = worker.turn();
  CAPTURE(said);
  const std::string close = " close-code=1001 close-reason=wamp.close.system_shutdown end";
  const std::string reason = "wamp.close.system_shutdown";
  CHECK(said.find("text 1 [6,{},\"" + reason + "\"] · head 1" + close) != std::string::npos);
  CHECK(said.find("binary 3 \x93\x06\x80\xba" + reason + " · head 3" + close) != std::string::npos);
  CHECK(said.find("binary 5 \x83\x06\xa0\x78\x1a" + reason + " · head 5" + close) != std::string::npos);
}

TEST_CASE("realm: what cannot be served is named") {
  CHECK(mistake({.name = "a..b"}) ==
        "realm \"a..b\": must be at most 255 visible ASCII characters without '#', with no empty part between dots");
  CHECK(mistake({.name = ""}) == "none");
  WorkerOptions grouped;
  grouped.group = "g";
  CHECK(mistake({.name = "r"}, grouped) == "realm \"r\": a worker with a realm has no routes, group or app");
  Worker worker{WorkerOptions{}};
  worker.realm({.name = "r"}, echo);
  CHECK_THROWS_WITH_AS(worker.realm({.name = "q"}, echo), "realm \"q\": the worker has a realm already",
                       std::invalid_argument);
}

TEST_CASE("realm: its handler is tested as any WebSocket's") {
  Worker worker{WorkerOptions{}};
  worker.realm({.name = "r"}, echo);
  TestClient client(worker);
  auto socket = client.websocket("/ws", {{"sec-websocket-protocol", "wamp.2.cbor"}});
  CHECK(socket.field("sec-websocket-protocol") == "wamp.2.cbor");
  socket.send_binary("abc");
  CHECK(socket.receive()->bytes == "abc");
}

TEST_CASE("realm: a worker that was without any router serves the realm anew, one that kept a router does not") {
  ScriptedWorker worker;
  now_ms = 1'000;
  worker.session.join_realm(WampRealm{"r"}, scripted_clock);
  const auto welcome = [&] {
    worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
    worker.turn();
  };
  worker.link().up();
  CHECK(last_hello(worker.link()).wamp->since == 1'000);
  now_ms = 2'000;
  worker.turn();
  worker.link().down();  // before any router welcomed it
  worker.turn();
  worker.link().up();
  CHECK(last_hello(worker.link()).wamp->since == 1'000);
  welcome();
  now_ms = 3'000;
  worker.link().down();
  worker.turn();
  worker.link().up();
  CHECK(last_hello(worker.link()).wamp->since == 3'000);
  welcome();
  now_ms = 4'000;
  worker.link().down();
  worker.link().up();  // before the turn is over: it says so again
  CHECK(last_hello(worker.link()).wamp->since == 3'000);
  CHECK(worker.turn() == "hello ready of group wamp:r");
}

TEST_CASE("realm: as long as one router is left, the worker has served the realm since it began") {
  ScriptedWorker worker;
  now_ms = 1'000;
  worker.session.join_realm(WampRealm{"r"}, scripted_clock);
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {"ipc://b", {"ipc://b"}}});
  REQUIRE(worker.session.links().size() == 2);
  RouterLink& other = *worker.session.links().back();
  (void)other.new_instance();
  other.up();
  MessageWriter welcome;
  welcome.welcome({.router = "router#fedcba9876543210", .loop = 0, .pairs = {{"ipc://b", "ipc://b.steer"}}});
  const std::string bytes = welcome.take();
  other.receive(as_bytes(bytes));
  (void)other.out().take();
  worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
  worker.turn();
  now_ms = 2'000;
  worker.link().down();
  worker.turn();
  worker.link().up();
  CHECK(last_hello(worker.link()).wamp->since == 1'000);
  other.down();
  CHECK(worker.turn() == "hello ready of group wamp:r");
  worker.link().down();
  worker.link().up();
  CHECK(last_hello(worker.link()).wamp->since == 2'000);
}
