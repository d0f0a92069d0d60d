// What a worker says that is no reply, and what becomes of it.
#include <doctest/doctest.h>

#include <string>

#include "router/fabric/limits.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr std::size_t kFrames = 1 << 16;  // of a message

MessageWriter old_pongs() {
  MessageWriter writer;
  for (std::size_t i = 0; i < kFrames; ++i) writer.ping(0, Ack::yes);
  return writer;
}

}  // namespace

TEST_CASE("fabric: a worker that sends frames without end which nobody waits for is cut") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const MessageWriter pongs = old_pongs();
  for (int i = 0; i < 20; ++i) bench.say("a", pongs);
  CHECK(bench.wire.cuts == std::vector{bench.connections["a"]});
  CHECK(bench.counters.workers == 1);
  bench.hello("a");
  CHECK(bench.counters.workers == 2);
}

TEST_CASE("fabric: a worker whose frames are spread over seconds is not cut") {
  Bench bench;
  bench.join("a", 1, 1'024, {{"", "/"}});
  const MessageWriter pongs = old_pongs();
  for (int i = 0; i < 20; ++i) {
    bench.say("a", pongs);
    bench.pass(500);
  }
  CHECK(bench.wire.cuts.empty());
}

TEST_CASE("fabric: messages without a frame count, too") {
  Bench bench;
  bench.join("a");
  for (std::size_t i = 0; i <= kIdlePerSecond / kIdleFrameCost; ++i) bench.say("a", std::string());
  CHECK(bench.wire.cuts.size() == 1);
}

TEST_CASE("fabric: what is late of a thousand streams that were cancelled at once costs no worker its connection") {
  Bench bench;
  bench.join("a");
  MessageWriter late;
  const std::string window(kStreamWindow, 'x');
  late.data(77, as_bytes(window), Last::yes);
  for (int i = 0; i < 1'000; ++i) bench.say("a", late);
  CHECK(bench.counters.frames_ignored >= 4'000);
  CHECK(bench.wire.cuts.empty());
}

TEST_CASE("fabric: pieces of a reply count nothing, however small they are") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  MessageWriter message;
  message.headers(stream, Head{{":status", "200"}}, bench.encoder, Last::no);
  bench.say("a", message);
  message.clear();
  for (std::size_t i = 0; i < kFirstReplyWindow; ++i) message.data(stream, as_bytes(std::string_view("x")), Last::no);
  for (int i = 0; i < 20; ++i) {
    bench.say("a", message);
    bench.fabric->credit(stream, kFirstReplyWindow);
  }
  CHECK(bench.exchange().said.ends_with("data 1"));
  CHECK(bench.wire.cuts.empty());
}
