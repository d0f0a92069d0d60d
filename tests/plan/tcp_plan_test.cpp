// What [[tcp]] and tunnels of a site mean: listeners, who takes which name, and backends.
#include <doctest/doctest.h>

#include <string>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

struct NoClaims final : ClaimLookup {
  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t, std::string_view, std::string_view) const override {
    return std::nullopt;
  }
};

std::string service(const std::string& name, const std::string& more) {
  return "[[tcp]]\nname = \"" + name + "\"\nport = 5432\n" + more + "\n";
}

// The name of the service that takes a connection, or "-".
std::string taker(const Plan& plan, std::string_view authority) {
  const Match match =
      Plan::match(Plan::site_of(plan.listeners.at(0), authority), authority, "/", "CONNECT", NoClaims{});
  return match.route == nullptr ? "-" : match.site->name;
}

}  // namespace

TEST_CASE("tcp plan: one service takes every connection of its listener, whatever its name") {
  const auto plan =
      plan_of(service("db", "servers = [\"a:1\", \"b:2\"]\nidle_timeout = \"1m\"\nhalf_closed_timeout = 0"));
  REQUIRE(plan->listeners.size() == 1);
  const ListenerSpec& listener = plan->listeners.front();
  CHECK(listener.language == Language::tcp);
  CHECK(listener.limits.send_rate == 0);
  CHECK(listener.limits.send_timeout > std::chrono::hours(24 * 365));
  CHECK(taker(*plan, "127.0.0.1:5432") == "db");
  CHECK(taker(*plan, "any.test") == "db");
  const Route& route = plan->routes.front();
  CHECK(route.tunnel.idle_timeout == Millis(60'000));
  CHECK(route.tunnel.half_closed_timeout == Millis(0));
  const PoolSpec& pool = std::get<PoolSpec>(plan->backends.at(route.backend));
  CHECK(pool.servers.size() == 2);
  CHECK(pool.servers.front().scheme == ServerSpec::Scheme::tcp);
  CHECK(pool.times.read == Millis(0));
}

TEST_CASE("tcp plan: on a unix socket, a service and a tunnel have bytes, and a route has requests") {
  using S = ServerSpec::Scheme;
  const auto service_plan = plan_of(service("db", "servers = [\"unix:/run/db.sock\", \"tls://b:2\"]"));
  const PoolSpec& pool = std::get<PoolSpec>(service_plan->backends.at(service_plan->routes.front().backend));
  CHECK(pool.servers[0].scheme == S::unix_tunnel);
  CHECK(pool.servers[0].socket_path == "/run/db.sock");
  CHECK(pool.servers[1].scheme == S::tls);
  CHECK(pool.servers[1].name == "b:2");
  const auto plan = plan_of(site_text() + proxy_text() + server_text("a", "unix:/run/a.sock") +
                            route_text("/ssh", "a", "tunnel = true\n") + route_text("/web", "a"));
  for (const Route& route : plan->routes) {
    const BackendSpec& spec = plan->backends.at(route.backend);
    if (route.path == "/ssh")
      CHECK(std::get<PoolSpec>(std::get<TunnelSpec>(spec).inner).servers.front().scheme == S::unix_tunnel);
    if (route.path == "/web")
      CHECK(std::get<PoolSpec>(std::get<CodedSpec>(spec).inner).servers.front().scheme == S::unix_socket);
  }
}

TEST_CASE("tcp plan: names choose among services, and one without names takes the rest") {
  const std::string pass = "tls = \"pass\"\nservers = [\"a:1\"]\n";
  const std::string two = service("one", pass + "hostnames = [\"one.test\"]") +
                          service("wild", pass + "hostnames = [\"*.wild.test\", \"Also.test\"]");
  const auto closed = plan_of(two);
  CHECK(closed->listeners.size() == 1);
  CHECK(closed->listeners.front().passes_tls);
  CHECK(taker(*closed, "one.test") == "one");
  CHECK(taker(*closed, "x.wild.test") == "wild");
  CHECK(taker(*closed, "also.test") == "wild");
  CHECK(taker(*closed, "other.test") == "-");
  CHECK(taker(*closed, "127.0.0.1:5432") == "-");
  const auto open = plan_of(two + service("rest", pass));
  CHECK(taker(*open, "one.test") == "one");
  CHECK(taker(*open, "other.test") == "rest");
  CHECK(taker(*open, "127.0.0.1:5432") == "rest");
}

TEST_CASE("tcp plan: workers are asked for by the path of the service") {
  const auto plan = plan_of(service("ssh", "servers = \"fabric:/ssh\""));
  const Route& route = plan->routes.front();
  CHECK(std::holds_alternative<GroupSpec>(plan->backends.at(route.backend)));
  CHECK(route.new_path == "/ssh");
}

TEST_CASE("tcp plan: a listener that changes its language is another socket's") {
  const auto tcp = plan_of(service("db", "servers = [\"a:1\"]"));
  const auto pass = plan_of(service("db", "servers = [\"a:1\"]\ntls = \"pass\""));
  const auto again = plan_of(service("db", "servers = [\"c:1\"]"));
  CHECK(tcp->listeners.front().is_same_socket(again->listeners.front()));
  CHECK_FALSE(tcp->listeners.front().is_same_socket(pass->listeners.front()));
  CHECK(tcp->listeners.front().is_same_address(pass->listeners.front()));
}

TEST_CASE("tcp plan: a route with tunnel = true has its pool behind a backend of tunnels") {
  const auto plan = plan_of(site_text() + proxy_text() + server_text("ssh", "tcp://a:22") +
                            route_text("/ssh", "ssh", "tunnel = true\n"));
  for (const Route& route : plan->routes) {
    if (route.path != "/ssh") continue;
    const auto& spec = std::get<TunnelSpec>(plan->backends.at(route.backend));
    CHECK(std::get<PoolSpec>(spec.inner).servers.front().port == 22);
    CHECK(route.takes_web_sockets);
    return;
  }
  FAIL("no such route");
}

TEST_CASE("tcp plan: services of the command line stand beside a router without a file") {
  Settings settings;
  settings.management.enabled = false;
  TcpSettings echo;
  echo.site.name = "tcp *:2000";
  echo.site.listen = {{"", 2000, ""}};
  echo.workers = "/echo";
  settings.tcp.push_back(echo);
  const PlanMaking making = make_plan(settings, reader_of({}));
  REQUIRE(making.plan);
  REQUIRE(making.plan->listeners.size() == 2);
  CHECK(making.plan->listeners[0].language == Language::http);
  CHECK(making.plan->listeners[1].language == Language::tcp);
  CHECK(making.plan->listeners[1].port == 2000);
}
