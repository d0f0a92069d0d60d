// What a worker does not read, and what becomes of it.
#include <doctest/doctest.h>

#include <string>

#include "router/fabric/limits.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const std::string kLost = std::to_string(static_cast<int>(Code::backend_lost));
constexpr std::size_t kPiece = 1 << 18;
constexpr std::size_t kMore = std::size_t{2} * kMostUnread;

// "a" holds an upload and has said that it may be sent all of a window's 2 GiB.
struct Upload : Bench {
  Upload() {
    join("a", 1, 1'024, {{"", "/"}});
    stream = ask("/up", Last::no);
    allow();
  }
  void allow() {
    MessageWriter writer;
    writer.window_update(stream, kMaxWindow - kOpeningWindow);
    say("a", writer);
  }
  void send(std::size_t bytes) {
    static const std::string piece(kPiece, 'x');
    for (std::size_t sent = 0; sent < bytes && wire.cuts.empty(); sent += kPiece) {
      fabric->data(stream, as_bytes(piece));
      turn();
      uploaded += kPiece;
    }
  }
  bool has_ping() const { return wire.log.back().ends_with(" ping"); }

  StreamId stream = 0;
  std::size_t uploaded = 0;
};

}  // namespace

TEST_CASE("fabric: a worker that gives credit and reads nothing is cut, and its stream is lost") {
  Upload bench;
  bench.send(kMore);
  CHECK(bench.wire.cuts == std::vector{bench.connections["a"]});
  CHECK(bench.uploaded > kMostUnread);
  CHECK(bench.uploaded < kMostUnread + 2 * kStreamWindow);
  CHECK(bench.exchange().said.ends_with("reset " + kLost));
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric: a worker that sends back the PINGs behind what it was sent may be sent any number of bytes") {
  Upload bench;
  int pings = 0;
  while (bench.uploaded < kMore) {
    bench.send(kPiece);
    if (!bench.has_ping()) continue;
    bench.pong("a");
    ++pings;
  }
  CHECK(bench.wire.cuts.empty());
  CHECK(pings > 0);
  CHECK(static_cast<std::size_t>(pings) <= kMore / kProveEvery);
}

TEST_CASE("fabric: a PING that comes back proves what was sent before it, not what was sent after") {
  Upload bench;
  bench.send(kProveEvery);
  REQUIRE(bench.has_ping());
  bench.send(kMostUnread - kProveEvery);
  bench.pong("a");
  CHECK(bench.wire.cuts.empty());
  bench.send(kMore);
  CHECK(bench.wire.cuts.size() == 1);
  CHECK(bench.uploaded > kMostUnread + kProveEvery);
  CHECK(bench.uploaded < kMostUnread + kProveEvery + 2 * kStreamWindow);
}

TEST_CASE("fabric: a PING that is guessed, or sent back again, proves nothing") {
  Upload bench;
  bench.send(kProveEvery);
  bench.pong("a");
  while (bench.wire.cuts.empty() && bench.uploaded < kMore) {
    bench.send(kPiece);
    const std::uint64_t seen = bench.wire.last_ping;
    for (const std::uint64_t guess : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 63}) {
      bench.wire.last_ping = guess;
      bench.pong("a");
    }
    bench.wire.last_ping = seen;
  }
  CHECK(bench.wire.cuts.size() == 1);
}

TEST_CASE("fabric: a worker that is dropped and says hello again owes what it owed on that connection") {
  Upload bench;
  bench.send(kMostUnread);
  CHECK(bench.wire.cuts.empty());
  bench.say("a", "no frame");
  bench.hello_again("a", 1, 1'024, {{"", "/"}});
  bench.stream = bench.ask("/up", Last::no);
  bench.allow();
  const std::size_t before = bench.uploaded;
  bench.send(kMore);
  CHECK(bench.wire.cuts.size() == 1);
  CHECK(bench.uploaded - before < 2 * kStreamWindow);
  bench.break_steer("a");
  bench.hello("a", 1, 1'024, {{"", "/"}});
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: a worker with many streams may leave a window unread of each") {
  Upload bench;
  for (int i = 0; i < 400; ++i) bench.ask("/up", Last::no);
  bench.send(kMostUnread + 300 * std::size_t{kStreamWindow});
  CHECK(bench.wire.cuts.empty());
  bench.send(kMore);
  CHECK(bench.wire.cuts.size() == 1);
}
