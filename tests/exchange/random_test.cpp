// Both sides say legal and illegal things in any order, many exchanges at once; what each side hears stays legal.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "proto/limits.h"
#include "proto/stream_state.h"
#include "proto/window.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

struct World;

// Checks the order and the credit of what a client hears.
class StrictClient final : public ReplySink {
 public:
  StrictClient(World& world, std::size_t number) : world_(world), number_(number) {}
  void head(Head& head, Last) override {
    CHECK_FALSE(is_over);
    CHECK((head.status() < 200 ? reply.interim() : reply.head()));
    something();
  }
  void data(Bytes) override {
    CHECK_FALSE(is_over);
    CHECK(reply.data());
    something();
  }
  void end(Head&) override {
    CHECK_FALSE(is_over);
    CHECK(reply.end());
    is_over = true;
    something();
  }
  void reset(const Error&) override {
    CHECK_FALSE(is_over);
    is_over = true;
    something();
  }
  void credit(std::uint32_t bytes) override {
    CHECK_FALSE(is_over);
    allowed += bytes;
    something();
  }
  bool take_back() override;
  void something();

  ExchangeKey key = 0;
  StreamState reply, request;
  std::uint64_t allowed = kOpeningWindow;
  bool is_over = false;

 private:
  World& world_;
  std::size_t number_;
};

class StrictBackend final : public Backend {
 public:
  struct Stream {
    ExchangeKey exchange;
    StreamState request;
    SendWindow window{kOpeningWindow};
  };
  BackendStream open(const BackendRequest&, ReplyTo reply_to) override {
    streams.emplace(++last, Stream{reply_to.key, {}, SendWindow{kOpeningWindow}});
    CHECK(streams.at(last).request.head());
    return {this, last};
  }
  void data(StreamKey key, Bytes bytes) override {
    const auto found = streams.find(key);
    if (found == streams.end()) return;
    CHECK(found->second.request.data());
    CHECK(found->second.window.take(static_cast<std::uint32_t>(bytes.size())));
  }
  void end(StreamKey key, const Head&) override {
    const auto found = streams.find(key);
    if (found != streams.end()) CHECK(found->second.request.end());
  }
  void reset(StreamKey key, ResetCode) override { streams.erase(key); }
  void credit(StreamKey, std::uint32_t) override {}

  std::map<StreamKey, Stream> streams;
  StreamKey last = 0;
};

ExchangeSettings with_tight_limits() {
  ExchangeSettings settings;
  settings.retry_budget_percent = 10;
  settings.retry_budget_floor = 1;
  settings.reply_timeout = Millis{3'000};
  return settings;
}

struct World {
  explicit World(unsigned seed) : random(seed) {}

  int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

  void ask() {
    const std::size_t number = clients.size();
    clients.push_back(std::make_unique<StrictClient>(*this, number));
    StrictClient& client = *clients.back();
    client.key = exchanges.open(client, info, Kind::request, clock.time);
    constexpr const char* kMethods[] = {"GET", "PUT", "POST", "HEAD"};
    Head head{{":method", kMethods[pick(4)]}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
    static_cast<void>(client.request.head());
    const bool is_bare = pick(2) == 0;
    exchanges.from_client(client.key)->head(head, is_bare ? Last::yes : Last::no);
    if (is_bare) static_cast<void>(client.request.end());
  }

  void client_speaks(StrictClient& client) {
    StreamSink* to = exchanges.from_client(client.key);
    CHECK((to == nullptr) == client.is_over);
    if (to == nullptr) return;
    Head trailers;
    const int what = pick(20);
    if (what == 0) {
      client.is_over = true;
      to->reset(cancelled());
    } else if (what < 4 && client.request.data()) {
      static_cast<void>(client.request.end());
      to->end(trailers);
    } else if (what < 14 && client.request.data()) {
      const auto bytes = std::min<std::uint64_t>(client.allowed, static_cast<std::uint64_t>(pick(50'000)));
      client.allowed -= bytes;
      to->data(as_bytes(std::string_view(payload).substr(0, bytes)));
    } else {
      to->credit(10);
    }
  }

  void backend_speaks() {
    if (backend.streams.empty()) return;
    auto at = backend.streams.begin();
    std::advance(at, pick(static_cast<int>(backend.streams.size())));
    const StreamKey stream = at->first;
    BackendEvents* to = exchanges.find(at->second.exchange);
    REQUIRE(to != nullptr);
    constexpr const char* kStatus[] = {"100", "103", "200", "204", "304", "500", "101"};
    Head head{{":status", kStatus[pick(7)]}};
    Head trailers;
    switch (pick(12)) {
      case 0:
      case 1:
        return to->accepted({"w", "w"});
      case 2:
      case 3:
        return say_head(at->second.exchange, stream, head);
      case 4:
        return to->data(as_bytes(std::string_view(payload).substr(0, 100)));
      case 5:
        backend.streams.erase(stream);
        return to->end(trailers);
      case 6:
        backend.streams.erase(stream);
        return to->reset(pick(2) == 0 ? lost() : unseen());
      case 7:
        backend.streams.erase(stream);
        return to->reset(refused());
      default: {
        const auto bytes = static_cast<std::uint32_t>(pick(60'000));
        CHECK(at->second.window.add(bytes));
        return to->credit(bytes);
      }
    }
  }

  // A head that is last is followed by end, whoever is still there.
  void say_head(ExchangeKey exchange, StreamKey stream, Head& head) {
    if (pick(5) != 0) return exchanges.find(exchange)->head(head, Last::no);
    backend.streams.erase(stream);
    exchanges.find(exchange)->head(head, Last::yes);
    Head trailers;
    if (BackendEvents* to = exchanges.find(exchange)) to->end(trailers);
  }

  void step() {
    const int what = pick(10);
    if (what == 0 || clients.empty()) return ask();
    if (what < 5)
      return client_speaks(*clients[clients.size() - 1 - random() % std::min<std::size_t>(clients.size(), 20)]);
    if (what < 9) return backend_speaks();
    clock.time += Millis{pick(200)};
    exchanges.sweep(clock.time);
  }

  std::mt19937 random;
  std::string payload = std::string(60'000, 'x');
  ExchangeSettings settings = with_tight_limits();
  StrictBackend backend;
  FakeClock clock;
  Counters counters;
  std::vector<std::unique_ptr<StrictClient>> clients;
  int inside = 0;
  OneRoute route{settings, backend};
  ClientInfo info{.address = "192.0.2.1", .listener = &route.listener};
  Exchanges exchanges{settings, counters, clock};
};

bool StrictClient::take_back() {
  CHECK_FALSE(is_over);
  CHECK(reply.data());
  if (world_.pick(2) == 0) return false;
  reply = StreamState();
  return true;
}

// From inside a verb anything may be said, by anybody.
void StrictClient::something() {
  if (world_.inside >= 3) return;
  ++world_.inside;
  const int what = world_.pick(8);
  if (what == 0) world_.ask();
  if (what == 1) world_.client_speaks(*world_.clients[number_]);
  --world_.inside;
}

}  // namespace

TEST_CASE("exchanges: whatever is said in whatever order, each side hears a legal story, once") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    World world(seed);
    for (int i = 0; i < 2'000; ++i) world.step();
    std::size_t open = 0;
    for (const auto& client : world.clients) {
      open += client->is_over ? 0 : 1;
      CHECK((world.exchanges.from_client(client->key) == nullptr) == client->is_over);
    }
    CHECK(world.exchanges.size() == open);
    CHECK(world.counters.exchanges_open == open);
    CHECK(world.backend.streams.size() <= open);
    for (const auto& client : world.clients) {
      if (StreamSink* to = world.exchanges.from_client(client->key)) to->reset(cancelled());
    }
    CHECK(world.exchanges.size() == 0);
    CHECK(world.backend.streams.empty());
  }
}
