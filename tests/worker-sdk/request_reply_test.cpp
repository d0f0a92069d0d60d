#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

// A worker with one inline handler for all.
struct One : ScriptedWorker {
  explicit One(Handler handler) { runner.add_handler("*", "/*", std::move(handler), Handlers::Kind::on_loop); }
};

}  // namespace

TEST_CASE("request: captures, the rest, query and cookies are decoded, and their raw texts are there") {
  std::string seen;
  ScriptedWorker worker;
  worker.runner.add_handler(
      "GET", "/{name}/*",
      [&](Request& request, Reply&) {
        seen = request.param("name") + " " + std::string(request.raw_param("name")) + " " + request.rest() + " " +
               std::string(request.raw_rest()) + " " + request.query("q").value_or("none") + " " +
               request.query("none").value_or("none") + " " + std::string(request.raw_query()) + " " +
               std::string(request.cookie("sid").value_or("none"));
        CHECK(request.query_all("t") == std::vector<std::string>{"1", "2"});
        CHECK(request.query_pairs().size() == 3);
        CHECK(request.cookie("lang") == "de");
        CHECK_FALSE(request.cookie("none"));
      },
      Handlers::Kind::on_loop);
  Head head = One::get("/J%C3%B6rg/a%2Fb/c+d?q=x+y&t=1&t=2");
  head.add("cookie", "a=1; sid=\"7\"");
  head.add("cookie", "lang=de");
  worker.open(1, head).turn();
  CHECK(seen == "J\xc3\xb6rg J%C3%B6rg a/b/c+d a%2Fb/c+d x y none q=x+y&t=1&t=2 7");
}

TEST_CASE("request: a capture with a broken escape is 400 before the handler; a rest with one when it is asked for") {
  int calls = 0;
  ScriptedWorker worker;
  worker.runner.add_handler(
      "GET", "/{name}", [&](Request&, Reply&) { ++calls; }, Handlers::Kind::on_loop);
  worker.runner.add_handler(
      "GET", "/files/*",
      [&](Request& request, Reply& reply) {
        ++calls;
        reply.send(request.rest());
      },
      Handlers::Kind::on_loop);
  worker.runner.add_handler("/s/{name}", [&](WebSocket&) -> Task<void> {
    ++calls;
    co_return;
  });
  for (const char* path : {"/%", "/%4", "/a%zz"})
    CHECK(worker.open(1, One::get(path)).turn().starts_with("head 1 :status=400 "));
  CHECK(worker.open(1, ScriptedWorker::websocket("/s/%4"), Last::no).turn().starts_with("head 1 :status=400 "));
  CHECK(calls == 0);
  CHECK(worker.open(1, One::get("/files/100%")).turn().starts_with("head 1 :status=400 "));
  CHECK(calls == 1);
  CHECK(worker.open(1, One::get("/%41?q=100%")).turn().starts_with("head 1 :status=200 "));
}

TEST_CASE("request: typed captures and query values are 400 when they are none, and say what they must be") {
  ScriptedWorker worker;
  worker.runner.add_handler(
      "GET", "/{id}",
      [&](Request& request, Reply& reply) {
        const auto id = request.param<std::uint8_t>("id");
        const double factor = request.query<double>("factor").value_or(1.5);
        const auto name = request.query<std::string>("name").value_or("-");
        reply.send(std::to_string(id * factor) + name);
      },
      Handlers::Kind::on_loop);
  CHECK(worker.open(1, One::get("/200")).turn().ends_with("data 1 300.000000- end"));
  CHECK(worker.open(1, One::get("/%32?factor=0.5&name=a+b")).turn().ends_with("data 1 1.000000a b end"));
  for (const char* path :
       {"/256", "/-1", "/1x", "/x", "/+1", "/1?factor=inf", "/1?factor=nan", "/1?factor=", "/1?factor=1e"}) {
    CAPTURE(path);
    CHECK(worker.open(1, One::get(path)).turn().starts_with("head 1 :status=400 "));
  }
  CHECK(worker.lines.size() == 1);  // that it is connected: a client's slip is no line
  std::string text;
  ScriptedWorker told;
  told.runner.add_handler(
      "GET", "/{id}",
      [&](Request& request, Reply&) {
        try {
          (void)request.param<std::uint8_t>("id");
        } catch (const StatusError& error) {
          text = error.what();
        }
      },
      Handlers::Kind::on_loop);
  told.open(1, One::get("/256")).turn();
  CHECK(text == "\"id\" in the path is a whole number from 0 to 255.\n");
}

TEST_CASE("request: a capture that the pattern has not is the application's slip, and no empty text") {
  One worker([](Request& request, Reply& reply) { reply.send(request.param("nmae")); });
  CHECK(worker.open(1, One::get("/")).turn().starts_with("head 1 :status=500 "));
  CHECK(worker.lines.back() == "handler of GET / failed: the handler's pattern has no {nmae}");
}

TEST_CASE("reply: abort() gives the request up, before the head and behind it; nothing follows") {
  bool had_started = false, had_ended = false;
  One before([&](Request&, Reply& reply) {
    reply.abort();
    had_ended = reply.has_ended();
    reply.send("too late");
  });
  CHECK(before.open(1, One::get("/")).turn() == "reset 1 2");
  CHECK(had_ended);
  One behind([&](Request&, Reply& reply) {
    reply.write("begun");
    had_started = reply.has_started();
    reply.abort();
    reply.end();
  });
  CHECK(behind.open(1, One::get("/")).turn() == "head 1 :status=200 · data 1 begun · reset 1 2");
  CHECK(had_started);
}
