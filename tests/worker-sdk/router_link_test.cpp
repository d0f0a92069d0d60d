#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

struct Sink : ScriptedWorker {
  Sink() {
    core.add_handler(
        "*", "/*", [](Request& request, Reply& reply) { reply.send(request.body()); }, WorkerCore::Kind::on_loop);
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
  CHECK(worker.core.streams_in_use() == 1);
  worker.link().down();
  CHECK(worker.core.streams_in_use() == 0);
  worker.open(3, Sink::get("/"), Last::no).turn();
  worker.link().up();
  CHECK(worker.core.streams_in_use() == 0);
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
  CHECK(worker.core.streams_in_use() == 0);
  CHECK(worker.core.next_timer() == worker.now + std::chrono::milliseconds(100));
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
  CHECK(worker.core.streams_in_use() == 1);
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
  worker.core.add_handler("GET", "/wait", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  CHECK(worker.open(1, Sink::get("/wait")).turn() == "credit 1 196608");
  CHECK(worker.turn() == "");
}

TEST_CASE("link: with Expect the acceptance gives no credit, the first read does (RFC 9110 §10.1.1)") {
  Sink worker;
  worker.core.add_handler("POST", "/late", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
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
  worker.core.add_handler("POST", "/unread", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  worker.open(1, Sink::get("/unread", "POST"), Last::no);
  for (int i = 0; i < 4; ++i) worker.data(1, std::string(65'536, 'x'));
  CHECK(worker.turn() == "reset 1 3");
  CHECK(worker.core.streams_in_use() == 0);
}

TEST_CASE("link: DATA after the body's end resets the stream") {
  Sink worker;
  worker.core.add_handler("POST", "/wait", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::hours(1));
  });
  worker.open(1, Sink::get("/wait", "POST")).turn();
  CHECK(worker.data(1, "x").turn() == "reset 1 5");
}

TEST_CASE("link: a WELCOME names the pairs of the router's other loops") {
  ScriptedWorker worker;
  worker.core.add_link("tcp://gateway:8000", "tcp://gateway:8001");
  RouterLink& dialled = *worker.core.links()[1];
  dialled.up();
  MessageWriter message;
  message.welcome(
      {.router = "r", .loop = 0, .pairs = {{"tcp://*:8000", "tcp://*:8001"}, {"tcp://*:8002", "tcp://*:8003"}}});
  dialled.receive(as_bytes(message.bytes()));
  dialled.receive(as_bytes(message.bytes()));
  REQUIRE(worker.core.links().size() == 3);
  CHECK(worker.core.links()[2]->deal() == "tcp://gateway:8002");
  CHECK(worker.core.links()[2]->steer() == "tcp://gateway:8003");
}

TEST_CASE("link: leaving is told, confirmed, and over when the last stream is") {
  Sink worker;
  worker.open(1, Sink::get("/"), Last::no).turn();
  worker.core.begin_drain();
  CHECK(worker.turn() == "goaway");
  CHECK_FALSE(worker.core.is_drained());
  CHECK(worker.open(3, Sink::get("/")).turn() == "head 3 :status=200 content-length=0 end");  // was on its way

  worker.in().goaway(0, ResetCode::no_error, "");
  worker.turn();
  CHECK(worker.link().is_confirmed());
  CHECK_FALSE(worker.core.is_drained());
  worker.data(1, "", Last::yes).turn();
  CHECK(worker.core.is_drained());
}

TEST_CASE("link: a router that does not confirm is waited for five seconds") {
  Sink worker;
  worker.turn();
  worker.core.begin_drain();
  worker.turn();
  CHECK_FALSE(worker.core.is_drained());
  CHECK(worker.core.next_timer() == worker.now + std::chrono::seconds(5));
  worker.now += std::chrono::seconds(5);
  worker.turn();
  CHECK(worker.core.is_drained());
}
