// A pool of servers against scripted connections: which connection a request gets, and what becomes of it.
#include "router/backends/servers_backend.h"

#include <set>

#include "tests/backends/servers_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

const char* const kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const char* const kGet = "GET / HTTP/1.1\r\nhost: site\r\n\r\n";

}  // namespace

TEST_CASE("servers: a request is dialled, leaves in one send, and its reply is told") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "a:80");
  CHECK(request.take() == "");
  const auto server = bench.connect();
  CHECK(server->take() == kGet);
  CHECK(server->sends == 1);
  CHECK(request.take() == "accepted a:80");
  server->say(kOk);
  CHECK(request.take() == "head 200 · data 2 · end");
}

TEST_CASE("servers: the next request takes the kept connection, without a dial") {
  ServersBench bench(pool_of({"a"}));
  const auto server = bench.kept_connection();
  for (int i = 0; i < 3; ++i) {
    const Request request = bench.open(get());
    bench.turn();
    CHECK(server->take() == kGet);
    server->say(kOk);
    CHECK(request.take() == "accepted a:80 · head 200 · data 2 · end");
  }
  CHECK(bench.dialer.count == 1);
}

TEST_CASE("servers: a request that comes while a reply ends takes that reply's connection") {
  ServersBench bench(pool_of({"a"}));
  const Request first = bench.open(get("/1"));
  bench.turn();
  const auto server = bench.connect();
  server->take();
  Request second;
  first.listener->on_end = [&] { second = bench.open(get("/2")); };
  server->say(kOk);
  bench.turn();
  CHECK(server->take().starts_with("GET /2 "));
  CHECK(bench.dialer.count == 1);
}

TEST_CASE("servers: of kept connections, the one used last serves first") {
  ServersBench bench(pool_of({"a"}));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2"));
  bench.turn();
  const auto older = bench.connect(), newer = bench.connect();
  older->say(kOk);
  newer->say(kOk);
  bench.turn();
  older->take();
  newer->take();
  const Request three = bench.open(get("/3"));
  bench.turn();
  CHECK(older->take() == "");
  CHECK(newer->take().starts_with("GET /3 "));
}

TEST_CASE("servers: a request that waits for a dial takes a connection that comes free before") {
  ServersBench bench(pool_of({"a"}));
  const Request one = bench.open(get("/1"));
  bench.turn();
  const auto server = bench.connect();
  server->take();
  const Request two = bench.open(get("/2"));
  bench.turn();
  server->say(kOk);
  bench.turn();
  CHECK(server->take().starts_with("GET /2 "));
  server->say(kOk);
  bench.turn();
  const auto unused = bench.connect();  // is kept
  CHECK_FALSE(unused->is_destroyed);
  const Request three = bench.open(get("/3"));
  bench.turn();
  CHECK(unused->take().starts_with("GET /3 "));
}

TEST_CASE("servers: a body waits for the connection and leaves with the head") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(post("5"), Last::no);
  bench.backend->data(request.key, as_bytes(std::string_view("hello")));
  bench.backend->end(request.key, Head{});
  bench.turn();
  const auto server = bench.connect();
  CHECK(server->take().ends_with("\r\n\r\nhello"));
  CHECK(server->sends == 1);
  CHECK(request.listener->credited == 5);
}

TEST_CASE("servers: credit for a body comes when the kernel has taken the bytes") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(post("1000"), Last::no);
  bench.turn();
  const auto server = bench.connect();
  server->is_jammed = true;
  bench.backend->data(request.key, as_bytes(std::string(1'000, 'x')));
  bench.turn();
  CHECK(request.listener->credited == 0);
  server->take_queue(600);
  CHECK(request.listener->credited == 600);
  server->take_queue(400);
  CHECK(request.listener->credited == 1'000);
}

TEST_CASE("servers: a reply is read only as far as its reader gives credit") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  server->say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
  bench.turn();
  CHECK(request.listener->body.size() == kFirstReplyWindow);
  CHECK(server->is_paused);
  bench.backend->credit(request.key, 1'000);
  bench.turn();
  CHECK(request.listener->body.size() == kFirstReplyWindow + 1'000);
  CHECK(server->is_paused);
  bench.backend->credit(request.key, 100'000);
  bench.turn();
  CHECK(request.listener->body.size() == 100'000);
  CHECK(request.listener->is_over);
  CHECK_FALSE(server->is_paused);
}

TEST_CASE("servers: a server that closes behind its reply loses nothing of what waits for credit") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  server->say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
  bench.turn();
  server->break_off();
  bench.turn();
  CHECK_FALSE(request.listener->is_over);
  bench.backend->credit(request.key, 100'000);
  bench.turn();
  CHECK(request.listener->body.size() == 100'000);
  CHECK(request.take().ends_with("end"));
  CHECK(server->is_destroyed);
}

// --- kept connections that die (RFC 9112 §9.3.1)

TEST_CASE("servers: a kept connection that closes in the turn of a request gets nothing of it, and nobody saw it") {
  ServersBench bench(pool_of({"a"}));
  const auto server = bench.kept_connection();
  const Request request = bench.open(post("2"), Last::no);
  server->close();
  bench.turn();
  CHECK(server->take() == "");
  CHECK(request.take() == "reset backend_lost unseen");
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up");
}

TEST_CASE(
    "servers: a kept connection that closes before the reply may have delivered the request: no failure of the "
    "server") {
  ServersBench bench(pool_of({"a"}));
  for (int i = 0; i < 5; ++i) {
    const auto server = bench.kept_connection();
    const Request request = bench.open(get());
    bench.turn();
    server->close();
    bench.turn();
    CHECK(request.take() == "accepted a:80 · reset backend_lost");
    CHECK(server->is_destroyed);
  }
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up");
}

TEST_CASE("servers: an idle connection that the server closes is forgotten") {
  ServersBench bench(pool_of({"a"}));
  const auto server = bench.kept_connection();
  server->close();
  bench.turn();
  CHECK(server->is_destroyed);
  const Request request = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "a:80");
}

TEST_CASE("servers: a request that is tried again gets a fresh connection: another kept one may be dead, too") {
  ServersBench bench(pool_of({"a"}));
  const auto kept = bench.kept_connection();
  const Request request = bench.open(get(), Last::yes, Kind::request, Attempt::again);
  bench.turn();
  CHECK(kept->take() == "");
  const auto fresh = bench.connect();
  CHECK(fresh->take() == kGet);
}

TEST_CASE("servers: a reply that nobody asked for ends the kept connection") {
  ServersBench bench(pool_of({"a"}));
  const auto server = bench.kept_connection();
  server->say(kOk);
  bench.turn();
  CHECK(server->is_destroyed);
}

TEST_CASE("servers: a connection that is idle for too long is closed") {
  ServersBench bench(pool_of({"a"}), {.most = 10, .time = 20ms, .look = 10ms});
  const auto server = bench.kept_connection();
  CHECK(bench.turn_until([&] { return server->is_destroyed; }));
  CHECK(server->is_closed);
}

TEST_CASE("servers: of too many idle connections, the oldest one is closed") {
  ServersBench bench(pool_of({"a"}), {.most = 2, .time = 60s, .look = 60s});
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  const auto first = bench.connect(), second = bench.connect(), third = bench.connect();
  for (const auto& server : {first, second, third}) {
    server->say(kOk);
    bench.turn();
  }
  CHECK(first->is_destroyed);
  CHECK_FALSE(second->is_destroyed);
  CHECK_FALSE(third->is_destroyed);
}

TEST_CASE("servers: when a name has moved, connections to its old addresses take no more requests") {
  ServersBench bench(pool_of({"a"}), {.most = 10, .time = 60s, .look = 10ms});
  bench.port = 1;
  const Request one = bench.open(get("/1")), two = bench.open(get("/2"));
  bench.turn();
  const auto busy = bench.connect();
  bench.port = 2;
  const auto moved = bench.connect();
  moved->say(kOk);
  CHECK(bench.turn_until([&] { return bench.dialer.followed != nullptr; }));
  bench.dialer.followed({*SocketAddress::numeric("127.0.0.1", 2)});
  bench.turn();
  CHECK_FALSE(moved->is_destroyed);
  CHECK_FALSE(busy->is_destroyed);
  busy->say(kOk);
  CHECK(one.take() == "accepted a:80 · head 200 · data 2 · end");
  bench.turn();
  CHECK(busy->is_destroyed);
}

TEST_CASE("servers: bytes behind a reply are never given to the next request") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  server->say(std::string(kOk) + "HTTP/1.1 404 Evil\r\n\r\n");
  bench.turn();
  CHECK(request.take() == "accepted a:80 · head 200 · data 2 · end");
  CHECK(server->is_destroyed);
}

// --- connections that many requests share

TEST_CASE("servers: while nobody knows what a TLS server speaks, one dial serves all that wait") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::https;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  CHECK(bench.dialer.count == 1);
  SUBCASE("HTTP/2: they share the connection, and later ones, too") {
    const auto server = bench.connect(std::make_unique<LineCodec>(100), true);
    CHECK(server->take() == "1 https /1\n2 https /2\n3 https /3\n");
    CHECK(server->sends == 1);
    server->say("2 200");
    CHECK(two.take() == "accepted a:80 · head 200 last · end");
    const Request four = bench.open(get("/4"));
    bench.turn();
    CHECK(server->take() == "4 https /4\n");
    CHECK(bench.dialer.count == 1);
    bench.backend->reset(one.key, ResetCode::cancel);
    bench.turn();
    CHECK(server->take() == "reset 1\n");
    CHECK_FALSE(server->is_destroyed);
  }
  SUBCASE("HTTP/1.1: each of the others gets its own dial") {
    const auto server = bench.connect();
    CHECK(server->take().starts_with("GET /1 "));
    CHECK(bench.dialer.dials.size() == 2);
  }
}

TEST_CASE("servers: beyond what an HTTP/2 server allows, another connection is dialled") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::h2c;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  const auto first = bench.connect(std::make_unique<LineCodec>(2), true);
  CHECK(first->take() == "1 http /1\n2 http /2\n");
  const auto second = bench.connect(std::make_unique<LineCodec>(2), true);
  CHECK(second->take() == "1 http /3\n");
}

TEST_CASE("servers: an HTTP/2 server that allows more than before is given what waits") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::h2c;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1"));
  bench.turn();
  const auto server = bench.connect(std::make_unique<LineCodec>(1), true);
  const Request two = bench.open(get("/2"));
  bench.turn();
  server->take();
  server->say("room 5");
  bench.turn();
  CHECK(server->take() == "2 http /2\n");
}

TEST_CASE("servers: a request that an HTTP/2 server refuses was not seen, and is no failure of the server") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::h2c;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1"));
  bench.turn();
  const auto server = bench.connect(std::make_unique<LineCodec>(9), true);
  server->say("refuse 1");
  CHECK(one.take() ==
        "accepted a:80 · reset code " + std::to_string(static_cast<int>(Code::backend_refused)) + " unseen");
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up");
  // It may go over the same connection again: it is known to live.
  const Request two = bench.open(get("/2"), Last::yes, Kind::request, Attempt::again);
  bench.turn();
  CHECK(server->take().ends_with("2 http /2\n"));
}

TEST_CASE("servers: when a shared connection is lost, all its requests are") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::h2c;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2"));
  bench.turn();
  const auto server = bench.connect(std::make_unique<LineCodec>(9), true);
  server->break_off();
  bench.turn();
  CHECK(one.take() == "accepted a:80 · reset backend_lost");
  CHECK(two.take() == "accepted a:80 · reset backend_lost");
  CHECK(server->is_destroyed);
  CHECK(bench.pool->chooser().open(0) == 0);
}

// --- giving up

TEST_CASE("servers: an early reply goes to the client at once, and the rest of the upload ends the connection") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(post("1000000"), Last::no);
  bench.turn();
  const auto server = bench.connect();
  bench.backend->data(request.key, as_bytes(std::string(1'000, 'x')));
  bench.turn();
  server->say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  CHECK(request.take() == "accepted a:80 · head 413 last · end");
  bench.turn();
  CHECK(server->is_destroyed);
}

TEST_CASE("servers: a client that cancels closes the connection at once, and is no failure of the server") {
  ServersBench bench(pool_of({"a"}));
  for (int i = 0; i < 5; ++i) {
    const Request request = bench.open(get());
    bench.turn();
    const auto server = bench.connect();
    bench.backend->reset(request.key, ResetCode::cancel);
    bench.turn();
    CHECK(server->is_destroyed);
    CHECK(request.take() == "accepted a:80");
  }
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up");
  CHECK(bench.pool->chooser().open(0) == 0);
}

TEST_CASE("servers: a client that cancels while its server is dialled leaves the connection to others") {
  ServersBench bench(pool_of({"a"}));
  const Request first = bench.open(get("/1"));
  bench.turn();
  bench.backend->reset(first.key, ResetCode::cancel);
  const auto server = bench.connect();
  CHECK(server->take() == "");
  const Request second = bench.open(get("/2"));
  bench.turn();
  CHECK(server->take().starts_with("GET /2 "));
}

TEST_CASE("servers: a client may cancel inside the head and inside the data of its reply") {
  for (const bool is_in_head : {true, false}) {
    ServersBench bench(pool_of({"a"}));
    const Request request = bench.open(get());
    bench.turn();
    const auto server = bench.connect();
    (is_in_head ? request.listener->on_head : request.listener->on_data) = [&] {
      request.listener->is_over = true;
      bench.backend->reset(request.key, ResetCode::cancel);
    };
    server->say(kOk);
    bench.turn();
    CHECK(server->is_destroyed);
    CHECK(bench.pool->chooser().open(0) == 0);
  }
}

TEST_CASE("servers: stale keys are ignored") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  server->say(kOk);
  bench.backend->data(request.key, as_bytes(std::string_view("x")));
  bench.backend->end(request.key, Head{});
  bench.backend->credit(request.key, 1);
  bench.backend->reset(request.key, ResetCode::cancel);
  bench.turn();
  CHECK_FALSE(server->is_destroyed);
}

// --- dials that fail

TEST_CASE("servers: a server that refuses is passed over, and nobody notices") {
  ServersBench bench(pool_of({"a", "b"}));
  const Request request = bench.open(get());
  bench.turn();
  const std::string first = bench.dialled();
  bench.refuse();
  CHECK(bench.dialled() != first);
  const auto server = bench.connect();
  CHECK(server->take() == kGet);
  CHECK(request.take() == "accepted " + std::string(first == "a:80" ? "b:80" : "a:80"));
}

TEST_CASE("servers: a body that was kept goes to the second server, too") {
  ServersBench bench(pool_of({"a", "b"}));
  const Request request = bench.open(post("5"), Last::no);
  bench.backend->data(request.key, as_bytes(std::string_view("hello")));
  bench.turn();
  bench.refuse();
  bench.backend->end(request.key, Head{});
  const auto server = bench.connect();
  CHECK(server->take().ends_with("\r\n\r\nhello"));
}

TEST_CASE("servers: when every server refuses, nobody is there") {
  ServersBench bench(pool_of({"a", "b"}));
  const Request request = bench.open(get());
  bench.turn();
  bench.refuse();
  bench.refuse();
  CHECK(request.take() == "reset no_backend");
  CHECK(bench.dialer.count == 2);
  CHECK(bench.pool->chooser().open(0) + bench.pool->chooser().open(1) == 0);
}

TEST_CASE("servers: a server that gives no answer is a bad gateway") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get());
  bench.turn();
  bench.refuse(Code::backend_timeout);
  CHECK(request.take() == "reset backend_reset");
}

TEST_CASE("servers: a server that does not answer leaves half of the time to the others") {
  PoolSpec spec = pool_of({"a", "b"});
  spec.times.connect = 10s;
  ServersBench bench(std::move(spec));
  const Request request = bench.open(get());
  bench.turn();
  CHECK(bench.dialer.dials[0]->deadline <= 5s);
  CHECK(bench.dialer.dials[0]->deadline > 4s);
  bench.refuse();
  CHECK(bench.dialer.dials[0]->deadline > 9s);
}

TEST_CASE("servers: servers that are out after failures get no requests, and all out is 503 at once") {
  PoolSpec spec = pool_of({"a"});
  spec.health.fall = 3;
  spec.health.back_off = 60s;
  ServersBench bench(std::move(spec));
  for (int i = 0; i < 3; ++i) {
    const Request request = bench.open(get());
    bench.turn();
    bench.refuse();
    CHECK(request.take() == "reset no_backend");
  }
  const Request request = bench.open(get());
  CHECK(request.take() == "");
  bench.turn();
  CHECK(request.take() == "reset no_backend");
  CHECK(bench.dialer.count == 3);
}

TEST_CASE("servers: a dial that serves many counts as one failure") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::https;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get()), two = bench.open(get()), three = bench.open(get());
  bench.turn();
  CHECK(bench.dialer.count == 1);  // it tells which protocol the server speaks
  bench.refuse();
  CHECK(one.take() == "reset no_backend");
  CHECK(three.take() == "reset no_backend");
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up, 1 failures in a row");
}

TEST_CASE("servers: when this machine has no port left, no server is to blame") {
  ServersBench bench(pool_of({"a"}));
  for (int i = 0; i < 5; ++i) {
    const Request request = bench.open(get());
    bench.turn();
    bench.refuse(Code::internal, Fault::router);
    CHECK(request.take() == "reset no_backend");
  }
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up");
}

TEST_CASE("servers: with fail_open, a pool whose servers are all out tries them all the same") {
  PoolSpec spec = pool_of({"a"});
  spec.health.fall = 1;
  spec.health.back_off = 60s;
  spec.health.fail_open = true;
  ServersBench bench(std::move(spec));
  const Request first = bench.open(get());
  bench.turn();
  bench.refuse();
  const Request second = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  CHECK(server->take() == kGet);
}

TEST_CASE("servers: a new connection that ends without a reply, and a reply that is none, are failures of the server") {
  ServersBench bench(pool_of({"a"}));
  const Request one = bench.open(get());
  bench.turn();
  bench.connect()->close();
  bench.turn();
  CHECK(one.take() == "accepted a:80 · reset backend_lost");
  const Request two = bench.open(get());
  bench.turn();
  bench.connect()->say("SSH-2.0-OpenSSH\r\n");
  bench.turn();
  CHECK(two.take() == "accepted a:80 · reset backend_protocol");
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up, 2 failures in a row");
}

TEST_CASE("servers: 5xx is a failure only if asked for") {
  for (const bool counts : {false, true}) {
    PoolSpec spec = pool_of({"a"});
    spec.health.count_5xx = counts;
    ServersBench bench(std::move(spec));
    const Request request = bench.open(get());
    bench.turn();
    bench.connect()->say("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    CHECK(request.take() == "accepted a:80 · head 503 last · end");
    CHECK(bench.pool->health(0).text(bench.loop.now()) == (counts ? "up, 1 failures in a row" : "up"));
  }
}

// --- full pools

TEST_CASE("servers: a pool says whether it has room for a request, and how many it has open") {
  PoolSpec spec = pool_of({"a", "b"});
  spec.servers[0].max_conns = 1;
  spec.servers[1].weight = 0;
  spec.health.fall = 1;
  ServersBench bench(std::move(spec));
  const Head head = get();
  const auto state = [&](Kind kind = Kind::request) {
    return bench.backend->state({head, Last::yes, kind, Attempt::first, bench.route, bench.client});
  };
  CHECK(state().room == PartState::Room::free);
  const Request request = bench.open(get());
  bench.turn();
  CHECK(state().room == PartState::Room::full);
  CHECK(state().open == 1);
  bench.refuse();
  CHECK(state().room == PartState::Room::nobody);
}

TEST_CASE("servers: a pool says when only servers on standby are left") {
  using Room = PartState::Room;
  PoolSpec spec = pool_of({"a", "spare"});
  spec.servers[1].state = ServerSpec::State::standby;
  spec.servers[1].max_conns = 1;
  spec.health.fall = 1;
  ServersBench bench(std::move(spec));
  const Head head = get();
  const auto room = [&] {
    return bench.backend->state({head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client}).room;
  };
  CHECK(room() == Room::free);
  const Request one = bench.open(get());
  bench.turn();
  bench.refuse();
  CHECK(room() == Room::standby_full);  // it has the request now
}

TEST_CASE("servers: requests beyond max_conns wait in line, first come first served") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].max_conns = 1;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  const auto server = bench.connect();
  CHECK(server->take().starts_with("GET /1 "));
  CHECK(bench.dialer.count == 1);
  server->say(kOk);
  bench.turn();
  bench.turn();
  CHECK(server->take().starts_with("GET /2 "));
  server->say(kOk);
  bench.turn();
  bench.turn();
  CHECK(server->take().starts_with("GET /3 "));
  CHECK(bench.dialer.count == 1);
}

TEST_CASE("servers: a request that waits for room can be given up") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].max_conns = 1;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  const auto server = bench.connect();
  server->take();
  bench.backend->reset(two.key, ResetCode::cancel);
  server->say(kOk);
  bench.turn();
  bench.turn();
  CHECK(server->take().starts_with("GET /3 "));
}

TEST_CASE("servers: a full line refuses, and who waits too long is told") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].max_conns = 1;
  spec.queue_limit = 1;
  spec.queue_timeout = 30ms;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1")), two = bench.open(get("/2")), three = bench.open(get("/3"));
  bench.turn();
  CHECK(three.take() == "reset queue_full");
  CHECK(bench.turn_until([&] { return two.listener->is_over; }));
  CHECK(two.take() == "reset backends_busy");
  CHECK_FALSE(one.listener->is_over);
}

TEST_CASE("servers: max_conns counts the requests of all loops, and room on one loop wakes the other") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].max_conns = 1;
  ServersBench one(std::move(spec));
  ServersBench other(one.pool);
  const Request first = one.open(get("/1"));
  one.turn();
  const auto server = one.connect();
  const Request second = other.open(get("/2"));
  other.turn();
  other.turn();
  CHECK(other.dialer.count == 0);
  server->say(kOk);
  one.turn();
  other.turn();
  CHECK(other.dialer.count == 1);
}

// --- times

TEST_CASE("servers: no connection within the connect time is a bad gateway") {
  PoolSpec spec = pool_of({"a"});
  spec.times.connect = 30ms;
  ServersBench bench(std::move(spec));
  const Request request = bench.open(get());
  CHECK(bench.turn_until([&] { return request.listener->is_over; }));
  CHECK(request.take() == "reset backend_reset");
  const auto server = bench.connect();  // late, and kept for others
  CHECK(server->take() == "");
}

TEST_CASE("servers: a server that is silent for the read time is a gateway timeout, and a failure of the server") {
  PoolSpec spec = pool_of({"a"});
  spec.times.read = 30ms;
  ServersBench bench(std::move(spec));
  const Request request = bench.open(get());
  bench.turn();
  const auto server = bench.connect();
  CHECK(bench.turn_until([&] { return request.listener->is_over; }));
  CHECK(request.take() == "accepted a:80 · reset backend_timeout");
  bench.turn();
  CHECK(server->is_destroyed);
  CHECK(bench.pool->health(0).text(bench.loop.now()) == "up, 1 failures in a row");
}

TEST_CASE("servers: another server may answer what a silent one did not, and that one is asked then") {
  PoolSpec spec = pool_of({"a", "b"});
  spec.times.read = 30ms;
  spec.balance = BalanceMethod::first;
  ServersBench bench(std::move(spec));
  const Request request = bench.open(get());
  bench.turn();
  const auto silent = bench.connect();
  CHECK(bench.turn_until([&] { return request.listener->is_over; }));
  CHECK(request.take() == "accepted a:80 · reset backend_timeout");
  CHECK(request.listener->has_other);
  bench.silent = "a:80";
  const Request again = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "b:80");
}

TEST_CASE("servers: a silent server is asked again when no other one is fit") {
  PoolSpec spec = pool_of({"a", "b"});
  spec.health.fall = 1;
  ServersBench bench(std::move(spec));
  bench.pool->health(1).take_anyway().failed(bench.loop.now());
  bench.silent = "a:80";
  const Request again = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "a:80");
}

TEST_CASE("servers: a server that stops reading for the write time is a gateway timeout") {
  PoolSpec spec = pool_of({"a"});
  spec.times.write = 30ms;
  ServersBench bench(std::move(spec));
  const Request request = bench.open(post("1000"), Last::no);
  bench.turn();
  const auto server = bench.connect();
  server->is_jammed = true;
  bench.backend->data(request.key, as_bytes(std::string(100, 'x')));
  CHECK(bench.turn_until([&] { return request.listener->is_over; }));
  CHECK(request.take() == "accepted a:80 · reset backend_timeout");
}

TEST_CASE("servers: an event stream may be silent for longer than the read time") {
  PoolSpec spec = pool_of({"a"});
  spec.times.read = 20ms;
  ServersBench bench(std::move(spec));
  const Request events = bench.open(get());
  bench.turn();
  const auto first = bench.connect();
  first->say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  CHECK(events.take() == "accepted a:80 · head 200");
  const Request other = bench.open(get());
  bench.turn();
  const auto second = bench.connect();
  CHECK(bench.turn_until([&] { return other.listener->is_over; }));  // as long as it takes to find it overdue
  CHECK_FALSE(events.listener->is_over);
}

// --- WebSockets, PROXY headers, retiring

TEST_CASE("servers: a WebSocket gets a connection with HTTP/1.1, and a reply that is not 101 is an ordinary reply") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::https;
  ServersBench bench(std::move(spec));
  const Head opening{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"},
                     {":path", "/chat"},     {":authority", "site"},     {"sec-websocket-version", "13"}};
  const Request request = bench.open(opening, Last::no, Kind::web_socket);
  bench.turn();
  CHECK(bench.dialer.dials[0]->only_http1);
  const auto server = bench.connect();
  CHECK(server->take().starts_with("GET /chat HTTP/1.1\r\n"));
  server->say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  CHECK(request.take() == "accepted a:80 · head 404 last · end");
}

TEST_CASE("servers: a WebSocket's messages pass both ways, and it may be silent for longer than the read time") {
  PoolSpec spec = pool_of({"a"});
  spec.times.read = 20ms;
  ServersBench bench(std::move(spec));
  const Head opening{{":method", "CONNECT"}, {":protocol", "websocket"}, {":path", "/chat"}, {":authority", "site"}};
  const Request socket = bench.open(opening, Last::no, Kind::web_socket);
  bench.turn();
  const auto server = bench.connect(std::make_unique<LineCodec>(1, Kind::web_socket));
  server->take();
  server->say("1 200");
  CHECK(socket.take() == "accepted a:80 · head 200 · piece hello");
  bench.backend->piece(socket.key, as_bytes(std::string_view("good day")), MessageKind::text, Last::yes);
  bench.turn();
  CHECK(server->take() == "1: good day\n");
  const Request other = bench.open(get());
  bench.turn();
  const auto silent = bench.connect();
  CHECK(bench.turn_until([&] { return other.listener->is_over; }));
  CHECK(socket.take() == "");
}

TEST_CASE("servers: servers that speak HTTP/2 only take no WebSocket") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::h2c;
  ServersBench bench(std::move(spec));
  const Head opening{{":method", "CONNECT"}, {":protocol", "websocket"}, {":path", "/chat"}, {":authority", "site"}};
  const Request request = bench.open(opening, Last::no, Kind::web_socket);
  bench.turn();
  CHECK(request.take() == "reset code " + std::to_string(static_cast<int>(Code::not_implemented)));
  CHECK(bench.dialer.count == 0);
}

TEST_CASE("servers: a connection with a PROXY header serves one request and names its client") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].proxy_header = ServerSpec::ProxyHeader::v2;
  ServersBench bench(std::move(spec));
  const Request one = bench.open(get("/1"));
  bench.turn();
  CHECK(bench.dialer.dials[0]->client == "192.0.2.1");
  const auto server = bench.connect();
  CHECK(server->take().starts_with("GET /1 "));
  server->say(kOk);
  bench.turn();
  CHECK(one.listener->is_over);
  CHECK(server->is_destroyed);
  const Request two = bench.open(get("/2"));
  bench.turn();
  CHECK(bench.dialer.count == 2);
}

TEST_CASE("servers: a server's own host and base path are no part of the paths that its reply names") {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].base_path = "/v1";
  ServersBench bench(std::move(spec));
  bench.route.moves_locations = bench.route.moves_cookies = true;
  const Request request = bench.open(get("/x"));
  bench.turn();
  const auto server = bench.connect();
  CHECK(server->take().starts_with("GET /v1/x "));
  server->say(
      "HTTP/1.1 302 Found\r\nLocation: http://a/v1/y\r\nSet-Cookie: c=1; Path=/v1\r\nContent-Length: 0\r\n\r\n");
  bench.turn();
  REQUIRE(request.listener->heads.size() == 1);
  CHECK(request.listener->heads[0].find("location") == "/y");
  CHECK(request.listener->heads[0].find("set-cookie") == "c=1; Path=/");
}

TEST_CASE("servers: a route that moves no paths gets them as the server names them") {
  ServersBench bench(pool_of({"a"}));
  const Request request = bench.open(get("/x"));
  bench.turn();
  bench.connect()->say("HTTP/1.1 302 Found\r\nLocation: http://a/y\r\nContent-Length: 0\r\n\r\n");
  bench.turn();
  CHECK(request.listener->heads[0].find("location") == "http://a/y");
}

TEST_CASE("servers: the operator sees each server, how it is and what it has open") {
  ServersBench bench(pool_of({"a", "b"}));
  const auto kept = bench.kept_connection();
  const std::vector<MemberFacts> servers = bench.backend->members();
  REQUIRE(servers.size() == 2);
  CHECK(servers[0].taken == 1);
  CHECK(servers[0].address == "http://a:80");
  CHECK(servers[0].text == "a:80: up, 0 requests open, 1 connections of this loop, 1 of them idle");
  CHECK(servers[1].text == "b:80: up, 0 requests open, 0 connections of this loop, 0 of them idle");
}

TEST_CASE("servers: a bound client's requests go to its server, also without weight") {
  PoolSpec spec = pool_of({"a", "b", "c"});
  spec.servers[1].weight = 0;
  ServersBench bench(spec);
  bench.affinity.members = {"b:80"};
  for (int i = 0; i < 4; ++i) {
    const Request request = bench.open(get());
    bench.turn();
    CHECK(bench.dialled() == "b:80");
    bench.connect()->close();
    bench.backend->reset(request.key, ResetCode::cancel);
  }
}

TEST_CASE("servers: a client whose server cannot be reached, is out or unknown goes to another one") {
  ServersBench bench(pool_of({"a", "b"}));
  bench.affinity.members = {"b:80"};
  const Request request = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "b:80");
  bench.refuse();
  CHECK(bench.dialled() == "a:80");
  bench.pool->hold("b:80", true);
  const Request held = bench.open(get());
  bench.turn();
  CHECK(bench.dialled() == "a:80");
  bench.affinity.members = {"gone:80"};
  const Request unknown = bench.open(get());
  bench.turn();
  CHECK(!bench.dialer.dials.empty());
}

TEST_CASE("servers: a bound request waits for its full server, and others do not take the room before it") {
  PoolSpec spec = pool_of({"a", "b"});
  for (ServerSpec& server : spec.servers) server.max_conns = 1;
  ServersBench bench(spec);
  bench.affinity.members = {"a:80"};
  const Request first = bench.open(get("/1"));
  bench.turn();
  const auto server = bench.connect();
  server->take();
  const Request second = bench.open(get("/2"));
  bench.turn();
  CHECK(bench.dialer.dials.empty());  // "b" has room
  bench.affinity.members.clear();
  const Request other = bench.open(get("/3"));
  bench.turn();
  CHECK(bench.dialled() == "b:80");
  const Request late = bench.open(get("/4"));
  server->say(kOk);
  bench.turn();
  CHECK(server->take().starts_with("GET /2 "));
}

TEST_CASE("servers: the client's key is the balance's, where that goes by one") {
  PoolSpec spec = pool_of({"a", "b", "c", "d"});
  spec.balance = BalanceMethod::ip_hash;
  ServersBench bench(spec);
  std::set<std::string> servers;
  for (int i = 0; i < 20; ++i) {
    bench.affinity.key = "198.51.100." + std::to_string(i);
    std::string before;
    for (int again = 0; again < 2; ++again) {
      const Request request = bench.open(get());
      bench.turn();
      if (again == 0) before = bench.dialled();
      CHECK(bench.dialled() == before);
      servers.insert(bench.dialled());
      bench.backend->reset(request.key, ResetCode::cancel);
      while (!bench.dialer.dials.empty()) bench.refuse(Code::cancelled, Fault::router);
    }
  }
  CHECK(servers.size() > 1);
}
