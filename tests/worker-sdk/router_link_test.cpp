#include <doctest/doctest.h>

#include <algorithm>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

struct Sink : ScriptedWorker {
  Sink() {
    runner.add_handler(
        "*", "/*", [](Request& request, Reply& reply) { reply.send(request.body()); }, Handlers::Kind::on_loop);
  }
};

std::string turn_with(ScriptedWorker& worker, std::string_view message) {
  worker.link().receive(as_bytes(message));
  return worker.turn();
}

std::string frame(FrameType type, std::uint8_t flags, StreamId id, std::string_view payload) {
  std::string bytes;
  append_frame_header(bytes, static_cast<std::uint32_t>(payload.size()), type, flags, id);
  return bytes.append(payload);
}

}  // namespace

TEST_CASE("link: HELLO is the first thing said on each new connection, and earlier streams are dropped") {
  Sink worker;
  worker.open(1, Sink::get("/"), Last::no).turn();
  CHECK(worker.session.streams_in_use() == 1);
  worker.link().down();
  CHECK(worker.session.streams_in_use() == 0);
  worker.open(3, Sink::get("/"), Last::no).turn();
  worker.link().up();
  CHECK(worker.session.streams_in_use() == 0);
  CHECK(worker.turn() == "hello ready");
}

TEST_CASE("link: a WELCOME that is read after its connection broke off welcomes nobody") {
  Sink worker;
  worker.link().down();
  worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
  worker.turn();
  CHECK_FALSE(worker.link().is_welcomed());
  worker.link().up();
  worker.turn();
  CHECK_FALSE(worker.link().is_welcomed());
  worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
  worker.turn();
  CHECK(worker.link().is_welcomed());
}

TEST_CASE("link: a worker that was dropped gives its streams up, and says HELLO again after 100 ms, once") {
  Sink worker;
  Welcome welcome;
  welcome.router = "router#1";
  welcome.pairs = {{"ipc://a", "ipc://a.steer"}};
  worker.in().welcome(welcome);
  worker.open(1, Sink::get("/"), Last::no).turn();
  worker.in().goaway(0, ResetCode::protocol_error, "malformed");
  CHECK(worker.turn() == "");
  CHECK(worker.session.streams_in_use() == 0);
  CHECK(worker.session.next_timer() == worker.now + std::chrono::milliseconds(100));
  worker.now += std::chrono::milliseconds(99);
  CHECK(worker.turn() == "");
  worker.now += std::chrono::milliseconds(1);
  CHECK(worker.turn() == "hello ready");
  CHECK(worker.turn() == "");
}

TEST_CASE("link: a GOAWAY before WELCOME is about frames from before HELLO, and costs no stream") {
  Sink worker;
  worker.in().goaway(0, ResetCode::protocol_error, "say HELLO first");
  Welcome welcome;
  welcome.router = "router#1";
  welcome.pairs = {{"ipc://a", "ipc://a.steer"}};
  worker.in().welcome(welcome);
  worker.open(1, Sink::get("/"), Last::no).turn();
  worker.now += std::chrono::milliseconds(100);
  CHECK(worker.turn() == "");
  CHECK(worker.session.streams_in_use() == 1);
}

TEST_CASE("link: pings are answered, ping acks are not") {
  Sink worker;
  worker.in().ping(7, Ack::no);
  CHECK(worker.turn() == "ping 7 ack");
  worker.in().ping(8, Ack::yes);
  CHECK(worker.turn() == "");
}

TEST_CASE("link: a stream that is not answered in its turn is accepted with the rest of its window") {
  Sink worker;
  worker.runner.add_handler("GET", "/wait", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  CHECK(worker.open(1, Sink::get("/wait")).turn() == "credit 1 196608");
  CHECK(worker.turn() == "");
}

TEST_CASE("link: with Expect the acceptance gives no credit, the first read does (RFC 9110 §10.1.1)") {
  Sink worker;
  worker.runner.add_handler("POST", "/late", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::milliseconds(10));
    (void)co_await request.body();
  });
  Head head = Sink::get("/late", "POST");
  head.add("expect", "100-continue");
  CHECK(worker.open(1, head, Last::no).turn() == "credit 1 0");
  worker.now += std::chrono::milliseconds(10);
  CHECK(worker.turn() == "credit 1 196608");
  CHECK(worker.data(1, "x", Last::yes).turn() == "head 1 :status=200 content-length=0 end");
}

TEST_CASE("link: frames of streams that are over, and unknown frames, are ignored") {
  Sink worker;
  worker.data(9, "late").credit(9, 5).reset(9).open(9, Head{{"late", "trailer"}});
  CHECK(worker.turn() == "");
  CHECK(turn_with(worker, frame(static_cast<FrameType>(0x77), 255, 1, "?")) == "");
  CHECK(worker.lines.size() == 1);  // "connected"
}

TEST_CASE("link: what is malformed is logged and resets its stream only") {
  Sink worker;
  CHECK(turn_with(worker, frame(FrameType::headers, 5, 1, "\xff\xff\xff")) == "reset 1 9");
  CHECK(turn_with(worker, frame(FrameType::headers, 5, 0, "")) == "");
  CHECK(worker.open(3, Head{{":method", "GET"}}).turn() == "reset 3 1");
  CHECK(turn_with(worker, frame(FrameType::window_update, 0, 5, "12")) == "");
  CHECK(turn_with(worker, "garbage that is no frame") == "");
  CHECK(worker.lines.size() == 6);
  CHECK(worker.open(7, Sink::get("/")).turn() == "head 7 :status=200 content-length=0 end");
}

TEST_CASE("link: more body than was credited is a flow-control error (RFC 9113 §6.9.1)") {
  Sink worker;
  worker.runner.add_handler("POST", "/unread", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  worker.open(1, Sink::get("/unread", "POST"), Last::no);
  for (int i = 0; i < 4; ++i) worker.data(1, std::string(65'536, 'x'));
  CHECK(worker.turn() == "reset 1 3");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("link: DATA after the body's end resets the stream") {
  Sink worker;
  worker.runner.add_handler("POST", "/wait", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  worker.open(1, Sink::get("/wait", "POST")).turn();
  CHECK(worker.data(1, "x").turn() == "reset 1 5");
}

TEST_CASE("link: a WELCOME names the pairs of the router's other loops") {
  ScriptedWorker worker;
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {"tcp://gateway:8000", {"tcp://10.0.0.7:8000"}}});
  RouterLink& dialled = *worker.session.links()[1];
  dialled.up();
  MessageWriter message;
  message.welcome(
      {.router = "r", .loop = 0, .pairs = {{"tcp://*:8000", "tcp://*:8001"}, {"tcp://*:8002", "tcp://*:8003"}}});
  dialled.receive(as_bytes(message.bytes()));
  dialled.receive(as_bytes(message.bytes()));
  REQUIRE(worker.session.links().size() == 3);
  CHECK(worker.session.links()[2]->deal() == "tcp://10.0.0.7:8002");
  CHECK(worker.session.links()[2]->steer() == "tcp://10.0.0.7:8003");
}

TEST_CASE("link: leaving is told, confirmed, and over when the last stream is") {
  Sink worker;
  worker.open(1, Sink::get("/"), Last::no).turn();
  worker.session.begin_drain();
  CHECK(worker.turn() == "goaway");
  CHECK_FALSE(worker.session.is_drained());
  CHECK(worker.open(3, Sink::get("/")).turn() == "head 3 :status=200 content-length=0 end");  // was on its way

  worker.in().goaway(0, ResetCode::no_error, "");
  worker.turn();
  CHECK(worker.link().is_confirmed());
  CHECK_FALSE(worker.session.is_drained());
  worker.data(1, "", Last::yes).turn();
  CHECK(worker.session.is_drained());
}

TEST_CASE("link: a router that does not confirm is waited for five seconds") {
  Sink worker;
  worker.turn();
  worker.session.begin_drain();
  worker.turn();
  CHECK_FALSE(worker.session.is_drained());
  CHECK(worker.session.next_timer() == worker.now + std::chrono::seconds(5));
  worker.now += std::chrono::seconds(5);
  worker.turn();
  CHECK(worker.session.is_drained());
}

namespace {

Welcome welcome_of(std::string router, std::uint32_t loop = 0) {
  Welcome welcome;
  welcome.router = std::move(router);
  welcome.loop = loop;
  welcome.pairs = {{"ipc://a", "ipc://a.steer"}, {"ipc://a.1", "ipc://a.1.steer"}};
  return welcome;
}

void welcome_at(RouterLink& link, const Welcome& welcome) {
  MessageWriter message;
  message.welcome(welcome);
  link.receive(as_bytes(message.bytes()));
}

void connect(RouterLink& link) {
  (void)link.new_instance();
  link.up();
}

Hello said_hello(RouterLink& link) {
  const std::string message = link.out().take();
  MessageReader reader(as_bytes(message));
  return read_hello(reader.next().value()->payload).value();
}

using Role = RouterLink::Role;

}  // namespace

TEST_CASE("link: each connection has an instance of its own, and HELLO says which one it replaces") {
  ScriptedWorker worker;
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {"ipc://b", {"ipc://b"}}});
  RouterLink& link = *worker.session.links()[1];
  connect(link);
  const Hello first = said_hello(link);
  CHECK(first.instance.starts_with("test#"));
  CHECK(first.replaces == "");
  link.down();
  (void)link.new_instance();  // a dial that comes to nothing said no HELLO
  connect(link);
  const Hello second = said_hello(link);
  CHECK(second.instance != first.instance);
  CHECK(second.replaces == first.instance);
  link.up();  // HELLO again on the same connection
  const Hello again = said_hello(link);
  CHECK(again.instance == second.instance);
  CHECK(again.replaces == first.instance);
}

TEST_CASE("link: a router under two addresses keeps the one that was welcome first, and the other is left, once told") {
  ScriptedWorker worker;
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {"ipc://b", {"ipc://b"}}});
  worker.turn();
  RouterLink& kept = worker.link();
  RouterLink& other = *worker.session.links()[1];
  welcome_at(kept, welcome_of("router#1"));
  CHECK(worker.session.is_dealt_to(kept));
  for (int life = 0; life < 2; ++life) {
    connect(other);
    (void)said_hello(other);
    welcome_at(other, welcome_of("router#1"));
    CHECK(other.role() == Role::duplicate);
    CHECK_FALSE(worker.session.is_dealt_to(other));
    CHECK_FALSE(other.is_left(worker.now));     // the router has not confirmed
    CHECK(worker.session.links().size() == 3);  // the kept one's second loop
    MessageWriter goaway;
    goaway.goaway(0, ResetCode::no_error, "");
    other.receive(as_bytes(goaway.bytes()));
    CHECK(other.is_left(worker.now));
    worker.session.hung_up(other);
    worker.turn();
    CHECK(other.role() == Role::duplicate);
    kept.down();  // then it is dialled again
    worker.turn();
    CHECK(other.role() == Role::serving);
    connect(kept);
    welcome_at(kept, welcome_of("router#1"));
  }
  const auto told = std::count_if(worker.lines.begin(), worker.lines.end(), [](const std::string& line) {
    return line == "ipc://b is the router router#1 that ipc://a is: one connection is enough, and that one is kept";
  });
  CHECK(told == 1);
}

TEST_CASE("link: two routers, and two loops of one, are no duplicates") {
  ScriptedWorker worker;
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {"ipc://b", {"ipc://b"}}});
  RouterLink& other = *worker.session.links()[1];
  connect(other);
  welcome_at(worker.link(), welcome_of("router#1", 0));
  welcome_at(other, welcome_of("router#1", 1));
  CHECK(other.role() == Role::serving);
  welcome_at(other, welcome_of("router#2", 0));
  CHECK(other.role() == Role::serving);
}

TEST_CASE("link: an address that is gone is left when its streams are over, with the loops it named") {
  ScriptedWorker worker;
  worker.runner.add_handler("*", "/*", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    co_await request.sleep(std::chrono::seconds(9));
    reply.send("late");
  });
  worker.turn();
  const std::string typed = "tcp://gw:8000";
  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {typed, {"tcp://10.0.0.1:8000", "tcp://10.0.0.2:8000"}}});
  RouterLink& gone = *worker.session.links()[1];
  CHECK(gone.label() == "tcp://gw:8000 (10.0.0.1:8000)");
  connect(gone);
  Welcome welcome = welcome_of("router#1");
  welcome.pairs = {{"tcp://*:8000", "tcp://*:8001"}, {"tcp://*:8002", "tcp://*:8003"}};
  welcome_at(gone, welcome);
  REQUIRE(worker.session.links().size() == 4);
  RouterLink& sibling = *worker.session.links()[3];
  CHECK(sibling.label() == "tcp://gw:8000 (10.0.0.1:8000), loop 1");
  MessageWriter opening;
  HpackEncoder encoder;
  opening.headers(7, ScriptedWorker::get("/"), encoder, Last::yes);
  gone.receive(as_bytes(opening.bytes()));
  worker.turn();

  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {typed, {"tcp://10.0.0.2:8000"}}});
  CHECK(gone.role() == Role::unwanted);
  CHECK(sibling.role() == Role::unwanted);
  CHECK(sibling.is_left(worker.now));  // it never stood
  worker.session.hung_up(sibling);
  CHECK(sibling.role() == Role::unused);
  CHECK(worker.session.is_dealt_to(gone));  // until the router has confirmed: openings may be on their way
  worker.now += std::chrono::seconds(6);
  worker.turn();
  CHECK_FALSE(gone.is_left(worker.now));  // a stream is not over
  worker.now += std::chrono::seconds(4);
  worker.turn();
  CHECK(gone.is_left(worker.now));
  worker.session.hung_up(gone);

  worker.session.set_routers({{"ipc://a", {"ipc://a"}}, {typed, {"tcp://10.0.0.2:8000", "tcp://10.0.0.3:8000"}}});
  CHECK(worker.session.links().size() == 4);  // the place of one that is gone is used again
  CHECK(gone.steer() == "tcp://10.0.0.3:8001");
  CHECK(gone.uses() == 2);
}

TEST_CASE("link: it says which router it joined, what it serves there, and not for each loop") {
  ScriptedWorker worker;
  welcome_at(worker.link(), welcome_of("router#1"));
  welcome_at(worker.link(), welcome_of("router#1"));
  const auto said = [&] {
    return std::count(worker.lines.begin(), worker.lines.end(), "joined router router#1 at ipc://a, serves everything");
  };
  CHECK(said() == 1);
  RouterLink& loop = *worker.session.links()[1];
  connect(loop);
  welcome_at(loop, welcome_of("router#1", 1));
  CHECK(said() == 1);
}
