#include "zeroway/tcp.h"

#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

Task<void> echo(TcpStream& client) {
  while (const auto bytes = co_await client.read()) co_await client.write(*bytes);
}

struct Services : ScriptedWorker {
  explicit Services(TcpHandler handler) { runner.add_handler("/*", std::move(handler)); }
  static Head tcp(std::string_view path) {
    return Head{
        {":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":authority", "a:1"}, {":path", path}};
  }
  // Opened, and what was said to that is forgotten.
  Services& begin(StreamId id, std::string_view path = "/") {
    open(id, tcp(path), Last::no).turn();
    return *this;
  }
};

}  // namespace

TEST_CASE("tcp: the handler runs before the first byte, and may speak first") {
  Services worker([](TcpStream& client) -> Task<void> {
    CHECK(client.method() == "CONNECT");
    CHECK(client.rest() == "ssh");
    co_await client.write("hello\n");
    co_await echo(client);
  });
  CHECK(worker.open(1, Services::tcp("/ssh"), Last::no).turn() == "head 1 :status=200 · data 1 hello\n");
  CHECK(worker.data(1, "abc").turn() == "credit 1 196611 · data 1 abc");
}

TEST_CASE("tcp: the client ends first, the handler's end follows, then the stream is over") {
  Services worker(echo);
  worker.begin(1);
  CHECK(worker.data(1, "abc", Last::yes).turn().ends_with("data 1 abc · data 1  end"));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("tcp: the handler ends first, and goes on reading until the client ends, too") {
  std::string heard;
  Services worker([&](TcpStream& client) -> Task<void> {
    co_await client.write("all");
    client.end();
    client.end();
    co_await client.write("ignored");
    while (const auto bytes = co_await client.read()) heard += *bytes;
    heard += " end";
  });
  CHECK(worker.open(1, Services::tcp("/"), Last::no).turn() == "head 1 :status=200 · data 1 all · data 1  end");
  worker.data(1, "more").turn();
  CHECK(worker.session.streams_in_use() == 1);
  worker.data(1, "", Last::yes).turn();
  CHECK(heard == "more end");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("tcp: a handler that returns ends its direction; what its client still sends is dropped with credit") {
  Services worker([](TcpStream&) -> Task<void> { co_return; });
  CHECK(worker.open(1, Services::tcp("/"), Last::no).turn() == "head 1 :status=200 · data 1  end · credit 1 196608");
  CHECK(worker.session.streams_in_use() == 1);
  std::string said;
  for (int piece = 0; piece < 5; ++piece) said += worker.data(1, std::string(60'000, 'x')).turn();
  CHECK(said.find("credit 1") != std::string::npos);
  worker.data(1, "", Last::yes).turn();
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("tcp: a handler that throws, or resets, resets the connection") {
  Services worker([](TcpStream& client) -> Task<void> {
    static_cast<void>(co_await client.read());
    if (client.path() == "/throw") throw std::runtime_error("oh");
    client.reset();
  });
  for (const std::string path : {"/throw", "/reset"}) {
    worker.begin(1, path);
    CHECK(worker.data(1, "x").turn().ends_with("reset 1 2"));
    CHECK(worker.session.streams_in_use() == 0);
  }
}

TEST_CASE("tcp: a reset by the router is Cancelled for the handler") {
  bool was_cancelled = false;
  Services worker([&](TcpStream& client) -> Task<void> {
    try {
      static_cast<void>(co_await client.read());
    } catch (const Cancelled&) {
      was_cancelled = true;
      throw;
    }
  });
  worker.begin(1).reset(1).turn();
  CHECK(was_cancelled);
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("tcp: writes wait for credit, posts do not") {
  int written = 0;
  Services worker([&](TcpStream& client) -> Task<void> {
    const std::string piece(65'536, 'y');
    co_await client.write(piece);
    ++written;
    co_await client.write(piece);
    ++written;
    client.post("posted");
    CHECK(client.backlog() == 6);
  });
  worker.begin(1);
  CHECK(written == 1);
  CHECK(worker.credit(1, 65'536).turn() == "data 1 65536 · credit 1 196608");  // the handler has returned
  CHECK(written == 2);
  CHECK(worker.credit(1, 100).turn() == "data 1 posted end");
}

TEST_CASE("tcp: a path without a handler is refused, and guards come first") {
  Services worker(echo);
  worker.runner.handlers().use(
      {"/closed", [](RequestBase&, ReplyBase& reply) { reply.status(403).send("no\n"); }, {}, {}});
  CHECK(worker.open(1, Services::tcp("/closed"), Last::no).turn().starts_with("head 1 :status=403"));
  ScriptedWorker none;
  CHECK(none.open(1, Services::tcp("/"), Last::no).turn().starts_with("head 1 :status=404"));
  CHECK(worker.open(3, ScriptedWorker::get("/"), Last::yes).turn().starts_with("head 3 :status=404"));
}

TEST_CASE("tcp: a worker that drains refuses new connections and finishes open ones") {
  Services worker(echo);
  worker.begin(1);
  worker.session.begin_drain();
  worker.turn();
  CHECK(worker.open(3, Services::tcp("/"), Last::no).turn().find("reset 3 7") != std::string::npos);
  CHECK(worker.data(1, "abc", Last::yes).turn().find("data 1 abc") != std::string::npos);
}
