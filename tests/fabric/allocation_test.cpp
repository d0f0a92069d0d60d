// What a message costs in the loop engine: no allocation once its buffers are warm.
#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "proto/control.h"
#include "tests/fabric/loop_bench.h"
#include "tests/support/counted_heap.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::string_literals;

namespace {

constexpr int kWarm = 200;
constexpr int kCounted = 1'000;

// Answers each message without an allocation.
struct Echo : WireEvents {
  explicit Echo(LoopBench& of) : bench(of) {}
  void message(std::string_view, Bytes payload, ConnectionId) override {
    if (++messages == kWarm) before = heap.allocations;
    if (messages == kWarm + kCounted) after = heap.allocations;
    answer.assign(as_text(payload));
    CHECK_UNARY(bench.engine.wire().steer(instance, answer));
    CHECK_UNARY(bench.engine.wire().deal(answer));
  }
  void too_many_parts(std::string_view) override {}
  void steer_broke(ConnectionId) override {}
  void deal_came(std::size_t) override {}
  void deal_broke(std::size_t) override {}
  void deal_shook_hands() override {}
  void steer_came(ConnectionId, std::string_view) override {}
  void key_refused(std::string_view, std::string_view) override {}
  void stranger(std::string_view, std::string_view, std::string_view) override {}

  LoopBench& bench;
  std::string instance = "w#0123456789abcdef", answer;
  int messages = 0;
  std::size_t before = 0, after = 0;
};

}  // namespace

TEST_CASE("loop wire: a message in, a message steered and a ping dealt allocate nothing once warm") {
  LoopBench bench;
  RawPeer steer, deal;
  bench.hello_from(steer);
  bench.come(deal, "deal");
  steer.hear_what_is_there();
  Echo echo(bench);
  bench.engine.attach(echo, [&] { bench.ask_for_turn_end(); });
  // Speaks from a thread of its own, which allocates nothing: a message at a time.
  std::thread peer([&, fd = steer.descriptor()] {
    std::array<char, 102> message{0, 100};
    std::array<char, 102> heard{};
    for (int i = 0; i < kWarm + kCounted; ++i) {
      if (::send(fd, message.data(), message.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(message.size())) return;
      if (::recv(fd, heard.data(), heard.size(), MSG_WAITALL) != static_cast<ssize_t>(heard.size())) return;
      while (::recv(deal.descriptor(), heard.data(), heard.size(), MSG_DONTWAIT) > 0) continue;
    }
    bench.loop.stop();
  });
  bench.loop.run();
  peer.join();
  CHECK(echo.messages == kWarm + kCounted);
  CHECK(echo.after - echo.before == 0);
}
