#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

constexpr auto kInline = Handlers::Kind::on_loop;

struct Greeter : ScriptedWorker {
  explicit Greeter(WorkerOptions given = {}) : ScriptedWorker(std::move(given)) {
    runner.add_handler(
        "GET,POST", "/hello", [](Request&, Reply& reply) { reply.send("hello"); }, kInline);
    runner.add_handler(
        "*", "/length", [](Request& request, Reply& reply) { reply.send(std::to_string(request.body().size())); },
        kInline);
  }
};

// A worker with one inline handler at /.
struct One : ScriptedWorker {
  explicit One(Handler handler) { runner.add_handler("*", "/*", std::move(handler), kInline); }
};

}  // namespace

TEST_CASE("inline: a whole reply goes out in the turn of its request") {
  Greeter worker;
  CHECK(worker.open(1, Greeter::get("/hello?a=b")).turn() == "head 1 :status=200 content-length=5 · data 1 hello end");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("inline: a request's parts are as they came") {
  std::string seen;
  One worker([&](Request& request, Reply&) {
    seen = std::string(request.method()) + " " + std::string(request.path()) + " " + std::string(request.raw_query()) +
           " " + std::string(request.target()) + " " + std::string(request.authority()) + " " +
           std::string(request.scheme());
    for (const FieldView field : request.fields())
      seen += " " + std::string(field.name) + "=" + std::string(field.value);
    seen += " " + std::to_string(request.fields().count("a")) + std::string(request.field("b").value_or("none"));
  });
  Head head = One::get("/x%20y?c=%64&e?");
  head.add("a", "1");
  head.add("b", "2");
  head.add("a", "3");
  CHECK(worker.open(1, head).turn() == "head 1 :status=200 content-length=0 end");
  CHECK(seen == "GET /x%20y c=%64&e? /x%20y?c=%64&e? a http a=1 b=2 a=3 22");
}

TEST_CASE("inline: no handler for the path is 404, for the method 405 with Allow (RFC 9110 §15.5.6)") {
  Greeter worker;
  CHECK(
      worker.open(1, Greeter::get("/nothing")).turn() ==
      "head 1 :status=404 content-type=text/plain; charset=utf-8 content-length=32 · data 1 Nothing is served at this "
      "path.\n end");
  CHECK(worker.open(3, Greeter::get("/hello", "PUT")).turn().starts_with("head 3 :status=405 allow=GET, HEAD, POST "));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("inline: HEAD, 204 and 304 have no body (RFC 9110 §8.6, §15.3.5, §15.4.5)") {
  Greeter hello;
  CHECK(hello.open(1, Greeter::get("/hello", "HEAD")).turn() == "head 1 :status=200 content-length=5 end");
  One empty([](Request&, Reply& reply) { reply.status(204).send("body"); });
  CHECK(empty.open(1, One::get("/")).turn() == "head 1 :status=204 end");
  One unchanged([](Request&, Reply& reply) {
    reply.status(304);
    reply.write("body");
    reply.end();
  });
  CHECK(unchanged.open(1, One::get("/")).turn() == "head 1 :status=304 · data 1  end");
}

TEST_CASE("inline: it is called when the whole body is there, and the client may send it meanwhile") {
  Greeter worker;
  CHECK(worker.open(1, Greeter::get("/length", "POST"), Last::no).data(1, "abc").turn() == "credit 1 196611");
  CHECK(worker.data(1, "de").turn() == "");
  CHECK(worker.data(1, "f", Last::yes).turn() == "head 1 :status=200 content-length=1 · data 1 6 end");
}

TEST_CASE("inline: a body larger than max_body is 413, said or counted") {
  WorkerOptions options;
  options.max_body = 4;
  Greeter worker(options);
  Head said = Greeter::get("/length", "POST");
  said.add("content-length", "5");
  CHECK(worker.open(1, said, Last::no).data(1, "abcde", Last::yes).turn().starts_with("head 1 :status=413 "));
  worker.open(3, Greeter::get("/length", "POST"), Last::no).turn();
  CHECK(worker.data(3, "abcde").turn().starts_with("head 3 :status=413 "));
  CHECK(worker.data(3, "late").turn() == "");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("inline: interim replies, fields in lower case, trailers") {
  One worker([](Request&, Reply& reply) {
    reply.inform(103, {{"link", "</a>"}, {"link", "</b>"}});
    reply.status(201).field("X-One", "1").field("x-one", "2");
    reply.write("a");
    reply.write("");
    reply.write("b");
    reply.end({{"X-Sum", "ab"}});
  });
  CHECK(worker.open(1, One::get("/")).turn() ==
        "head 1 :status=103 link=</a> link=</b> · head 1 :status=201 x-one=1 x-one=2 · data 1 a · data 1 b · head 1 "
        "x-sum=ab end");
}

TEST_CASE("inline: what the client is not ready for waits for credit, end and trailers behind it") {
  One worker([](Request&, Reply& reply) {
    reply.write(std::string(kFirstReplyWindow + 10, 'x'));
    reply.end({{"t", "1"}});
  });
  CHECK(worker.open(1, One::get("/")).turn() == "head 1 :status=200 · data 1 65536");
  CHECK(worker.credit(1, 4).turn() == "data 1 xxxx");
  CHECK(worker.credit(1, 100).turn() == "data 1 xxxxxx · head 1 t=1 end");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("inline: an exception is a 500 and a log line, or a reset when the head is out") {
  One early([](Request&, Reply&) { throw std::runtime_error("broken"); });
  CHECK(early.open(1, One::get("/a")).turn().starts_with("head 1 :status=500 content-type=text/plain"));
  CHECK(early.lines.back() == "handler of GET /a failed: broken");

  One late([](Request&, Reply& reply) {
    reply.write("x");
    throw 1;
  });
  CHECK(late.open(1, One::get("/")).turn() == "head 1 :status=200 · data 1 x · reset 1 2");
  One chosen([](Request&, Reply&) { throw StatusError(418, "teapot"); });
  CHECK(chosen.open(1, One::get("/")).turn().find(":status=418") != std::string::npos);
  CHECK(chosen.lines.size() == 1);  // that it is connected
}

TEST_CASE("inline: a StatusError that is no error status is a 500, and the log says why") {
  for (const int status : {200, 399, 600, -1}) {
    One worker([status](Request&, Reply&) { throw StatusError(status, "all is well"); });
    CHECK(worker.open(1, One::get("/a")).turn() ==
          "head 1 :status=500 content-type=text/plain; charset=utf-8 content-length=29 · "
          "data 1 The worker failed to answer.\n end");
    CHECK(worker.lines.back() ==
          "handler of GET /a failed: StatusError(" + std::to_string(status) + ") is not of 400 to 599: all is well");
  }
  for (const int status : {400, 599}) {
    One worker([status](Request&, Reply&) { throw StatusError(status, "no"); });
    CHECK(worker.open(1, One::get("/a")).turn().starts_with("head 1 :status=" + std::to_string(status)));
    CHECK(worker.lines.size() == 1);
  }
}

TEST_CASE("inline: illegal replies are told to the handler and never sent") {
  const std::vector<Handler> handlers{
      [](Request&, Reply& reply) { reply.status(199); },
      [](Request&, Reply& reply) { reply.inform(101); },
      [](Request&, Reply& reply) { reply.inform(200); },
      [](Request&, Reply& reply) { reply.field("Connection", "close"); },
      [](Request&, Reply& reply) { reply.field("a b", "c"); },
      [](Request&, Reply& reply) { reply.field("a", "b\r\nc: d"); },
      [](Request&, Reply& reply) { reply.field("a", std::string(70'000, 'x')); },
      [](Request&, Reply& reply) { reply.field(":status", "200"); },
  };
  for (const Handler& handler : handlers) {
    One worker(handler);
    CHECK(worker.open(1, One::get("/")).turn().starts_with("head 1 :status=500"));
  }
}

TEST_CASE("inline: a field that makes the head too large is not added, and one that fits leaves room for the length") {
  One caught([](Request&, Reply& reply) {
    try {
      reply.field("a", std::string(kMaxHeadSize, 'x'));
    } catch (const std::invalid_argument&) {
      reply.send("small");
    }
  });
  CHECK(caught.open(1, One::get("/")).turn() == "head 1 :status=200 content-length=5 · data 1 small end");

  // From too large by one to small enough: whatever is sent, a router can read.
  for (std::size_t size = kMaxHeadSize - 33 - 42; size > kMaxHeadSize - 300; --size) {
    One brim([&](Request&, Reply& reply) { reply.field("a", std::string(size, 'x')).send("body"); });
    const std::string sent = brim.open(1, One::get("/")).turn();
    CHECK(sent.ends_with("end"));
    if (sent.starts_with("head 1 :status=200")) break;
  }
}

TEST_CASE("inline: a large body, and a large reply, are given back when they are over") {
  WorkerOptions options;
  options.max_body = 1 << 20;
  ScriptedWorker worker(options);
  worker.runner.add_handler(
      "*", "/", [](Request& request, Reply& reply) { reply.send(request.body()); }, kInline);
  worker.open(1, One::get("/", "POST"), Last::no).turn();
  for (int i = 0; i < 16; ++i) {
    worker.data(1, std::string(16'384, 'x'), i == 15 ? Last::yes : Last::no).turn();
  }
  CHECK(worker.credit(1, 1 << 20).turn().ends_with("end"));
  CHECK(worker.session.spare().kept_bytes() <= 5 * 65'536);
}

TEST_CASE("inline: a worker at its capacity refuses, which is safe to open again") {
  WorkerOptions options;
  options.capacity = 1;
  Greeter worker(options);
  worker.open(1, Greeter::get("/length", "POST"), Last::no).turn();
  CHECK(worker.open(3, Greeter::get("/hello")).turn() == "reset 3 7");
  CHECK(worker.reset(1).turn() == "");
  CHECK(worker.open(5, Greeter::get("/hello")).turn().starts_with("head 5 :status=200"));
}

TEST_CASE("inline: a request that is reset by the message that opened it is never seen") {
  Greeter worker;
  worker.open(1, Greeter::get("/hello")).reset(1);
  CHECK(worker.open(3, Greeter::get("/hello")).turn() == "head 3 :status=200 content-length=5 · data 3 hello end");
  CHECK(worker.session.streams_in_use() == 0);
}
