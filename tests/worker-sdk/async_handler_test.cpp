#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

Task<void> echo(AsyncRequest& request, AsyncReply& reply) {
  while (const auto piece = co_await request.read()) co_await reply.write(*piece);
  const auto sum = request.trailers().find("sum");
  if (sum) reply.end({{"sum", *sum}});
}

struct Async : ScriptedWorker {
  explicit Async(AsyncHandler handler) { runner.add_handler("*", "/*", std::move(handler)); }
};

}  // namespace

TEST_CASE("async: a body is echoed as it comes, trailers too") {
  Async worker(echo);
  CHECK(worker.open(1, Async::get("/", "POST"), Last::no).turn() == "credit 1 196608");
  CHECK(worker.data(1, "abc").turn() == "head 1 :status=200 · data 1 abc");
  CHECK(worker.data(1, "de").turn() == "data 1 de");
  CHECK(worker.open(1, Head{{"sum", "5"}}).turn() == "head 1 sum=5 end");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("async: reading gives credit once half a window is owed, writing waits for credit") {
  Async worker(echo);
  worker.open(1, Async::get("/", "POST"), Last::no).turn();
  for (int i = 0; i < 4; ++i) worker.data(1, std::string(65'536, 'x'));
  CHECK(worker.turn() == "credit 1 262144 · head 1 :status=200 · data 1 65536");
  CHECK(worker.credit(1, 3 * 65'536).turn() == "data 1 65536 · data 1 65536 · data 1 65536");
  CHECK(worker.data(1, "more").turn() == "");  // the reply's window is used up
  CHECK(worker.credit(1, 3).turn() == "data 1 mor");
  CHECK(worker.data(1, "!", Last::yes).turn() == "");
  CHECK(worker.credit(1, 10).turn() == "data 1 e · data 1 ! · data 1  end");
}

TEST_CASE("async: sleeping streams wake in order, others go on") {
  Async worker([](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    co_await request.sleep(std::chrono::milliseconds(std::stoi(std::string(request.raw_query()))));
    reply.send("");
  });
  worker.open(1, Async::get("/?20")).open(3, Async::get("/?10"));
  CHECK(worker.turn() == "credit 1 196608 · credit 3 196608");
  CHECK(worker.session.next_timer() == worker.now + std::chrono::milliseconds(10));
  worker.now += std::chrono::milliseconds(10);
  CHECK(worker.turn() == "head 3 :status=200 content-length=0 end");
  worker.now += std::chrono::milliseconds(10);
  CHECK(worker.turn() == "head 1 :status=200 content-length=0 end");
}

TEST_CASE("async: a sleep that heeds draining is over at once when the worker drains, others are not") {
  Async worker([](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    if (request.path() == "/sleep") co_await request.sleep(std::chrono::hours(1));
    if (request.path() == "/read") (void)co_await request.read();
    bool slept = co_await request.sleep_unless_draining(std::chrono::seconds(1));
    if (request.path() == "/twice") slept = slept && co_await request.sleep_unless_draining(std::chrono::hours(1));
    reply.send(slept ? "slept" : "drains");
  });
  worker.open(1, Async::get("/once")).open(3, Async::get("/twice")).open(5, Async::get("/sleep")).turn();
  worker.open(7, Async::get("/read", "POST"), Last::no).turn();
  worker.now += std::chrono::seconds(1);
  CHECK(worker.turn() == "head 1 :status=200 content-length=5 · data 1 slept end");
  worker.session.begin_drain();
  CHECK(worker.turn() == "goaway · head 3 :status=200 content-length=6 · data 3 drains end");
  CHECK(worker.open(9, Async::get("/once")).turn().ends_with("data 9 drains end"));
  CHECK(worker.data(7, "x").turn().ends_with("data 7 drains end"));
  worker.now += std::chrono::hours(1);
  CHECK(worker.turn().ends_with("data 5 drains end"));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("async: a reset wakes reads, writes and sleeps with Cancelled") {
  std::string log;
  Async worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    const std::stop_callback told(request.stop_token(), [&] { log += "told "; });
    try {
      if (request.path() == "/read") (void)co_await request.read();
      if (request.path() == "/write") co_await reply.write(std::string(kFirstReplyWindow + 1, 'x'));
      if (request.path() == "/sleep") co_await request.sleep(std::chrono::hours(1));
      if (request.path() == "/heed") (void)co_await request.sleep_unless_draining(std::chrono::hours(1));
      log += "not cancelled ";
    } catch (const Cancelled&) {
      log += request.is_cancelled() ? "cancelled " : "?";
      throw;
    }
  });
  for (const char* path : {"/read", "/write", "/sleep", "/heed"}) {
    log.clear();
    worker.open(1, Async::get(path), path == std::string("/read") ? Last::no : Last::yes).turn();
    CHECK(worker.session.streams_in_use() == 1);
    CHECK(worker.reset(1).turn() == "");
    CHECK(log == "told cancelled ");
    CHECK(worker.session.streams_in_use() == 0);
  }
  CHECK(worker.lines.size() == 1);  // a cancelled handler is no failure
}

TEST_CASE("async: the longest time does not run over") {
  bool is_awake = false;
  Async worker([&](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(std::chrono::milliseconds::max());
    is_awake = true;
  });
  worker.open(1, Async::get("/")).turn();
  worker.now += std::chrono::hours(24 * 365);
  CHECK(worker.turn() == "");
  CHECK_FALSE(is_awake);
}

TEST_CASE("async: sleeps that were cancelled do not pile up") {
  Async worker([](AsyncRequest& request, AsyncReply&) -> Task<void> { co_await request.sleep(std::chrono::hours(1)); });
  worker.open(1, Async::get("/")).turn();
  for (int i = 0; i < 10'000; ++i) {
    worker.open(3, Async::get("/")).turn();
    worker.reset(3).turn();
  }
  CHECK(worker.runner.timers() < 2'000);
  worker.now += std::chrono::hours(1);
  CHECK(worker.turn() == "head 1 :status=200 content-length=0 end");  // nobody's who still sleeps
}

TEST_CASE("async: who goes on after its reply hears of the worker's end") {
  std::string log;
  Async worker([&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    reply.send("done");
    try {
      co_await request.sleep(std::chrono::hours(1));
    } catch (const Cancelled&) {
      log += "cancelled";
    }
  });
  worker.open(1, Async::get("/")).turn();
  CHECK(worker.session.cancel_all() == 1);
  CHECK(worker.turn() == "");
  CHECK(log == "cancelled");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("async: an early reply ends the stream, the rest of the body finds nobody") {
  Async worker([](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    reply.status(403).send("no");
    const auto piece = co_await request.read();
    CHECK_FALSE(piece.has_value());
  });
  CHECK(worker.open(1, Async::get("/", "POST"), Last::no).turn() ==
        "head 1 :status=403 content-length=2 · data 1 no end");
  CHECK(worker.data(1, "late").turn() == "");
}

TEST_CASE("async: body() is bounded, and its exception is the answer") {
  Async worker([](AsyncRequest& request, AsyncReply& reply) -> Task<void> { reply.send(co_await request.body(5)); });
  worker.open(1, Async::get("/", "POST"), Last::no).data(1, "abc").turn();
  CHECK(worker.data(1, "de", Last::yes).turn() == "head 1 :status=200 content-length=5 · data 1 abcde end");
  worker.open(3, Async::get("/", "POST"), Last::no).data(3, "abc").turn();
  CHECK(worker.data(3, "def").turn().starts_with("head 3 :status=413 "));
}

TEST_CASE("async: an exception after a suspension is a 500") {
  Async worker([](AsyncRequest& request, AsyncReply&) -> Task<void> {
    (void)co_await request.read();
    throw std::runtime_error("late");
  });
  worker.open(1, Async::get("/", "POST"), Last::no).turn();
  CHECK(worker.data(1, "x").turn().starts_with("head 1 :status=500"));
  CHECK(worker.lines.back() == "handler of POST / failed: late");
}

TEST_CASE("async: ten thousand streams are open at once and do not mix") {
  constexpr StreamId kStreams = 10'000;
  WorkerOptions options;
  options.capacity = kStreams;
  ScriptedWorker worker(options);
  worker.runner.add_handler("POST", "/*", echo);
  for (StreamId id = 1; id <= kStreams; ++id) worker.open(id, Async::get("/", "POST"), Last::no);
  worker.turn();
  CHECK(worker.session.streams_in_use() == kStreams);
  std::string expected;
  for (StreamId id = 1; id <= kStreams; ++id) {
    const std::string number = std::to_string(id);
    worker.data(id, number, Last::yes);
    expected += (id == 1 ? "" : " · ") + ("head " + number) + " :status=200 · data " + number + " " + number +
                " · data " + number + "  end";
  }
  CHECK((worker.turn() == expected));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("async: a coroutine that waits for something outside is resumed by post") {
  std::coroutine_handle<> waiting;
  struct Outside {
    std::coroutine_handle<>& waiting;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiter) const noexcept { waiting = awaiter; }
    void await_resume() const noexcept {}
  };
  Async worker([&](AsyncRequest&, AsyncReply& reply) -> Task<void> {
    co_await Outside{waiting};
    reply.send("");
  });
  worker.open(1, Async::get("/")).turn();
  worker.inbox.put([&] { waiting.resume(); });
  CHECK(worker.turn() == "head 1 :status=200 content-length=0 end");
}

TEST_CASE("async: a worker that ends while coroutines wait releases what they hold") {
  const auto held = std::make_shared<int>(1);
  {
    Async worker([&](AsyncRequest& request, AsyncReply&) -> Task<void> {
      const std::shared_ptr<int> copy = held;
      co_await request.sleep(std::chrono::hours(1));
    });
    worker.open(1, Async::get("/")).turn();
    CHECK(held.use_count() == 2);
  }
  CHECK(held.use_count() == 1);
}
