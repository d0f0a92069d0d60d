// Tunnels on the fabric: each direction has an end of its own.
#include <doctest/doctest.h>

#include "router/fabric/fabric.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Tunnel : Bench {
  Tunnel() {
    join("a");
    const Head head{
        {":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":authority", "a:22"}, {":path", "/ssh"}};
    stream = open(head, Last::no, Kind::tunnel);
    turn();
  }
  void head(std::string_view status, Last last = Last::no) {
    MessageWriter writer;
    writer.headers(stream, Head{{":status", status}}, encoder, last);
    say("a", writer);
  }
  void data(std::string_view bytes, Last last = Last::no) {
    MessageWriter writer;
    writer.data(stream, as_bytes(bytes), last);
    say("a", writer);
  }

  StreamId stream = 0;
};

}  // namespace

TEST_CASE("fabric: a tunnel whose worker ends first goes on until its client ends") {
  Tunnel bench;
  bench.head("200");
  bench.data("all", Last::yes);
  CHECK(bench.exchange().said == "accepted by a · head 200 · data 3 · end");
  CHECK(bench.counters.streams_open == 1);
  bench.fabric->data(bench.stream, as_bytes("more"));
  bench.turn();
  CHECK(bench.last_line() == "a: data 4");
  bench.fabric->end(bench.stream, {});
  bench.turn();
  CHECK(bench.last_line() == "a: data 0 end");
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: a tunnel whose client ends first goes on until its worker ends, and nothing is reset") {
  Tunnel bench;
  bench.head("200");
  bench.fabric->end(bench.stream, {});
  bench.turn();
  CHECK(bench.counters.streams_open == 1);
  const std::size_t before = bench.wire.log.size();
  bench.data("late", Last::yes);
  CHECK(bench.exchange().said == "accepted by a · head 200 · data 4 · end");
  CHECK(bench.counters.streams_open == 0);
  CHECK(bench.wire.log.size() == before);
}

TEST_CASE("fabric: a head that ends a tunnel's direction, and a second end") {
  Tunnel bench;
  bench.head("200", Last::yes);
  CHECK(bench.exchange().said == "accepted by a · head 200 last · end");
  bench.data("after the end");
  CHECK(bench.last_line() == "a: rst 3");
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: a refused tunnel is an ordinary reply: its end is the end of the stream") {
  Tunnel bench;
  bench.head("404", Last::yes);
  CHECK(bench.exchange().said == "accepted by a · head 404 last · end");
  CHECK(bench.last_line() == "a: rst 0");
  CHECK(bench.counters.streams_open == 0);
}

TEST_CASE("fabric: a half-closed tunnel whose worker is lost is reset") {
  Tunnel bench;
  bench.head("200");
  bench.data("all", Last::yes);
  bench.break_steer("a");
  bench.break_deal("a");
  bench.turn();
  CHECK(bench.exchange().said.find("reset") != std::string::npos);
  CHECK(bench.counters.streams_open == 0);
}
