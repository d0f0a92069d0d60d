// What a request over a kept connection costs: no allocation once the pool is warm, one send, one read.
#include "tests/backends/servers_bench.h"
#include "tests/support/counted_heap.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

class QuietListener final : public BackendEvents {
 public:
  void accepted(const Holder&) override { ++verbs; }
  void head(Head&, Last) override { ++verbs; }
  void data(Bytes) override { ++verbs; }
  void end(Head&) override { ++verbs; }
  void reset(const Error&) override { ++failures; }
  void credit(std::uint32_t) override {}
  int verbs = 0, failures = 0;
};

class QuietFinder final : public ExchangeFinder {
 public:
  BackendEvents* find(ExchangeKey) override { return &listener; }
  QuietListener listener;
};

class QuietConnection final : public Connection {
 public:
  explicit QuietConnection(ConnectionEvents*& with_events, int& with_sends) : events(with_events), sends(with_sends) {}
  void serve(ConnectionEvents& with) override { events = &with; }
  bool send(std::string& bytes) override {
    ++sends;
    bytes.clear();
    return true;
  }
  std::size_t queued() const override { return 0; }
  Time last_progress() const override { return {}; }
  void pause(PauseReason) override {}
  void resume(PauseReason) override {}
  void offer() override {}
  std::size_t kept() const override { return 0; }
  void end_output() override {}
  void reset() override {}
  bool close(Linger) override { return true; }
  bool is_closing() const override { return false; }

  ConnectionEvents*& events;
  int& sends;
};

}  // namespace

TEST_CASE("servers: a request over a kept connection allocates nothing once warm, and leaves in one send") {
  ServersBench bench(pool_of({"a"}));
  QuietFinder finder;
  ConnectionEvents* server = nullptr;
  int sends = 0;
  const Head head = post("5"), none;
  const std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
  const BackendRequest request{head, Last::no, Kind::request, Attempt::first, bench.route, bench.client};
  const auto in_turn = [&bench](const auto& work) {
    bench.loop.post([&work] { work(); });
    bench.turn();
  };
  const auto ask = [&] {
    const StreamKey key = bench.backend->open(request, {&finder, 1}).key;
    bench.backend->data(key, as_bytes(std::string_view("hello")));
    bench.backend->end(key, none);
  };
  const auto answer = [&] { CHECK(server->received(as_bytes(reply)) == reply.size()); };
  const auto nothing = [] {};
  in_turn(ask);
  const auto done = bench.dialer.dials.front()->done;
  done(DialedOrigin{std::make_unique<QuietConnection>(server, sends),
                    std::make_unique<H1ClientCodec>(bench.codec_settings), false, std::nullopt});
  bench.turn();
  in_turn(answer);

  std::size_t turns = 0, requests = 0;
  const auto count = [&](std::size_t& sum, const auto& work) {
    const std::size_t before = heap.allocations;
    in_turn(work);
    sum += heap.allocations - before;
  };
  for (int i = 0; i < 200; ++i) {
    if (i == 100) turns = requests = 0;  // it is warm
    count(turns, nothing);               // what the test's own loop costs
    count(turns, nothing);
    count(requests, ask);
    count(requests, answer);
  }
  CHECK(requests == turns);
  CHECK(sends == 201);
  CHECK(finder.listener.failures == 0);
  CHECK(finder.listener.verbs == 201 * 4);
}
