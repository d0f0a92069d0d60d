// Tunnels to a pool of servers of bytes, against scripted connections.
#include "router/backends/servers_backend.h"
#include "router/http/tcp_client_codec.h"
#include "tests/backends/servers_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

PoolSpec tcp_pool(std::vector<std::string> names) {
  PoolSpec spec = pool_of(std::move(names));
  for (ServerSpec& server : spec.servers) server.scheme = ServerSpec::Scheme::tcp;
  spec.times = {2s, 0s, 0s};
  return spec;
}

struct Tunnels : ServersBench {
  explicit Tunnels(PoolSpec spec) : ServersBench(std::move(spec)) {}

  Request ask() {
    const Head head{
        {":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":authority", "a:1"}, {":path", "/"}};
    Request request = open(head, Last::no, Kind::tunnel);
    request.listener->is_tunnel = true;
    turn();
    return request;
  }
  std::shared_ptr<ServerEnd> join() { return connect(std::make_unique<TcpClientCodec>()); }
  void send(const Request& request, std::string_view bytes) {
    backend->data(request.key, as_bytes(bytes));
    turn();
  }
  void end(const Request& request) {
    backend->end(request.key, Head{});
    turn();
  }
};

}  // namespace

TEST_CASE("servers: a tunnel has a connection of its own, and its acceptance is the connection") {
  Tunnels bench(tcp_pool({"a"}));
  const Request one = bench.ask();
  const auto server = bench.join();
  CHECK(one.take() == "accepted a:80 · head 200");
  bench.send(one, "abc");
  CHECK(server->take() == "abc");
  server->say("xyz");
  CHECK(one.take() == "data 3");
  CHECK(one.listener->credited == 3);
  const Request two = bench.ask();
  CHECK(bench.dialer.dials.size() == 1);
  const auto other = bench.join();
  CHECK(two.take() == "accepted a:80 · head 200");
  CHECK(other->take() == "");
}

TEST_CASE("servers: bytes and the end that came before the connection reach the server in order") {
  Tunnels bench(tcp_pool({"a"}));
  const Request request = bench.ask();
  bench.backend->data(request.key, as_bytes(std::string_view("early")));
  bench.backend->end(request.key, Head{});
  const auto server = bench.join();
  CHECK(server->take() == "early");
  CHECK(server->has_fin);
  CHECK_FALSE(server->is_closed);
  server->say("answer");
  server->close();
  bench.turn();
  CHECK(request.take() == "accepted a:80 · head 200 · data 6 · end");
  CHECK(server->is_closed);
  CHECK_FALSE(server->is_reset);
}

TEST_CASE("servers: the server ends first, and the client's direction goes on") {
  Tunnels bench(tcp_pool({"a"}));
  const Request request = bench.ask();
  const auto server = bench.join();
  server->close();
  bench.turn();
  CHECK(request.take() == "accepted a:80 · head 200 · end");
  CHECK_FALSE(server->has_fin);
  bench.send(request, "more");
  CHECK(server->take() == "more");
  bench.end(request);
  CHECK(server->has_fin);
  CHECK(server->is_closed);
  CHECK(bench.pool->chooser().open(0) == 0);
}

TEST_CASE("servers: a reset of one side of a tunnel is a reset for the other") {
  Tunnels bench(tcp_pool({"a"}));
  const Request given_up = bench.ask();
  const auto server = bench.join();
  bench.backend->reset(given_up.key, ResetCode::cancel);
  bench.turn();
  CHECK(server->is_reset);

  const Request lost = bench.ask();
  const auto other = bench.join();
  CHECK(lost.take() == "accepted a:80 · head 200");
  other->break_off();
  bench.turn();
  CHECK(lost.take() == "reset backend_lost");
}

TEST_CASE("servers: a server that resets a tunnel whose direction it had ended before") {
  Tunnels bench(tcp_pool({"a"}));
  const Request request = bench.ask();
  const auto server = bench.join();
  server->close();
  bench.turn();
  CHECK(request.take() == "accepted a:80 · head 200 · end");
  server->break_off();
  bench.turn();
  CHECK(request.take() == "reset backend_lost");
}

TEST_CASE("servers: a connection whose client has left is closed, not kept for another client") {
  Tunnels bench(tcp_pool({"a"}));
  const Request request = bench.ask();
  const auto done = bench.dialer.dials.front()->done;
  bench.backend->reset(request.key, ResetCode::cancel);
  const auto server = bench.join();
  bench.turn();
  CHECK(server->is_closed);
  const Request next = bench.ask();
  CHECK(bench.dialer.dials.size() == 1);
}

TEST_CASE("servers: a server that refuses the connection is passed over, and nobody is an error") {
  Tunnels bench(tcp_pool({"a", "b"}));
  const Request request = bench.ask();
  bench.refuse();
  bench.turn();
  CHECK(request.take() == "");
  bench.refuse();
  bench.turn();
  CHECK(request.take() == "reset no_backend");
}

TEST_CASE("servers: a tunnel is nothing for a server of HTTP, and a request nothing for one of bytes") {
  Tunnels http(pool_of({"a"}));
  const Request tunnel = http.ask();
  CHECK(tunnel.take() == "reset code " + std::to_string(static_cast<int>(Code::not_implemented)));
  Tunnels bytes(tcp_pool({"a"}));
  const Request request = bytes.open(get());
  bytes.turn();
  CHECK(request.take() == "reset code " + std::to_string(static_cast<int>(Code::not_implemented)));
}

TEST_CASE("servers: a jammed server stops its client, and its last bytes leave before the close") {
  Tunnels bench(tcp_pool({"a"}));
  const Request request = bench.ask();
  const auto server = bench.join();
  server->is_jammed = true;
  bench.send(request, std::string(60'000, 'x'));
  CHECK(request.listener->credited == 0);
  server->close();
  bench.end(request);
  CHECK(server->has_fin);
  CHECK(server->is_closed);
  CHECK_FALSE(server->is_destroyed);
}

TEST_CASE("servers: where the pool says so, a server that is out or removed loses its tunnels") {
  PoolSpec spec = tcp_pool({"a", "b"});
  spec.health.closes_tunnels = true;
  Tunnels bench(spec);
  const Request request = bench.ask();
  const auto server = bench.join();
  CHECK(request.take() == "accepted a:80 · head 200");
  PoolSpec now = spec;
  bench.backend->replaced_by(&now);
  bench.turn();
  CHECK(request.take() == "");
  now.servers.erase(now.servers.begin());
  bench.backend->replaced_by(&now);
  bench.turn();
  CHECK(request.take() == "reset backend_lost");
  CHECK(server->is_reset);

  const Request other = bench.ask();
  const auto second = bench.join();
  CHECK(other.take() == "accepted b:80 · head 200");
  static_cast<void>(bench.pool->hold("b:80", true));
  for (int failures = 0; failures < 3; ++failures) bench.pool->health(1).probe_failed();
  CHECK(bench.turn_until([&] { return other.listener->is_over; }));
}
