// Which route a request takes.
#include "router/plan/plan.h"

#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"

namespace zeroway {

namespace {

// Workers that claim these paths and all below them.
class Claims final : public ClaimLookup {
 public:
  Claims(std::initializer_list<std::string> paths = {}) : paths_(paths) {}

  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t, std::string_view,
                                                   std::string_view path) const override {
    std::optional<std::size_t> longest;
    path = path.substr(0, path.find('?'));
    for (const std::string& claim : paths_) {
      if (path == claim || path.starts_with(claim + "/")) longest = std::max(longest.value_or(0), claim.size());
    }
    return longest;
  }

 private:
  std::vector<std::string> paths_;
};

std::string who(const Match& match) {
  switch (match.miss) {
    case Match::Miss::wrong_host:
      return "421";
    case Match::Miss::wrong_method:
      return "405 " + match.allowed;
    case Match::Miss::no_route:
      return "404";
    case Match::Miss::none:
      break;
  }
  const Site& site = *match.site;
  if (match.route == site.to_https) return "https";
  if (match.route == site.workers) return "workers";
  if (match.route == site.files) return "files";
  return (match.route->own_answer == OwnAnswer::none ? "" : "own ") + match.route->path;
}

std::string who(const Plan& plan, std::string_view path, std::string_view method = "GET", const Claims& claims = {}) {
  return who(Plan::match(Plan::site_of(plan.listeners.front(), "example.com"), "example.com", path, method, claims));
}

std::string site_of(const Plan& plan, std::string_view host) {
  const Match match = Plan::match(Plan::site_of(plan.listeners.front(), host), host, "/", "GET", Claims());
  return match.site == nullptr ? who(match) : match.site->name;
}

std::string pool(const std::string& routes) {
  return proxy_text() + server_text("backend", "http://127.0.0.1:3001") + routes;
}

}  // namespace

TEST_CASE("plan: without a file every path and every host goes to the workers") {
  const auto plan = make_plan(EdgeSettings(), ExchangeSettings());
  for (const char* path : {"/", "/a/b?c", "*", "/api/health"}) CHECK(who(*plan, path) == "workers");
  CHECK(who(*plan, "/a", "BREW", {"/a"}) == "workers");
  CHECK(site_of(*plan, "any.example") == "");
  CHECK(site_of(*plan, "") == "");
}

TEST_CASE("plan: without a file a folder has the paths that workers do not claim") {
  Settings settings;
  settings.files = "/srv";
  const auto plan = make_plan(settings, {}).plan;
  CHECK(who(*plan, "/a") == "files");
  CHECK(who(*plan, "/a", "GET", {"/a"}) == "workers");
  CHECK(who(*plan, "/ab", "GET", {"/a"}) == "files");
}

TEST_CASE("plan: the management listener has a site of its own, which is nowhere else") {
  const std::string token = "0123456789abcdef";
  for (const std::string& sites : {std::string(), site_text()}) {
    const auto plan =
        plan_of("[management]\nlisten = \"127.0.0.1:6040\"\ntoken_file = \"t\"\n" + sites, {{"dir/t", token + "\n"}});
    REQUIRE(plan->listeners.size() == 2);
    const ListenerSpec& clients = plan->listeners.front();
    const ListenerSpec& operators = plan->listeners.back();
    CHECK_FALSE(clients.is_management);
    CHECK(operators.is_management);
    CHECK_FALSE(operators.is_optional);
    for (const char* host : {"127.0.0.1", "example.com", ""}) {
      CHECK(Plan::site_of(operators, host)->name == "management");
      CHECK(Plan::site_of(clients, host)->name != "management");
    }
    CHECK(std::get<AdminSpec>(plan->backends.back()) == AdminSpec{token, {}});
  }
}

TEST_CASE("plan: a management listener that nobody asked for leaves its place to a site") {
  Settings settings;
  CHECK(make_plan(settings, {}).plan->listeners.back().is_optional);
  settings.edge.port = 6040;
  CHECK(make_plan(settings, {}).plan->listeners.size() == 1);
}

TEST_CASE("plan: a token is one word of some length") {
  for (const char* wrong : {"", "short", "two words of some length", "0123456789abcde"}) {
    const PlanMaking making =
        make_plan_of("[management]\nlisten = \"127.0.0.1:6040\"\ntoken_file = \"t\"\n", {{"dir/t", wrong}});
    REQUIRE(making.errors.size() == 1);
    CHECK(making.errors[0] == "management: token_file: dir/t: wants one word of at least 16 bytes");
  }
}

TEST_CASE("plan: the redirect to https comes before everything else") {
  const auto plan = plan_of(site_text("redirect_to_https = true\nhttps_port = 443\nstatic_dir = \"s\"\n") +
                            pool(route_text("/", "backend")));
  for (const char* path : {"/", "/a", "/api/health", "*"}) CHECK(who(*plan, path, "POST", {"/a"}) == "https");
}

TEST_CASE("plan: the router's own answers are exact, and come before routes and claims of their path") {
  const auto plan = plan_of(site_text() + pool(route_text("/api/", "backend") + route_text("/api/health", "backend")));
  CHECK(who(*plan, "/api/health") == "own /api/health");
  CHECK(who(*plan, "/api/health?x=1", "HEAD") == "own /api/health");
  CHECK(who(*plan, "/api/health", "GET", {"/api/health"}) == "own /api/health");
  CHECK(who(*plan, "/api/health/detailed") == "own /api/health/detailed");
  CHECK(who(*plan, "/api/health/ready") == "own /api/health/ready");
  CHECK(who(*plan, "/api/health/live") == "own /api/health/live");
  CHECK(who(*plan, "/api/health", "POST") == "405 GET, HEAD");
  CHECK(who(*plan, "/api/health/") == "/api/health");
  CHECK(who(*plan, "/api/healthy") == "/api/");
  CHECK(who(*plan, "/api/users") == "/api/");
}

TEST_CASE("plan: a site without built-in health gives its paths to the routes") {
  const auto plan = plan_of(site_text("builtin_health = false\n") + pool(route_text("/api", "backend")));
  CHECK(who(*plan, "/api/health") == "/api");
}

TEST_CASE("plan: the longest prefix wins, whatever the order in the file, and ends where a segment does") {
  const std::string routes[] = {route_text("/", "backend"), route_text("/api/", "backend"),
                                route_text("/api/v2", "backend"), route_text("/ws", "backend")};
  for (const bool is_reversed : {false, true}) {
    std::string all;
    for (const std::string& route : routes) all = is_reversed ? route + all : all + route;
    const auto plan = plan_of(site_text() + pool(all));
    CHECK(who(*plan, "/api") == "/api/");
    CHECK(who(*plan, "/api/") == "/api/");
    CHECK(who(*plan, "/api/v1/x") == "/api/");
    CHECK(who(*plan, "/api/v2") == "/api/v2");
    CHECK(who(*plan, "/api/v2/x?y") == "/api/v2");
    CHECK(who(*plan, "/api/v20") == "/api/");
    CHECK(who(*plan, "/ws?a") == "/ws");
    CHECK(who(*plan, "/ws/chat") == "/ws");
    CHECK(who(*plan, "/wsx") == "/");
    CHECK(who(*plan, "/API") == "/");
    CHECK(who(*plan, "/?/api/") == "/");
    CHECK(who(*plan, "*", "OPTIONS") == "/");
  }
}

TEST_CASE("plan: a claim of workers wins when it is longer than the file's route, and loses at a tie") {
  const auto plan = plan_of(site_text() + pool(route_text("/", "backend") + route_text("/api/", "backend")));
  const Claims claims{"/api", "/api/chat", "/other"};
  CHECK(who(*plan, "/api/x", "GET", claims) == "/api/");
  CHECK(who(*plan, "/api/chat", "GET", claims) == "workers");
  CHECK(who(*plan, "/api/chat/room?x", "POST", claims) == "workers");
  CHECK(who(*plan, "/api/chats", "GET", claims) == "/api/");
  CHECK(who(*plan, "/other", "GET", claims) == "workers");
  CHECK(who(*plan, "/", "GET", claims) == "/");
}

TEST_CASE("plan: a site that is closed to workers ignores their claims") {
  const auto plan = plan_of(site_text("fabric = false\n") + pool(route_text("/api/", "backend")));
  CHECK(who(*plan, "/api/chat", "GET", {"/api/chat"}) == "/api/");
  CHECK(who(*plan, "/x", "GET", {"/x"}) == "404");
}

TEST_CASE("plan: paths that nobody has go to the files, else to the open pool, else nowhere") {
  const auto files = plan_of(site_text("static_dir = \"s\"\n") + pool(route_text("/api", "backend")));
  CHECK(who(*files, "/") == "files");
  CHECK(who(*files, "/x", "POST") == "files");
  CHECK(who(*files, "/x", "GET", {"/x"}) == "workers");
  const auto open = plan_of(site_text() + pool(route_text("/api", "backend")));
  CHECK(who(*open, "/") == "workers");
  CHECK(who(*open, "*", "OPTIONS") == "workers");
  const auto closed = plan_of(site_text("fabric = false\n") + pool(route_text("/api", "backend")));
  CHECK(who(*closed, "/") == "404");
  CHECK(who(*closed, "/apis") == "404");
  const auto closed_files = plan_of(site_text("fabric = false\nstatic_dir = \"s\"\n"));
  CHECK(who(*closed_files, "/x", "GET", {"/x"}) == "files");
}

TEST_CASE("plan: a method that the longest path does not take is 405, and no shorter path is a way around") {
  const auto plan =
      plan_of(site_text("static_dir = \"s\"\n") +
              pool(route_text("/", "backend") + route_text("/a", "backend", "methods = [\"GET\", \"PUT\"]\n") +
                   route_text("/a", "backend", "methods = [\"POST\"]\n")));
  CHECK(who(*plan, "/a", "HEAD") == "/a");
  CHECK(who(*plan, "/a/b", "PUT") == "/a");
  CHECK(who(*plan, "/a/b", "POST") == "/a");
  CHECK(who(*plan, "/a/b", "DELETE") == "405 GET, HEAD, PUT, POST");
  CHECK(who(*plan, "/a/b", "get") == "405 GET, HEAD, PUT, POST");
  CHECK(who(*plan, "/a/b", "DELETE", {"/a"}) == "405 GET, HEAD, PUT, POST");
  CHECK(who(*plan, "/a/b", "DELETE", {"/a/b"}) == "workers");
  CHECK(who(*plan, "/b", "DELETE") == "/");
}

TEST_CASE("plan: a route of one method beside one of all") {
  const auto plan = plan_of(site_text() + proxy_text() + server_text("one", "http://127.0.0.1:3001") +
                            server_text("two", "http://127.0.0.1:3002") + route_text("/a", "one") +
                            route_text("/a", "two", "methods = [\"GET\"]\n"));
  const auto pool_of = [&](std::string_view method) {
    const Site* const site = Plan::site_of(plan->listeners.front(), "example.com");
    return Plan::match(site, "example.com", "/a", method, Claims()).route->backend_name;
  };
  CHECK(pool_of("GET") == "two");
  CHECK(pool_of("HEAD") == "two");
  CHECK(pool_of("POST") == "one");
}

TEST_CASE("plan: hosts choose the site, whatever their case and port") {
  const auto plan = plan_of(
      "[[sites]]\nname = \"a\"\nhostname = \"a.test\"\nhostnames = [\"www.a.test\", \"::1\"]\nport = 80\n"
      "[[sites]]\nname = \"wild\"\nhostname = \"*.a.test\"\nport = 80\n"
      "[[sites]]\nname = \"b\"\nhostname = \"b.test\"\nport = 80\ndefault = true\n");
  CHECK(site_of(*plan, "a.test") == "a");
  CHECK(site_of(*plan, "A.Test:8080") == "a");
  CHECK(site_of(*plan, "a.test.") == "a");
  CHECK(site_of(*plan, "www.a.test") == "a");
  CHECK(site_of(*plan, "[::1]:80") == "a");
  CHECK(site_of(*plan, "x.a.test") == "wild");
  CHECK(site_of(*plan, "x.y.a.test") == "wild");
  CHECK(site_of(*plan, "b.test") == "b");
  CHECK(site_of(*plan, "unknown.test") == "b");
  CHECK(site_of(*plan, "xa.test") == "b");
  CHECK(site_of(*plan, "127.0.0.1") == "b");
  CHECK(site_of(*plan, "") == "b");
}

TEST_CASE("plan: hosts that no site has go to the first site, or are 421 where that site is strict") {
  const std::string other = "[[sites]]\nname = \"other\"\nhostname = \"other.test\"\nport = 8080\n";
  const auto plan = plan_of(site_text() + other);
  CHECK(site_of(*plan, "unknown.test") == "main");
  const auto strict = plan_of(site_text("strict_host = true\n") + other);
  CHECK(site_of(*strict, "unknown.test") == "421");
  CHECK(site_of(*strict, "") == "421");
  CHECK(site_of(*strict, "example.com") == "main");
  CHECK(site_of(*strict, "other.test") == "other");
}

TEST_CASE("plan: one host may have different sites at two listeners") {
  const auto plan = plan_of(site_text() + "[[sites]]\nname = \"inner\"\nhostname = \"example.com\"\nport = 8081\n");
  REQUIRE(plan->listeners.size() == 2);
  CHECK(Plan::site_of(plan->listeners[0], "example.com")->name == "main");
  CHECK(Plan::site_of(plan->listeners[1], "example.com")->name == "inner");
  CHECK(Plan::site_of(plan->listeners[1], "unknown.test")->name == "inner");
}

}  // namespace zeroway
