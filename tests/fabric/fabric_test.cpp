#include "router/fabric/fabric.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "router/fabric/limits.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const std::string kLost = std::to_string(static_cast<int>(Code::backend_lost));
const std::string kBadWorker = std::to_string(static_cast<int>(Code::backend_protocol));

}  // namespace

TEST_CASE("fabric: hello is answered by welcome") {
  Bench bench;
  bench.join("a");
  CHECK(bench.wire.log.front() == "a: welcome");
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: an even table is dealt to, in turn") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  for (int i = 0; i < 1'000; ++i) {
    const StreamId stream = bench.ask();
    bench.reply(bench.last_line().starts_with("deal a") ? "a" : "b", stream);
  }
  CHECK(bench.counters.dealt == 1'000);
  CHECK(bench.counters.steered == 0);
  CHECK(bench.lines_to("deal a") == 500);
  CHECK(bench.lines_to("deal b") == 500);
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: an opening holds the head and the body that is there in one message") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.get("/up", Last::no);
  bench.fabric->data(stream, as_bytes("hello"));
  bench.fabric->end(stream, {});
  bench.turn();
  CHECK(bench.last_line() == "deal a: head GET /up · data 5 · data 0 end");
}

TEST_CASE("fabric: the first frame says who holds a dealt stream, what came meanwhile is steered there") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask("/up", Last::no);
  bench.fabric->data(stream, as_bytes("more"));
  bench.turn();
  const std::size_t before = bench.wire.log.size();
  bench.claim("a", stream);
  CHECK(bench.wire.log.size() == before + 1);
  CHECK(bench.last_line() == "a: data 4");
  CHECK(bench.exchange().said == "accepted by a · credit 196608");
  bench.fabric->data(stream, as_bytes("later"));
  bench.turn();
  CHECK(bench.last_line() == "a: data 5");
}

TEST_CASE("fabric: different weights are steered, in their proportion") {
  Bench bench;
  bench.join("a", 3);
  bench.join("b", 1);
  for (int i = 0; i < 40; ++i) bench.ask();
  CHECK(bench.counters.dealt == 0);
  CHECK(bench.lines_to("a") == 31);  // one was the welcome
  CHECK(bench.lines_to("b") == 11);
}

TEST_CASE("fabric: a deal connection that never said hello turns dealing into steering, and back when it is gone") {
  Bench bench;
  bench.join("a");
  bench.connect_deal("foreign");
  bench.ask();
  CHECK(bench.last_line() == "a: head GET / end");
  bench.break_deal("foreign");
  bench.ask();
  CHECK(bench.last_line() == "a: head GET / end");  // what is gone may still be dealt to
  bench.pong("a");
  bench.ask();
  CHECK(bench.last_line() == "deal a: head GET / end");
}

TEST_CASE("fabric: only workers with room get streams, the rest waits and is served when room appears") {
  Bench bench;
  bench.join("a", 1, 1);
  const StreamId first = bench.ask();
  bench.claim("a", first);
  const StreamId second = bench.ask("/second");
  CHECK(bench.counters.queued == 1);
  bench.reply("a", first);
  CHECK(bench.last_line() == "deal a: head GET /second end");
  bench.reply("a", second);
  CHECK(bench.exchange().said == "accepted by a · head 200 last · end");
}

TEST_CASE("fabric: a dealt stream that nobody has claimed yet takes room") {
  Bench bench;
  bench.join("a", 1, 1);
  const StreamId first = bench.ask();
  bench.ask("/second");
  CHECK(bench.last_line() == "deal a: head GET / end");
  CHECK(bench.counters.queued == 1);
  bench.claim("a", first);
  CHECK(bench.last_line() == "deal a: head GET / end");
  bench.reply("a", first);
  CHECK(bench.last_line() == "deal a: head GET /second end");
}

TEST_CASE("fabric: as soon as it is known who has a dealt stream, the others have room") {
  Bench bench;
  bench.join("a", 1, 1);
  bench.join("b", 1, 1);
  const StreamId first = bench.ask();
  const StreamId second = bench.ask();
  bench.reply("a", first);
  bench.break_deal("b");
  bench.ask("/third");  // steered: b may be who has the second
  CHECK(bench.counters.queued == 1);
  bench.claim("b", second);
  CHECK(bench.last_line() == "a: head GET /third end");
}

TEST_CASE("fabric: what a silent worker may have been dealt takes no room of the others") {
  Bench bench;
  bench.join("a", 1, 1);
  bench.join("b", 1, 1);
  bench.ask();
  bench.pass(40);
  bench.pong("b");
  bench.pass(120);
  CHECK(bench.counters.pings_late == 1);
  bench.ask("/second");
  CHECK(bench.last_line() == "b: head GET /second end");
}

TEST_CASE("fabric: without a worker a stream waits, is served by one that comes, and fails after the queue timeout") {
  Bench bench;
  bench.ask("/first");
  bench.pass(4'000);
  CHECK(bench.exchange().said.empty());
  bench.join("a");
  CHECK(bench.lines_to("a") == 1);  // welcome and opening in one message
  CHECK(bench.last_line() == "a: welcome · head GET /first end");
  bench.break_steer("a");
  bench.break_deal("a");
  bench.ask("/second");
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::no_backend);
}

TEST_CASE("fabric: a full queue refuses the next stream") {
  FabricSettings settings;
  settings.queue_limit = 2;
  Bench bench(settings);
  for (int i = 0; i < 3; ++i) bench.ask();
  CHECK(bench.exchange().last_error.code == Code::queue_full);
  CHECK(bench.exchanges.at(1)->said.empty());
}

TEST_CASE("fabric: a refused stream is safe to open again and its worker is left alone for a moment") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  writer.rst_stream(stream, ResetCode::refused_stream);
  bench.say("a", writer);
  CHECK(bench.exchange().said == "reset safe " + std::to_string(static_cast<int>(Code::backend_refused)));
  for (int i = 0; i < 4; ++i) bench.ask();
  CHECK(bench.lines_to("b") == 5);
  bench.pass(100);
  bench.ask();
  CHECK(bench.last_line().starts_with("deal "));
}

TEST_CASE("fabric: who gives a stream up by the first frame is told") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  writer.rst_stream(stream, ResetCode::internal_error);
  bench.say("b", writer);
  CHECK(bench.exchange().said == "accepted by b · reset " + std::to_string(static_cast<int>(Code::backend_reset)));
}

TEST_CASE("fabric: unclaimed after a whole round and no connection broke: proven unseen") {
  Bench bench;
  bench.join("a");
  bench.wire.connected[0] = "nobody";  // the message goes into a pipe whose peer is gone
  bench.ask();
  bench.wire.connected[0] = "a";
  bench.pass(40);
  CHECK(bench.last_line() == "deal a: ping");
  bench.pong("a");
  CHECK(bench.exchange().said == "reset safe " + kLost);
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: unclaimed when a deal connection broke after it was dealt: possibly seen") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  bench.ask();
  bench.break_deal("a");
  bench.break_steer("a");
  CHECK(bench.last_line() == "deal b: ping");
  CHECK(bench.exchange().said.empty());
  bench.pong("b");
  CHECK(bench.exchange().said == "reset " + kLost);
}

TEST_CASE("fabric: who says something about a stream that was given up is told that it is over, once") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask("/", Last::no);
  REQUIRE(bench.last_line() == "deal b: head GET /");
  bench.break_deal("b");  // and steer stands: it hung for a moment
  bench.pong("a");
  bench.pong("b");
  REQUIRE(bench.exchange().said == "reset " + kLost);
  bench.claim("b", stream);
  CHECK(bench.last_line() == "b: rst 8");
  bench.reply("b", stream);
  CHECK(bench.lines_to("b") == 2);  // WELCOME is the other
  CHECK(bench.counters.frames_ignored == 2);
}

TEST_CASE("fabric: a stream that was given up long ago is forgotten") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask("/", Last::no);
  bench.break_deal("b");
  bench.pong("a");
  bench.pong("b");
  REQUIRE(bench.exchange().said == "reset " + kLost);
  bench.now += std::chrono::seconds(30);
  bench.pass(20);
  bench.claim("b", stream);
  CHECK(bench.lines_to("b") == 1);
}

TEST_CASE("fabric: a ping that went into a connection which is about to end is dealt again in a moment") {
  Bench bench;
  for (const char* name : {"a", "b", "c"}) bench.join(name);
  bench.ask();
  REQUIRE(bench.last_line().starts_with("deal b: head"));
  bench.fabric->deal_broke(2);  // c's, but ZeroMQ has not detached it yet
  bench.turn();
  CHECK(bench.last_line() == "deal a: ping");
  bench.pong("a");
  bench.wire.connected = {"a", "b"};
  bench.pass(40);
  CHECK(bench.lines_to("deal b") == 2);
  CHECK(bench.exchange().said.empty());
  bench.pong("b");  // and a's answer to the first is as good
  CHECK(bench.exchange().said == "reset " + kLost);
  CHECK(bench.counters.pings_late == 0);
}

TEST_CASE("fabric: the last worker's connection breaks: what it may have seen is given up at once") {
  Bench bench;
  bench.join("a");
  bench.ask();
  bench.break_deal("a");
  CHECK(bench.exchange().said == "reset " + kLost);
}

TEST_CASE("fabric: a claim behind the pong in the same message counts") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.pass(40);
  MessageWriter writer;
  writer.ping(bench.wire.last_ping, Ack::yes);
  writer.window_update(stream, 1);
  bench.say("a", writer);
  CHECK(bench.exchange().said == "accepted by a · credit 1");
}

TEST_CASE("fabric: a stream dealt after the round began is not touched by it") {
  Bench bench;
  bench.join("a");
  bench.pass(1'000);
  REQUIRE(bench.last_line() == "deal a: ping");
  const std::uint64_t ping = bench.wire.last_ping;
  bench.ask();
  bench.wire.last_ping = ping;
  bench.pong("a");
  CHECK(bench.exchange().said.empty());
}

TEST_CASE("fabric: a late ping makes its worker silent, others carry all until it answers") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  bench.pass(1'000);
  bench.pong("a");
  bench.pass(120);
  CHECK(bench.counters.pings_late == 1);
  for (int i = 0; i < 10; ++i) bench.ask();
  CHECK(bench.lines_to("a") == 11);
  CHECK(bench.lines_to("b") == 1);
  bench.pong("b");
  bench.ask();
  CHECK(bench.last_line().starts_with("deal "));
}

TEST_CASE("fabric: a worker that hangs is found although rounds begin anew all the time") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  for (int passed = 0; passed < 200; passed += 20) {
    bench.connect_deal("peer");
    bench.ask();
    bench.break_deal("peer");
    bench.pong("a");
    bench.pass(20);
  }
  CHECK(bench.counters.pings_late == 1);
  const std::size_t before = bench.lines_to("b");
  for (int i = 0; i < 4; ++i) bench.ask();
  CHECK(bench.lines_to("b") == before);
}

TEST_CASE("fabric: when all are silent they still get streams") {
  Bench bench;
  bench.join("a");
  bench.pass(1'120);
  CHECK(bench.counters.pings_late == 1);
  bench.ask();
  CHECK(bench.last_line() == "a: head GET / end");
}

TEST_CASE("fabric: a foreign peer swallows a dealt stream: given up as possibly seen once all workers answered") {
  Bench bench;
  bench.join("a");
  bench.wire.connected = {"foreign"};
  bench.ask();  // dealt before the monitor told of it
  bench.wire.connected = {"a", "foreign"};
  bench.fabric->deal_came(2);
  bench.pass(40);
  bench.pong("a");
  CHECK(bench.exchange().said.empty());
  bench.pass(120);
  CHECK(bench.exchange().said == "reset " + kLost);
}

TEST_CASE("fabric: a leaving worker gets nothing more and is let go when its last ping is back") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  MessageWriter writer;
  writer.goaway(0, ResetCode::no_error, "");
  bench.say("a", writer);
  CHECK(bench.last_line().ends_with(": ping"));
  const std::size_t before = bench.lines_to("b");
  for (int i = 0; i < 4; ++i) bench.ask();
  CHECK(bench.lines_to("b") == before + 4);
  bench.pong("a");
  CHECK(bench.last_line() == "a: goaway 0");
  bench.pong("b");
  bench.break_deal("a");
  bench.ask();
  CHECK(bench.last_line() == "b: head GET / end");  // what is gone may still be dealt to
  bench.pass(20);
  bench.pong("b");
  bench.ask();
  CHECK(bench.last_line() == "deal b: head GET / end");  // even again while it finishes what it holds
  bench.reply("a", stream);
  CHECK(bench.exchanges.at(1)->said == "accepted by a · credit 196608 · head 200 last · end");
}

TEST_CASE("fabric: what a leaving worker cancels is lost with it, what it resets otherwise has failed") {
  Bench bench;
  bench.join("a");
  const auto reset_of = [&bench](ResetCode code) {
    const StreamId stream = bench.ask();
    bench.claim("a", stream);
    MessageWriter leave;
    leave.goaway(0, ResetCode::no_error, "");
    leave.rst_stream(stream, code);
    bench.say("a", leave);
    const std::string said = bench.exchange().said;
    bench.break_deal("a");
    bench.break_steer("a");
    bench.join("a");
    return said;
  };
  CHECK(reset_of(ResetCode::cancel) == "accepted by a · credit 196608 · reset " + kLost);
  const std::string failed = std::to_string(static_cast<int>(Code::backend_reset));
  CHECK(reset_of(ResetCode::internal_error) == "accepted by a · credit 196608 · reset " + failed);
}

TEST_CASE("fabric: a worker that was let go and says hello again is not waited for on deal") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  MessageWriter writer;
  writer.goaway(0, ResetCode::no_error, "");
  bench.say("a", writer);
  bench.pong("a");
  bench.pong("b");
  REQUIRE(bench.last_line() == "a: goaway 0");
  bench.hello_again("a");
  bench.break_deal("a");
  bench.settle();
  bench.ask();
  CHECK(bench.last_line() == "deal b: head GET / end");
}

TEST_CASE("fabric: a lost worker's streams are told, the others' go on") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId first = bench.ask();
  const StreamId second = bench.ask();
  bench.claim("a", first);
  bench.claim("b", second);
  bench.break_steer("a");
  CHECK(bench.exchanges.at(1)->said == "accepted by a · credit 196608 · reset " + kLost);
  bench.reply("b", second, "hi");
  CHECK(bench.exchanges.at(2)->said == "accepted by b · credit 196608 · head 200 · data 2 · end");
}

TEST_CASE("fabric: what cannot be sent nobody has seen, and its worker gets nothing more") {
  Bench bench;
  bench.join("a", 2);
  bench.join("b", 1);
  bench.wire.unreachable = {"a"};
  bench.ask("/first");
  CHECK(bench.exchange().said == "reset safe " + kLost);
  bench.ask("/second");
  CHECK(bench.last_line() == "b: head GET /second end");
  CHECK(bench.exchange().said == "");
  bench.break_steer("a");
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: what was sent before may have been seen when its worker cannot be reached") {
  Bench bench;
  bench.join("a", 2);
  bench.join("b", 1);
  const StreamId stream = bench.ask();
  REQUIRE(bench.last_line() == "a: head GET / end");
  bench.wire.unreachable = {"a"};
  bench.fabric->reset(bench.get("/late"), ResetCode::cancel);
  bench.fabric->credit(stream, kStreamWindow);
  bench.turn();
  bench.break_steer("a");
  CHECK(bench.exchanges.at(1)->said == "reset " + kLost);
}

// Worker "a" holds a stream, and cannot be reached when more of its body comes.
static StreamId hold_and_vanish(Bench& bench) {
  bench.join("a");
  const StreamId stream = bench.ask("/", Last::no);
  bench.claim("a", stream);
  bench.wire.unreachable = {"a"};
  bench.fabric->data(stream, as_bytes("more"));
  bench.turn();
  return stream;
}

TEST_CASE("fabric: the last words of a worker that cannot be reached any more count") {
  Bench bench;
  const StreamId stream = hold_and_vanish(bench);
  CHECK(bench.exchange().said == "accepted by a · credit 196608");
  bench.reply("a", stream, "done");
  bench.break_steer("a");
  CHECK(bench.exchange().said == "accepted by a · credit 196608 · head 200 · data 4 · end");
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric: a worker that cannot be reached is lost after a second, whether its end is told or not") {
  Bench bench;
  hold_and_vanish(bench);
  bench.pass(980);
  CHECK(bench.counters.workers == 1);
  bench.pass(40);
  CHECK(bench.exchange().said == "accepted by a · credit 196608 · reset " + kLost);
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric: a worker that cannot be reached is given up once, and what it says of itself is late") {
  Bench bench;
  const StreamId stream = hold_and_vanish(bench);
  const auto messages = bench.counters.messages_out;
  for (int turn = 0; turn < 3; ++turn) {
    bench.fabric->data(stream, as_bytes("more"));
    bench.turn();
  }
  bench.hello_again("a");
  bench.turn();
  bench.ask("/second");
  CHECK(bench.counters.messages_out == messages);
  CHECK(bench.counters.steered + bench.counters.dealt == 1);  // the first
  bench.join("b");
  CHECK(bench.last_line() == "b: welcome · head GET /second end");
  bench.pass(1'020);
  CHECK(bench.exchanges.at(1)->said == "accepted by a · credit 196608 · reset " + kLost);
  CHECK(bench.exchanges.at(2)->said == "");
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: a worker that connects anew loses what it held before") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  bench.break_deal("a");
  bench.join("a");
  CHECK(bench.exchange().said == "accepted by a · credit 196608 · reset " + kLost);
  CHECK(bench.counters.workers == 1);
  bench.reply("a", stream);  // late: nobody listens
  CHECK(bench.counters.frames_ignored == 1);
}

TEST_CASE("fabric: a worker that comes back by another connection loses the one before at once") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  const ConnectionId before = bench.connections["a"];
  bench.hello_instead_of("a", "a2");
  CHECK(bench.exchange().said == "accepted by a · credit 196608 · reset " + kLost);
  CHECK(bench.exchange().last_error.detail.ends_with("it came back by another connection"));
  CHECK(bench.wire.cuts == std::vector<ConnectionId>{before});
  CHECK(bench.counters.workers == 1);
  CHECK(bench.last_line() == "a2: welcome");
}

TEST_CASE("fabric: a connection that is not known any more is replaced by nobody, and no worker replaces itself") {
  Bench bench;
  bench.join("a");
  bench.hello_instead_of("gone", "b");
  bench.hello_instead_of("c", "c");
  CHECK(bench.wire.cuts.empty());
  CHECK(bench.counters.workers == 3);
}

TEST_CASE("fabric: frames of a stream that another worker holds are ignored") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  bench.reply("b", stream, "stolen");
  CHECK(bench.exchange().said == "accepted by a · credit 196608");
  CHECK(bench.counters.frames_ignored == 2);
  CHECK(bench.counters.workers == 2);
}

TEST_CASE("fabric: a worker that gives up (GOAWAY with a code) loses what it holds, and may say hello again") {
  for (const ResetCode code : {ResetCode::protocol_error, ResetCode::internal_error, static_cast<ResetCode>(4711)}) {
    Bench bench;
    bench.join("a");
    bench.join("b");
    const StreamId first = bench.ask();
    bench.claim("a", first);
    const StreamId second = bench.ask();
    bench.claim("b", second);
    const std::size_t said = bench.wire.log.size();
    MessageWriter writer;
    writer.goaway(0, code, "out of\x1b[2Jmemory");
    bench.say("a", writer);
    CHECK(bench.exchanges.at(1)->said.ends_with("reset " + kLost));
    const std::string& why = bench.exchanges.at(1)->last_error.detail;
    CHECK(why.ends_with("it gave up: code " + std::to_string(static_cast<int>(code)) + ", 'out of\\x1b[2Jmemory'"));
    CHECK(bench.counters.workers == 1);
    CHECK(bench.counters.frames_bad == 0);
    for (std::size_t at = said; at < bench.wire.log.size(); ++at) CHECK_FALSE(bench.wire.log[at].starts_with("a: "));
    bench.reply("b", second);
    CHECK(bench.exchanges.at(2)->said.ends_with("end"));
    bench.reply("a", first);  // who is unknown now
    CHECK(bench.last_line() == "a: goaway 1");
    bench.hello_again("a");
    CHECK(bench.counters.workers == 2);
    bench.settle();
    bench.ask();
    bench.ask();
    CHECK(bench.wire.log.back() != bench.wire.log[bench.wire.log.size() - 2]);  // one each
  }
}

TEST_CASE("fabric: whoever has not said hello is told so, and nothing else") {
  Bench bench;
  bench.claim("x", 7);
  CHECK(bench.last_line() == "x: goaway 1");
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric: a worker that asks for more answers than it could want is dropped, and others are not") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  MessageWriter pings;
  for (int i = 0; i < 10; ++i) pings.ping(7, Ack::no);
  for (int second = 0; second < 3; ++second) {
    for (int i = 0; i < 9; ++i) bench.say("a", pings);
    bench.pass(1'000);
  }
  CHECK(bench.counters.workers == 2);
  for (int i = 0; i < 11; ++i) bench.say("a", pings);
  CHECK(bench.counters.workers == 1);
  bench.ask();
  CHECK(bench.last_line() == "b: head GET / end");
}

TEST_CASE("fabric: HELLOs without end are answered a hundred times in a second") {
  Bench bench;
  bench.hello("a");
  for (int i = 0; i < 1'000; ++i) bench.hello_again("a");
  CHECK(std::count(bench.wire.log.begin(), bench.wire.log.end(), "a: welcome") <= kAnswersPerSecond);
  CHECK(bench.counters.workers == 1);
  CHECK(bench.counters.frames_ignored == 901);
  bench.wire.log.clear();
  bench.pass(1'000);
  bench.hello_again("a");
  CHECK(bench.last_line() == "a: welcome");
}

TEST_CASE("fabric: strangers without end are told to say hello a hundred times in a second") {
  Bench bench;
  for (int i = 0; i < 1'000; ++i) bench.claim("x", 7);
  CHECK(std::count(bench.wire.log.begin(), bench.wire.log.end(), "x: goaway 1") == kAnswersPerSecond);
}

TEST_CASE("fabric: strangers without end that talk nonsense are told so a hundred times in a second") {
  Bench bench;
  for (int i = 0; i < 1'000; ++i) bench.say("x", "no frame");
  CHECK(std::count(bench.wire.log.begin(), bench.wire.log.end(), "x: goaway 6") == kAnswersPerSecond);
}

TEST_CASE("fabric: a hello with another instance than the routing id is refused for good") {
  Bench bench;
  Hello hello;
  hello.name = "a";
  hello.instance = "a#fedcba9876543210";
  MessageWriter writer;
  writer.hello(hello);
  bench.say("a", writer);
  CHECK(bench.last_line() == "a: goaway 10");
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric: garbage drops that worker alone") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  bench.say("a", std::string(50, '\xff'));
  CHECK(bench.counters.workers == 1);
  CHECK(bench.counters.frames_bad == 1);
  bench.break_deal("a");
  bench.ask();
  CHECK(bench.last_line() == "b: head GET / end");  // what is gone may still be dealt to
  bench.pong("b");
  bench.ask();
  CHECK(bench.last_line() == "deal b: head GET / end");
}

TEST_CASE("fabric: a bad header block fails its stream alone") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  std::string bytes;
  append_frame_header(bytes, 1, FrameType::headers, kFlagEndHeaders, stream);
  bytes += '\xff';
  bench.say("a", bytes);
  CHECK(bench.exchange().last_error.code == Code::backend_protocol);
  CHECK(bench.last_line() == "a: rst 1");
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: more reply data than was credited fails the stream") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  writer.headers(stream, Head{{":status", "200"}}, bench.encoder, Last::no);
  const std::string big(kFirstReplyWindow, 'x');
  writer.data(stream, as_bytes(big), Last::no);
  bench.say("a", writer);
  CHECK(bench.counters.streams_open == 1);
  MessageWriter one_more;
  one_more.data(stream, as_bytes("x"), Last::no);
  bench.say("a", one_more);
  CHECK(bench.exchange().last_error.code == Code::backend_protocol);
  CHECK(bench.last_line() == "a: rst 3");
}

TEST_CASE("fabric: a MESSAGE without payload takes one of the credit, both ways") {
  for (const bool is_reply : {true, false}) {
    Bench bench;
    bench.join("a");
    const Head head{
        {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
    const StreamId stream = bench.open(head, Last::no, Kind::web_socket);
    bench.turn();
    const auto send = [&](std::uint32_t times) {
      MessageWriter writer;
      for (std::uint32_t i = 0; i < times && is_reply; ++i) writer.piece(stream, {}, MessageKind::text, Last::yes);
      for (std::uint32_t i = 0; i < times && !is_reply; ++i)
        bench.fabric->piece(stream, {}, MessageKind::text, Last::yes);
      if (is_reply) bench.say("a", writer);
      bench.turn();
    };
    MessageWriter writer;
    writer.headers(stream, Head{{":status", "200"}}, bench.encoder, Last::no);
    bench.say("a", writer);
    send(is_reply ? kFirstReplyWindow : kOpeningWindow);
    CHECK(bench.counters.streams_open == 1);
    send(1);
    CHECK(bench.counters.streams_open == 0);
    CHECK(bench.last_line() == (is_reply ? "a: rst 3" : "a: rst 2"));
  }
}

TEST_CASE("fabric: credit goes back once the first window is owed, and all that was given with it") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  writer.headers(stream, Head{{":status", "200"}}, bench.encoder, Last::no);
  const std::string big(kFirstReplyWindow, 'x');
  writer.data(stream, as_bytes(big), Last::no);
  bench.say("a", writer);
  const std::size_t before = bench.wire.log.size();
  bench.fabric->credit(stream, kFirstReplyWindow - 1);
  bench.turn();
  CHECK(bench.wire.log.size() == before);
  bench.fabric->credit(stream, kFirstReplyWindow + 1);
  bench.turn();
  CHECK(bench.last_line() == "a: credit 131072");
}

TEST_CASE("fabric: a reply that ends before its request tells the worker to stop waiting for the rest") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask("/up", Last::no);
  bench.reply("a", stream, "no");
  CHECK(bench.last_line() == "a: rst 0");
  CHECK(bench.exchange().said == "accepted by a · head 200 · data 2 · end");
}

TEST_CASE("fabric: interim heads pass, a second final head does not") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  for (const char* status : {"103", "103", "200", "200"})
    writer.headers(stream, Head{{":status", status}}, bench.encoder, Last::no);
  bench.say("a", writer);
  CHECK(bench.exchange().said == "accepted by a · head 103 · head 103 · head 200 · reset " + kBadWorker);
}

TEST_CASE("fabric: trailers end a reply") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  MessageWriter writer;
  writer.headers(stream, Head{{":status", "200"}}, bench.encoder, Last::no);
  writer.data(stream, as_bytes("x"), Last::no);
  writer.headers(stream, Head{{"checksum", "1"}}, bench.encoder, Last::yes);
  bench.say("a", writer);
  CHECK(bench.exchange().said == "accepted by a · head 200 · data 1 · end with trailers");
}

TEST_CASE("fabric: a given-up dealt stream is cancelled when its worker shows up") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.fabric->reset(stream, ResetCode::cancel);
  CHECK(bench.counters.streams_open == 1);
  bench.claim("a", stream);
  CHECK(bench.last_line() == "a: rst 8");
  CHECK(bench.counters.streams_open == 0);
  CHECK(bench.exchange().said.empty());
}

TEST_CASE("fabric: a given-up held stream is cancelled at once") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  bench.fabric->reset(stream, ResetCode::cancel);
  bench.turn();
  CHECK(bench.last_line() == "a: rst 8");
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: routed workers get their routes by steer, the open pool the rest") {
  Bench bench;
  bench.join("a");
  bench.join("api", 1, 1'024, {{"", "/api"}});
  bench.ask("/api/users");
  CHECK(bench.last_line() == "api: head GET /api/users end");
  bench.ask("/other");
  CHECK(bench.last_line() == "deal a: head GET /other end");
}

TEST_CASE("fabric: least connections picks the idlest") {
  FabricSettings settings;
  settings.balance = Balance::least_connections;
  Bench bench(settings);
  bench.join("a");
  bench.join("b");
  const StreamId first = bench.ask();
  const bool was_a = bench.last_line().starts_with("a:");
  bench.ask();
  CHECK(bench.last_line().starts_with(was_a ? "b:" : "a:"));
  bench.reply(was_a ? "a" : "b", first);
  bench.ask();
  CHECK(bench.last_line().starts_with(was_a ? "a:" : "b:"));
}

TEST_CASE("fabric: stream ids wrap at 2^31-1 (RFC 9113 §5.1.1)") {
  FabricSettings settings;
  settings.first_stream_id = kMaxStreamId - 2;
  Bench bench(settings);
  bench.join("a");
  CHECK(bench.ask() == kMaxStreamId - 1);
  CHECK(bench.ask() == kMaxStreamId);
  CHECK(bench.ask() == 1);
}

TEST_CASE("fabric: streams over the limit of unaccepted ones are steered") {
  FabricSettings settings;
  settings.unaccepted_limit = 3;
  Bench bench(settings);
  bench.join("a");
  for (int i = 0; i < 5; ++i) bench.ask();
  CHECK(bench.counters.dealt == 3);
  CHECK(bench.counters.steered == 2);
}

TEST_CASE("fabric: openings that share a turn share a message when steered") {
  Bench bench;
  bench.join("a");
  bench.connect_deal("foreign");
  bench.get("/1");
  bench.get("/2");
  bench.turn();
  CHECK(bench.last_line() == "a: head GET /1 end · head GET /2 end");
}

TEST_CASE("fabric: what was lost before is steered to somebody who has answered, not dealt to a newcomer") {
  Bench bench;
  bench.join("a");
  bench.reply("a", bench.ask());
  bench.join("b");
  bench.join("c");
  for (int i = 0; i < 3; ++i) {
    (void)bench.get("/again", Last::yes, Attempt::again);
    bench.turn();
    CHECK(bench.last_line() == "a: head GET /again end");
  }
}

TEST_CASE("fabric: what was lost before goes to a newcomer when nobody has answered yet") {
  Bench bench;
  bench.join("b");
  (void)bench.get("/again", Last::yes, Attempt::again);
  bench.turn();
  CHECK(bench.last_line() == "b: head GET /again end");
}

TEST_CASE("fabric: a wire that knows its connections is steered to, evenly, and its workers leave at once") {
  Bench bench;
  bench.wire.is_steered = true;
  for (const char* name : {"a", "b", "c"}) bench.join(name);
  for (int i = 0; i < 300; ++i) {
    const StreamId stream = bench.ask();
    const std::string line = bench.last_line();
    bench.reply(line.substr(0, line.find(':')), stream);
  }
  CHECK(bench.counters.dealt == 0);
  CHECK(bench.counters.steered == 300);
  for (const char* name : {"a", "b", "c"}) CHECK(bench.lines_to(name) == 100 + 1);  // and WELCOME
  MessageWriter leave;
  leave.goaway(0, ResetCode::no_error, "");
  bench.say("a", leave);
  CHECK(bench.last_line() == "a: goaway 0");
}

TEST_CASE("fabric: an opening of which no byte has left is proven unseen when its worker is lost") {
  Bench bench;
  bench.wire.is_steered = true;
  bench.join("a");
  bench.ask();
  bench.ask();
  const StreamId third = bench.ask();
  bench.claim("a", third);
  bench.wire.unsent_messages = 2;
  bench.break_steer("a");
  CHECK(bench.exchanges.at(1)->said == "reset " + kLost);
  CHECK(bench.exchanges.at(2)->said == "reset safe " + kLost);
  CHECK(bench.exchanges.at(3)->said == "accepted by a · credit 196608 · reset " + kLost);
}

TEST_CASE("fabric: the GOAWAY to a worker that is dropped is no opening that has not left") {
  Bench bench;
  bench.wire.is_steered = true;
  bench.join("a");
  bench.ask();
  bench.wire.unsent_messages = 1;  // the GOAWAY
  bench.say("a", "no frame");
  CHECK(bench.exchange().said == "reset " + kLost);
}

TEST_CASE("fabric: where nothing is dealt but pings, a worker that does not send them back is silent all the same") {
  Bench bench;
  bench.wire.is_steered = true;
  bench.join("a");
  bench.join("b");
  bench.pass(1'500);  // a ping of a round is out for longer than ping_late
  bench.pong("b");
  for (int i = 0; i < 4; ++i) {
    const StreamId stream = bench.ask();
    CHECK(bench.last_line().starts_with("b: head"));
    bench.reply("b", stream);
  }
}
