#include <doctest/doctest.h>

#include <atomic>
#include <latch>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

struct Pool : ScriptedWorker {
  explicit Pool(Handler handler, std::uint32_t threads = 1) {
    runner.add_handler("*", "/*", std::move(handler), Handlers::Kind::pool);
    pool.start(threads);
  }
  void drain() {
    while (session.streams_in_use() > 0) session.end_turn();
  }
};

// How many bytes of DATA a turn's text tells of.
std::size_t data_in(const std::string& text) {
  std::size_t sum = 0;
  for (std::size_t at = text.find("data 1 "); at != std::string::npos; at = text.find("data 1 ", at + 1)) {
    const std::string piece = text.substr(at + 7, text.find(' ', at + 7) - at - 7);
    sum += piece.starts_with('x') ? piece.size() : std::stoul(piece);
  }
  return sum;
}

}  // namespace

TEST_CASE("pool: the request is accepted at once and answered when the handler is ready") {
  std::latch gate(1);
  Pool worker([&](Request& request, Reply& reply) {
    gate.wait();
    reply.send("hello " + std::string(request.path()));
  });
  CHECK(worker.open(1, Pool::get("/a")).turn() == "credit 1 196608");
  gate.count_down();
  CHECK(worker.until("end") == "head 1 :status=200 content-length=8 · data 1 hello /a end");
  worker.drain();
}

TEST_CASE("pool: an echo blocks on its reads and writes") {
  Pool worker([](Request& request, Reply& reply) {
    while (const auto piece = request.read()) reply.write(*piece);
    reply.end({{"sum", request.trailers().find("sum").value_or("none")}});
  });
  worker.open(1, Pool::get("/", "POST"), Last::no).turn();
  CHECK(worker.data(1, "abc").until("data").find("data 1 abc") != std::string::npos);
  worker.data(1, std::string(65'533, 'x'));
  std::size_t echoed = 3;
  while (echoed < kFirstReplyWindow) echoed += data_in(worker.await());
  CHECK(echoed == kFirstReplyWindow);
  worker.data(1, "xxx").turn();
  CHECK(data_in(worker.credit(1, 3).until("data")) == 3);
  worker.open(1, Head{{"sum", "5"}});
  CHECK(worker.until("end") == "head 1 sum=5 end");
  worker.drain();
}

TEST_CASE("pool: with Expect the client goes on when the handler reads") {
  std::latch gate(1);
  Pool worker([&](Request& request, Reply& reply) {
    gate.wait();
    reply.send(request.body());
  });
  Head head = Pool::get("/", "POST");
  head.add("expect", "100-continue");
  CHECK(worker.open(1, head, Last::no).turn() == "credit 1 0");
  gate.count_down();
  CHECK(worker.await() == "credit 1 196608");
  CHECK(worker.data(1, "x", Last::yes).until("end") == "head 1 :status=200 content-length=1 · data 1 x end");
  worker.drain();
}

TEST_CASE("pool: a reset wakes a handler that reads, writes or sleeps") {
  for (const char* path : {"/read", "/write", "/sleep"}) {
    CAPTURE(std::string(path));
    std::latch begun(1);
    std::latch cancelled(1);
    Pool worker([&](Request& request, Reply& reply) {
      begun.count_down();
      try {
        if (request.path() == "/read") (void)request.read();
        if (request.path() == "/write") reply.write(std::string(kFirstReplyWindow + 1, 'x'));
        if (request.path() == "/sleep") request.sleep(std::chrono::hours(1));
      } catch (const Cancelled&) {
        cancelled.count_down();
        throw;
      }
    });
    worker.open(1, Pool::get(path), path == std::string("/read") ? Last::no : Last::yes).turn();
    begun.wait();
    worker.reset(1).turn();
    cancelled.wait();
    worker.drain();
    CHECK(worker.lines.size() == 1);
  }
}

TEST_CASE("pool: the longest sleep lasts until it is cancelled") {
  std::atomic<bool> is_cancelled{false};
  Pool worker([&](Request& request, Reply& reply) {
    reply.start();
    try {
      request.sleep(std::chrono::milliseconds::max());
    } catch (const Cancelled&) {
      is_cancelled = true;
    }
  });
  worker.open(1, Pool::get("/"));
  CHECK(worker.until("head").ends_with("head 1 :status=200"));
  worker.reset(1).turn();
  worker.drain();
  CHECK(is_cancelled);
}

TEST_CASE("pool: a large body is given back when its request is over") {
  Pool worker([](Request& request, Reply& reply) { reply.send(request.body(1 << 20)); });
  worker.open(1, Pool::get("/", "POST"), Last::no).turn();
  for (int i = 0; i < 15; ++i) worker.data(1, std::string(16'384, 'x')).turn();
  worker.data(1, std::string(16'384, 'x'), Last::yes);  // the handler may answer in the turn that brings this
  worker.until("data 1 65536");                         // all that the router's credit permits
  CHECK(worker.credit(1, 1 << 20).until("end").ends_with("end"));
  worker.drain();
  CHECK(worker.session.spare().kept_bytes() <= 5 * 65'536);
}

TEST_CASE("pool: an exception is a 500 and a log line") {
  Pool worker([](Request&, Reply&) { throw std::runtime_error("broken"); });
  CHECK(worker.open(1, Pool::get("/a")).until("end").find(":status=500") != std::string::npos);
  worker.drain();
  CHECK(worker.lines.back() == "handler of GET /a failed: broken");
}

TEST_CASE("pool: many requests on few threads, each with its own answer") {
  Pool worker([](Request& request, Reply& reply) { reply.send(request.body()); }, 3);
  constexpr StreamId kStreams = 500;
  for (StreamId id = 1; id <= kStreams; ++id)
    worker.open(id, Pool::get("/", "POST"), Last::no).data(id, std::to_string(id), Last::yes);
  std::string all = worker.turn();
  while (worker.session.streams_in_use() > 0) all += worker.turn() + " · ";
  for (StreamId id = 1; id <= kStreams; ++id) {
    const std::string number = std::to_string(id);
    CHECK(all.find("data " + number + " " + number + " end") != std::string::npos);
  }
}

TEST_CASE("pool: a sleep that heeds draining is over at once when the worker drains") {
  std::latch sleeps(1);
  Pool worker([&](Request& request, Reply& reply) {
    CHECK(request.sleep_unless_draining(std::chrono::milliseconds(1)));
    sleeps.count_down();
    reply.send(request.sleep_unless_draining(std::chrono::hours(1)) ? "slept" : "drains");
  });
  worker.open(1, Pool::get("/")).turn();
  sleeps.wait();
  worker.session.begin_drain();
  CHECK(worker.until("end").ends_with("data 1 drains end"));
  worker.drain();
}

TEST_CASE("pool: a request that comes when the worker drains, or is cancelled, does not sleep so either") {
  std::latch begun(1), cancelled(1);  // one that is cancelled before it has a thread never runs
  Pool worker([&](Request& request, Reply& reply) {
    try {
      if (request.path() == "/again") {
        while (request.sleep_unless_draining(std::chrono::hours(1))) {
        }
        return reply.send("drains");
      }
      begun.count_down();
      (void)request.sleep_unless_draining(std::chrono::hours(1));
    } catch (const Cancelled&) {
      cancelled.count_down();
    }
  });
  worker.open(1, Pool::get("/cancelled")).turn();
  begun.wait();
  worker.reset(1).turn();
  cancelled.wait();
  worker.session.begin_drain();
  worker.open(3, Pool::get("/again"));
  CHECK(worker.until("end").ends_with("data 3 drains end"));
  worker.drain();
}
