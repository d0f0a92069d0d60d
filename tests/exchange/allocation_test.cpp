// What a request costs: no allocation once the pool is warm.
#include <doctest/doctest.h>

#include "router/exchange/exchanges.h"
#include "router/observe/counters.h"
#include "tests/exchange/script.h"
#include "tests/support/counted_heap.h"

using namespace zeroway;

namespace {

class QuietClient final : public ReplySink {
 public:
  void head(Head&, Last) override { ++verbs; }
  void data(Bytes) override { ++verbs; }
  void end(Head&) override { ++verbs; }
  void reset(const Error&) override { ++verbs; }
  void credit(std::uint32_t) override { ++verbs; }
  bool take_back() override { return false; }
  int verbs = 0;
};

class QuietBackend final : public Backend {
 public:
  BackendStream open(const BackendRequest&, ReplyTo) override { return {this, ++streams}; }
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode) override {}
  void credit(StreamKey, std::uint32_t) override {}
  StreamKey streams = 0;
};

}  // namespace

TEST_CASE("exchanges: a request, its body, its retry and its reply allocate nothing once warm") {
  ExchangeSettings settings;
  settings.trusted_proxies = {"192.0.2.0/24"};
  QuietClient client;
  QuietBackend backend;
  FakeClock clock;
  Counters counters;
  const OneRoute route(settings, backend);
  Exchanges exchanges(settings, counters, clock);
  const ClientInfo info{.address = "192.0.2.1", .listener = &route.listener};
  Head head, reply, trailers;
  const std::string body(1'000, 'x');
  const Error gone = unseen();

  const auto one = [&] {
    head.clear();
    for (const Field field : {Field{":method", "POST"}, Field{":scheme", "http"}, Field{":path", "/some/path?query"},
                              Field{":authority", "www.example.com:9000"}, Field{"user-agent", "a rather long name"},
                              Field{"x-forwarded-for", "203.0.113.77"}, Field{"content-length", "1000"}}) {
      head.add(field.name, field.value);
    }
    const ExchangeKey key = exchanges.open(client, info, Kind::request, clock.time);
    exchanges.from_client(key)->head(head, Last::no);
    exchanges.from_client(key)->data(as_bytes(body));
    trailers.clear();
    exchanges.from_client(key)->end(trailers);
    exchanges.find(key)->reset(gone);
    exchanges.find(key)->accepted({"worker-1", "worker-1"});
    reply.clear();
    reply.add(":status", "200");
    reply.add("content-length", "1000");
    exchanges.find(key)->head(reply, Last::no);
    exchanges.find(key)->data(as_bytes(body));
    exchanges.find(key)->end(trailers);
  };
  for (int i = 0; i < 10; ++i) one();
  const std::size_t before = test::heap.allocations;
  for (int i = 0; i < 100; ++i) one();
  // The body that is sent again is copied once, beside what is kept.
  CHECK(test::heap.allocations - before <= 100);
  CHECK(client.verbs == 110 * 3);
  CHECK(backend.streams == 110 * 2);
}
