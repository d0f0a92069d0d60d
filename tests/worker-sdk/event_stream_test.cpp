#include "zeroway/event_stream.h"

#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;
using namespace std::chrono_literals;

TEST_CASE("event stream: an event's text has a line for each of its data (HTML §9.2.6)") {
  CHECK(event_text({.data = "a"}) == "data: a\n\n");
  CHECK(event_text({.data = ""}) == "data: \n\n");
  CHECK(event_text({.data = "a\nb\r\nc\rd\n"}) == "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
  CHECK(event_text({.data = "x", .event = "tick", .id = "7", .retry = 1500ms}) ==
        "event: tick\nid: 7\nretry: 1500\ndata: x\n\n");
  CHECK(event_comment() == ": \n\n");
  CHECK(event_comment("a\nb") == ": a\n: b\n\n");
}

TEST_CASE("event stream: a name or id that would break the stream is refused") {
  CHECK_THROWS_AS((void)event_text({.data = "", .event = "a\nb"}), std::invalid_argument);
  CHECK_THROWS_AS((void)event_text({.data = "", .id = "a\rb"}), std::invalid_argument);
  CHECK_THROWS_AS((void)event_text({.data = "", .id = std::string_view("a\0b", 3)}), std::invalid_argument);
}

TEST_CASE("event stream: head at once, a comment every 15 seconds of silence") {
  ScriptedWorker worker;
  worker.runner.add_handler("GET", "/*", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    EventStream events(request, reply);
    co_await events.sleep(40s);
    co_await events.send({.data = events.last_event_id()});
  });
  Head head = ScriptedWorker::get("/");
  head.add("last-event-id", "42");
  CHECK(worker.open(1, head).turn() == "head 1 :status=200 content-type=text/event-stream cache-control=no-store");
  worker.now += 15s;
  CHECK(worker.turn() == "data 1 : \n\n");
  worker.now += 15s;
  CHECK(worker.turn() == "data 1 : \n\n");
  worker.now += 10s;
  CHECK(worker.turn() == "data 1 data: 42\n\n · data 1  end");
}

TEST_CASE("event stream: a long wait ends with the worker's draining, with comments until then") {
  ScriptedWorker worker;
  worker.runner.add_handler("GET", "/*", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    EventStream events(request, reply);
    while (co_await events.sleep_unless_draining(20s)) co_await events.send({.data = "tick"});
  });
  worker.open(1, ScriptedWorker::get("/")).turn();
  worker.now += 15s;
  CHECK(worker.turn() == "data 1 : \n\n");
  worker.now += 5s;
  CHECK(worker.turn() == "data 1 data: tick\n\n");
  worker.now += 15s;
  CHECK(worker.turn() == "data 1 : \n\n");
  worker.session.begin_drain();
  CHECK(worker.turn() == "goaway · data 1  end");
  CHECK(worker.open(3, ScriptedWorker::get("/")).turn().ends_with("data 3  end"));
  CHECK(worker.session.streams_in_use() == 0);
}
