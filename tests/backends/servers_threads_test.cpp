// Two loops in two threads share a pool: what they share is counted right, and no request waits for ever.
#include <atomic>
#include <thread>

#include "tests/backends/servers_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

// Of the requests that the server has at once, and the most of them there ever were.
struct Load {
  std::atomic<int> now{0}, most{0};
};

// Answers each request in the next turn.
class AnsweringConnection final : public Connection {
 public:
  AnsweringConnection(Loop& loop, Load& load) : loop_(loop), load_(load) {}
  void serve(ConnectionEvents& events) override { events_ = &events; }
  bool send(std::string& bytes) override {
    bytes.clear();
    const int now = ++load_.now;
    for (int seen = load_.most; seen < now && !load_.most.compare_exchange_weak(seen, now);) {
    }
    loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
      if (alive.expired()) return;
      --load_.now;
      static_cast<void>(events_->received(as_bytes(std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))));
    });
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

 private:
  Loop& loop_;
  Load& load_;
  ConnectionEvents* events_ = nullptr;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// Asks until it got `wanted` replies, ten requests at once.
struct Asking : ServersBench {
  Asking(std::shared_ptr<ServersPool> shared, Load& with_load) : ServersBench(std::move(shared)), load(with_load) {}

  void ask() {
    if (asked == kWanted) return;
    ++asked;
    const ExchangeKey key = ++last_key;
    auto told = exchanges.listeners[key] = std::make_shared<Told>();
    told->on_end = [this] {
      ++answered;
      ask();
      if (answered == kWanted) loop.stop();
    };
    const Head head = get();
    const BackendStream stream =
        backend->open({head, Last::yes, Kind::request, Attempt::first, route, client}, {&exchanges, key});
    stream.end(Head{});
  }
  void run() {
    loop.post([this] {
      for (int i = 0; i < 10; ++i) ask();
    });
    Timer look(loop, [this, &look] {
      while (!dialer.dials.empty()) {
        const auto done = dialer.dials.front()->done;
        done(DialedOrigin{std::make_unique<AnsweringConnection>(loop, load),
                          std::make_unique<H1ClientCodec>(codec_settings), false, std::nullopt});
      }
      look.set(1ms);
    });
    look.set(1ms);
    Timer limit(loop, [this] { loop.stop(); });
    limit.set(60s);
    loop.run();
  }

  static constexpr int kWanted = 300;
  Load& load;
  int asked = 0, answered = 0;
};

}  // namespace

TEST_CASE("servers: two loops with one request at once between them each get all their replies") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].max_conns = 1;
  spec.queue_timeout = 60s;
  const auto pool = *ServersPool::make(std::move(spec));
  Load load;
  Asking one(pool, load), other(pool, load);
  std::thread thread([&other] { other.run(); });
  one.run();
  thread.join();
  CHECK(one.answered == Asking::kWanted);
  CHECK(other.answered == Asking::kWanted);
  CHECK(load.most == 1);
  CHECK(pool->chooser().open(0) == 0);
}
