// What a file's sites become in the plan.
#include "router/plan/site_maker.h"

#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"

namespace zeroway {

namespace {

const Route* route_at(const Site& site, std::string_view path, std::string_view method = "GET") {
  const auto found = site.routes.find(path, method);
  return found.value == nullptr ? nullptr : *found.value;
}

const Route& main_route(const Plan& plan, std::string_view path = "/") {
  const Route* route = route_at(plan.sites.front(), path);
  REQUIRE(route != nullptr);
  return *route;
}

// Who answers a route, also where its replies are coded.
template <class Spec>
const Spec& answerer_of(const Plan& plan, const Route& route) {
  const auto* coded = std::get_if<CodedSpec>(&plan.backends[route.backend]);
  const auto* spec =
      coded == nullptr ? std::get_if<Spec>(&plan.backends[route.backend]) : std::get_if<Spec>(&coded->inner);
  REQUIRE(spec != nullptr);
  return *spec;
}

const PoolSpec& pool_of(const Plan& plan, const Route& route) { return answerer_of<PoolSpec>(plan, route); }

// A site with one server and a route "/".
std::string plain(const std::string& in_site = "", const std::string& in_route = "") {
  return site_text(in_site) + proxy_text() + server_text("backend", "http://127.0.0.1:3001") +
         route_text("/", "backend", in_route);
}

std::string errors_of(const std::string& text, const NamedFiles& files = {}) {
  const PlanMaking making = make_plan_of(text, files);
  CHECK((making.plan == nullptr) == !making.errors.empty());
  std::string all;
  for (const std::string& error : making.errors) all += error + "\n";
  return all;
}

// "NAME: VALUE" for each field that a reply without fields has then.
std::string applied(const FieldChanges& changes, Head head = {}) {
  std::string scratch, text;
  changes.apply(head, {.request_id = "42"}, scratch);
  for (const Field field : head) text.append(field.name).append(": ").append(field.value).append("\n");
  return text;
}

std::string other_site(const std::string& name, const std::string& host, const std::string& more) {
  return "[[sites]]\nname = \"" + name + "\"\nhostname = \"" + host + "\"\n" + more;
}

constexpr const char* kCertificate = "[sites.ssl]\nenabled = true\ncert_file = \"a.crt\"\nkey_file = \"a.key\"\n";

}  // namespace

TEST_CASE("site maker: sites with one address share a listener, and a site may have several") {
  const auto plan =
      plan_of(site_text() + other_site("b", "b.test", "port = 8080\n") +
              other_site("c", "c.test", "listen = [\"127.0.0.1:81\", \"unix:/run/c.sock\", \"*:8080\"]\n"));
  REQUIRE(plan->listeners.size() == 3);
  CHECK(plan->listeners[0].port == 8080);
  CHECK(plan->listeners[0].address == "");
  CHECK(plan->listeners[1].address == "127.0.0.1");
  CHECK(plan->listeners[1].port == 81);
  CHECK(plan->listeners[2].socket_path == "/run/c.sock");
  CHECK(Plan::site_of(plan->listeners[0], "c.test")->name == "c");
  CHECK(Plan::site_of(plan->listeners[0], "b.test")->name == "b");
  CHECK(Plan::site_of(plan->listeners[1], "b.test")->name == "c");
  for (const ListenerSpec& listener : plan->listeners) {
    CHECK(listener.only_site == nullptr);
    CHECK_FALSE(listener.is_tls);
    CHECK_FALSE(listener.has_proxy_header);
  }
}

TEST_CASE("site maker: a listener has the file's limits, and a route its site's terms") {
  const auto plan = plan_of("[limits]\nmax_body = 7\nhead_timeout = \"3s\"\n" + plain("max_body = 9\n"));
  CHECK(plan->listeners[0].limits.head_timeout == Millis(3'000));
  CHECK(plan->listeners[0].limits.max_body == 7);
  CHECK(main_route(*plan).terms.max_body == 9);
}

TEST_CASE("site maker: a route without further words has the documented defaults") {
  const auto plan = plan_of(plain());
  const Route& route = main_route(*plan);
  CHECK(route.path == "/");
  CHECK(route.site == &plan->sites.front());
  CHECK(route.own_answer == OwnAnswer::none);
  CHECK(route.backend_name == "backend");
  CHECK_FALSE(route.takes_web_sockets);
  CHECK_FALSE(route.strips_prefix);
  CHECK_FALSE(route.new_path.has_value());
  CHECK(route.retries == 2);
  CHECK_FALSE(route.tells_worker);
  CHECK(route.forwarding.x_forwarded);
  CHECK(route.forwarding.forwarded);
  CHECK(route.forwarding.port);
  CHECK(route.request.is_empty());
  CHECK(route.reply.is_empty());
  CHECK(plan->sites.front().makes_paths_canonical);
  const auto& required = plan->sites.front().required;  // the pool, not the coder of its replies
  CHECK((required.size() == 1 && std::holds_alternative<PoolSpec>(plan->backends[required.front()])));
  const PoolSpec& pool = pool_of(*plan, route);
  CHECK(pool.balance == BalanceMethod::round_robin);
  CHECK(pool.preserve_host);
  CHECK(pool.times == ServerTimes());
  CHECK(pool.health == HealthSpec());
  ServerSpec server;
  server.name = "127.0.0.1:3001";
  server.host = "127.0.0.1";
  server.port = 3001;
  CHECK(pool.servers == std::vector{server});
}

TEST_CASE("site maker: what a route says reaches its route") {
  const auto plan =
      plan_of(plain("", "strip_prefix = true\nwebsocket = true\nencoded_slashes = \"pass\"\nretries = 5\n"));
  const Route& route = main_route(*plan);
  CHECK(route.strips_prefix);
  CHECK(route.takes_web_sockets);
  CHECK(route.takes_encoded_slashes);
  CHECK(route.retries == 5);
  const auto other = plan_of(plain("", "rewrite_target = \"/v2/\"\nencoded_slashes = \"refuse\"\n"));
  CHECK(main_route(*other).new_path == "/v2/");
  CHECK_FALSE(main_route(*other).takes_encoded_slashes);
}

TEST_CASE("site maker: entries of one name are one pool, in the order of the file") {
  const auto plan = plan_of(site_text() + proxy_text() + server_text("a", "http://one.test:1", "weight = 3\n") +
                            server_text("b", "http://three.test") + server_text("a", "http://[::1]:2/base/") +
                            server_text("a", "unix:/run/a.sock") + route_text("/", "a"));
  const PoolSpec& pool = pool_of(*plan, main_route(*plan));
  REQUIRE(pool.servers.size() == 3);
  CHECK(pool.servers[0].name == "one.test:1");
  CHECK(pool.servers[0].weight == 3);
  CHECK(pool.servers[1].name == "[::1]:2");
  CHECK(pool.servers[1].host == "::1");
  CHECK(pool.servers[1].base_path == "/base");
  CHECK(pool.servers[2].scheme == ServerSpec::Scheme::unix_socket);
  CHECK(pool.servers[2].name == "unix:/run/a.sock");
  CHECK(pool.servers[2].socket_path == "/run/a.sock");
}

TEST_CASE("site maker: what a member says reaches its server") {
  const auto plan =
      plan_of(site_text() + proxy_text() +
              server_text("a", "https://a.test",
                          "max_conns = 4\nca_file = \"ca.crt\"\nserver_name = \"B.test\"\nverify = false\n"
                          "client_cert = \"c.crt\"\nclient_key = \"c.key\"\nproxy_protocol = \"v2\"\n") +
              server_text("a", "h2c://b.test:8000", "proxy_protocol = \"v1\"\n") + route_text("/", "a"));
  ServerSpec one;
  one.name = "a.test:443";
  one.scheme = ServerSpec::Scheme::https;
  one.host = "a.test";
  one.port = 443;
  one.max_conns = 4;
  one.proxy_header = ServerSpec::ProxyHeader::v2;
  one.ca_file = "dir/ca.crt";
  one.server_name = "b.test";
  one.verify = false;
  one.client_certificate = "dir/c.crt";
  one.client_key = "dir/c.key";
  ServerSpec two;
  two.name = "b.test:8000";
  two.scheme = ServerSpec::Scheme::h2c;
  two.host = "b.test";
  two.port = 8000;
  two.proxy_header = ServerSpec::ProxyHeader::v1;
  CHECK(pool_of(*plan, main_route(*plan)).servers == std::vector{one, two});
}

TEST_CASE("site maker: equal pools are one backend, also of two sites; other terms make another one") {
  const std::string proxy = proxy_text() + server_text("a", "http://127.0.0.1:3001");
  const auto plan =
      plan_of(site_text("builtin_health = false\nfabric = false\n") + proxy + route_text("/x", "a") +
              route_text("/y", "a") + route_text("/z", "a", "[sites.proxy.routes.timeout]\nread = \"1s\"\n") +
              other_site("b", "b.test", "port = 8080\nfabric = false\n") + proxy + route_text("/", "a"));
  CHECK(plan->backends.size() == 4);  // each with a coder of its replies
  const Site& first = plan->sites[0];
  CHECK(route_at(first, "/x")->backend == route_at(first, "/y")->backend);
  CHECK(route_at(first, "/x")->backend != route_at(first, "/z")->backend);
  CHECK(route_at(first, "/x")->backend == route_at(plan->sites[1], "/")->backend);
  CHECK(first.required.size() == 2);
  CHECK(plan->sites[1].required.size() == 1);
}

TEST_CASE("site maker: compression wraps what answers, on the terms of the site or the route, and may be off") {
  const auto plan =
      plan_of(site_text("[sites.compression]\nlevel = 1\n") + proxy_text() + server_text("a", "http://127.0.0.1:3001") +
              route_text("/", "a") + route_text("/off", "a", "[sites.proxy.routes.compression]\nenabled = false\n") +
              route_text("/br", "a", "[sites.proxy.routes.compression]\ncodings = [\"br\"]\n"));
  const auto terms = [&](std::string_view path) {
    const auto* coded = std::get_if<CodedSpec>(&plan->backends[main_route(*plan, path).backend]);
    REQUIRE(coded != nullptr);
    return coded->terms;
  };
  CHECK(terms("/").gzip_level == 1);
  CHECK(terms("/").codings.size() == 4);
  CHECK(terms("/br").gzip_level == 1);
  CHECK(terms("/br").codings == std::vector{Coding::br, Coding::identity});
  const std::size_t bare = main_route(*plan, "/off").backend;
  CHECK(std::holds_alternative<PoolSpec>(plan->backends[bare]));
  CHECK(plan->sites.front().required == std::vector{bare});  // is the pool ready, not its coder
  const auto* workers = std::get_if<CodedSpec>(&plan->backends[plan->sites.front().workers->backend]);
  CHECK((workers != nullptr && std::holds_alternative<GroupSpec>(workers->inner)));
}

TEST_CASE("site maker: balance, health, times and the host of a pool are as the site and the route say") {
  const auto plan = plan_of(
      site_text() + proxy_text() +
      "[sites.proxy.load_balancing]\nmethod = \"hash:X-User\"\n"
      "[sites.proxy.health_check]\nenabled = true\npath = \"/up\"\ninterval = 9\ntimeout = 2\nretries = 4\nrise = 3\n"
      "expected_status = [204, \"3xx\"]\nfall = 7\ncount_5xx = true\nback_off = \"2s\"\nfail_open = true\n"
      "[sites.proxy.timeout]\nconnect = 1\nread = 2\nwrite = 0\n[sites.proxy.headers]\npreserve_host = false\n" +
      server_text("a", "http://127.0.0.1:3001") + route_text("/", "a") +
      route_text("/w", "a", "balance = \"weighted\"\n"));
  const PoolSpec& pool = pool_of(*plan, main_route(*plan));
  CHECK(pool.balance == BalanceMethod::hash);
  CHECK(pool.hash_field == "x-user");
  CHECK(pool_of(*plan, main_route(*plan, "/w")).balance == BalanceMethod::weighted);
  CHECK_FALSE(pool.preserve_host);
  CHECK(pool.times == ServerTimes{Millis(1'000), Millis(2'000), Millis(0)});
  CHECK(pool.queue_timeout == Millis(1'000));
  const HealthSpec& health = pool.health;
  CHECK(health.is_active);
  CHECK(health.path == "/up");
  CHECK(health.interval == Millis(9'000));
  CHECK(health.timeout == Millis(2'000));
  CHECK(health.retries == 4);
  CHECK(health.rise == 3);
  CHECK(health.expected == std::vector<HealthSpec::Statuses>{{204, 204}, {300, 399}});
  CHECK(health.fall == 7);
  CHECK(health.count_5xx);
  CHECK(health.back_off == Millis(2'000));
  CHECK(health.fail_open);
}

TEST_CASE("site maker: a route may go to workers, by name or by a pool's URL") {
  const auto plan = plan_of(site_text() + proxy_text() + server_text("team", "fabric:blue") +
                            route_text("/", "fabric") + route_text("/red", "fabric:red") +
                            route_text("/blue", "team", "[sites.proxy.routes.timeout]\nread = \"7s\"\n"));
  const auto group = [&](std::string_view path) {
    return answerer_of<GroupSpec>(*plan, main_route(*plan, path)).group;
  };
  CHECK(group("/") == "");
  CHECK(group("/red") == "red");
  CHECK(group("/blue") == "blue");
  CHECK(main_route(*plan, "/blue").tells_worker);
  CHECK(main_route(*plan, "/blue").reply_timeout == Millis(7'000));
  // The open pool is one backend, whoever names it.
  CHECK(plan->sites.front().workers->backend == main_route(*plan, "/").backend);
}

TEST_CASE("site maker: a site is open to workers unless it says so, with files or without") {
  const auto open = plan_of(site_text());
  CHECK(open->sites.front().workers != nullptr);
  CHECK(open->sites.front().files == nullptr);
  CHECK(open->sites.front().required.empty());
  const auto closed = plan_of(site_text("fabric = false\nstatic_dir = \"/srv\"\nlisting = true\n"));
  CHECK(closed->sites.front().workers == nullptr);
  REQUIRE(closed->sites.front().files != nullptr);
  const auto& files = answerer_of<FilesSpec>(*closed, *closed->sites.front().files);
  CHECK(files.root == "/srv");
  CHECK(files.listing);
  CHECK(files.max_age == 3'600);
  CHECK(files.max_age_page == 300);
  CHECK_FALSE(closed->sites.front().files->takes_web_sockets);
}

TEST_CASE("site maker: a proxy that is not enabled has no routes") {
  const auto plan = plan_of(site_text() + "[sites.proxy]\nenabled = false\n" + server_text("a", "http://127.0.0.1:1") +
                            route_text("/", "a"));
  CHECK(route_at(plan->sites.front(), "/") == nullptr);
  CHECK(plan->sites.front().is_open_pool_last);
}

TEST_CASE("site maker: paths of routes are made canonical, as the requests' paths are") {
  const auto plan = plan_of(site_text() + proxy_text() + server_text("a", "http://127.0.0.1:1") +
                            route_text("/%7euser/x/../b|c/", "a", "rewrite_target = \"/v2/./\xc3\xbc\"\n"));
  const Route* route = route_at(plan->sites.front(), "/~user/b%7Cc/d");
  REQUIRE(route != nullptr);
  CHECK(route->path == "/~user/b%7Cc/");
  CHECK(route->new_path == "/v2/%C3%BC");
}

TEST_CASE("site maker: a path that no request can have is an error with its place") {
  const std::string head = site_text() + proxy_text() + server_text("a", "http://127.0.0.1:1");
  CHECK(errors_of(head + route_text("/../a", "a")) == "dir/a.toml:11:8: route '/../a': a path above the root\n");
  CHECK(errors_of(head + route_text("/%zz", "a")).starts_with("dir/a.toml:11:8: route '/%zz': "));
  CHECK(errors_of(head + route_text("/a", "a", "rewrite_target = \"/../b\"\n"))
            .starts_with("dir/a.toml:13:18: rewrite_target '/../b': "));
  CHECK(errors_of(head + route_text("/a", "a") + route_text("/%61/", "a")) ==
        "dir/a.toml:13:1: route '/%61/': an earlier route of site 'main' has this path and one of these methods\n");
}

TEST_CASE("site maker: redirects with a pattern, a status, and without a backend") {
  const auto plan = plan_of(site_text("fabric = false\n") + proxy_text() +
                            redirect_text("/old/", "/new/$1", "pattern = \"^/old/(.*)$\"\nstatus = 308\n"));
  const Route& route = main_route(*plan, "/old/x");
  CHECK(route.own_answer == OwnAnswer::redirect);
  CHECK(route.redirect_status == 308);
  REQUIRE(route.redirect != nullptr);
  std::string location;
  REQUIRE(route.redirect->write({"/old/x?y", "/old/x"}, {}, location).has_value());
  CHECK(location == "/new/x?y");
  CHECK(plan->backends.empty());
  CHECK(plan->sites.front().required.empty());
}

TEST_CASE("site maker: every error is told, with its place in the file") {
  const std::string text = site_text() + proxy_text() + "[sites.proxy.headers.add]\n\"X-A\" = \"$nobody\"\n" +
                           server_text("a", "http://127.0.0.1:1") +
                           redirect_text("/old/", "/new/$1", "pattern = \"^/old/((\"\n") + route_text("/", "a");
  const std::string errors = errors_of(text);
  CHECK(errors.find("dir/a.toml:8:9: field 'x-a': ") != std::string::npos);
  CHECK(errors.find("dir/a.toml:14:1: redirect: ") != std::string::npos);
}

TEST_CASE("site maker: a pool may have servers and workers") {
  const auto plan =
      plan_of(site_text() + proxy_text() + server_text("a", "fabric:blue", "weight = 3\n") +
              server_text("a", "http://127.0.0.1:1") + server_text("a", "http://127.0.0.1:2") +
              server_text("b", "http://127.0.0.1:1", "weight = 0\n") + server_text("b", "fabric:") +
              server_text("c", "fabric:blue") + server_text("d", "fabric:x") + server_text("d", "fabric:y") +
              route_text("/", "a") + route_text("/b", "b") + route_text("/c", "c") + route_text("/d", "d"));
  const auto& mixed = std::get<MixedSpec>(plan->backends.at(main_route(*plan, "/").backend));
  CHECK(mixed.are_workers_first);
  CHECK(mixed.servers.name == "a");
  CHECK(mixed.servers.servers.size() == 2);
  CHECK(mixed.workers == std::vector<MixedSpec::Workers>{{GroupSpec{"blue"}, 3}});
  CHECK(servers_of(plan->backends.at(main_route(*plan, "/").backend)) == &mixed.servers);
  const auto& idle = std::get<MixedSpec>(plan->backends.at(main_route(*plan, "/b").backend));
  CHECK(idle.servers.servers.empty());  // none has weight
  CHECK(idle.workers == std::vector<MixedSpec::Workers>{{GroupSpec{""}, 1}});
  CHECK(servers_of(plan->backends.at(main_route(*plan, "/b").backend)) == nullptr);
  CHECK(answerer_of<GroupSpec>(*plan, main_route(*plan, "/c")).group == "blue");
  CHECK(std::get<MixedSpec>(plan->backends.at(main_route(*plan, "/d").backend)).workers.size() == 2);
  CHECK_FALSE(main_route(*plan, "/").tells_worker);
}

TEST_CASE("site maker: one wrong rule of the site is one error, however many routes begin with it") {
  const std::string text = site_text() + proxy_text() + "[sites.proxy.headers.add]\n\"X-A\" = \"$nobody\"\n" +
                           server_text("a", "http://127.0.0.1:1") + route_text("/", "a") + route_text("/b", "a");
  const PlanMaking making = make_plan_of(text);
  CHECK(making.errors.size() == 1);
}

TEST_CASE("site maker: each name of a site has a certificate of its own, kept apart by authority") {
  const auto plan =
      plan_of("state_dir = \"/s\"\n[acme]\nemail = \"a@b.test\"\n" + site_text("hostnames = [\"www.example.com\"]\n") +
              "[sites.ssl]\nenabled = true\nauto_cert = true\n[sites.ssl.acme]\nstaging = true\n" +
              other_site("b", "b.test", "port = 8080\n[sites.ssl]\nenabled = true\nauto_cert = \"internal\"\n"));
  REQUIRE(plan->certificates.size() == 3);
  CHECK(plan->certificates[0].file() == "/s/acme/acme-staging-v02.api.letsencrypt.org%2Fdirectory/example.com.pem");
  CHECK(plan->certificates[1].name == "www.example.com");
  CHECK(plan->certificates[1].email == "a@b.test");
  CHECK(plan->certificates[2].file() == "/s/internal/b.test.pem");
  CHECK_FALSE(plan->certificates[0].has_http);
}

TEST_CASE("site maker: sites that share a name share its certificate, and agree how it is ordered") {
  const std::string ssl = "[sites.ssl]\nenabled = true\nauto_cert = true\n";
  const std::string first = "[acme]\nemail = \"a@b.test\"\n" + site_text() + ssl;
  CHECK(plan_of(first + other_site("b", "example.com", "port = 8443\n") + ssl)->certificates.size() == 1);
  const std::string errors = errors_of(first + other_site("b", "example.com", "port = 8443\n") + ssl +
                                       "[sites.ssl.acme]\nemail = \"other@b.test\"\n");
  CHECK(errors.find("another site orders the certificate for example.com in another way") != std::string::npos);
}

TEST_CASE("site maker: each site of a listener has its own certificate and its own rules for TLS") {
  const auto plan = plan_of(site_text("hostnames = [\"*.example.com\"]\n") + kCertificate +
                            other_site("c", "c.test", "port = 8080\ndefault = true\n") +
                            "[sites.ssl]\nenabled = true\ncert_file = \"c.crt\"\nkey_file = \"c.key\"\n"
                            "client_ca = [\"one.crt\", \"two.crt\"]\nclient_auth = \"optional\"\n"
                            "min_version = \"1.3\"\nciphers = [\"TLS_AES_256_GCM_SHA384\"]\n");
  REQUIRE(plan->listeners.size() == 1);
  const TlsSettings& tls = plan->listeners[0].tls;
  REQUIRE(plan->listeners[0].is_tls);
  REQUIRE(tls.sites.size() == 2);
  CHECK_FALSE(tls.is_on());
  CHECK(tls.sites[0] == TlsSite{{"example.com", "*.example.com"}, false, {{"dir/a.crt", "dir/a.key"}}, {}});
  CHECK(tls.sites[1] == TlsSite{{"c.test"},
                                true,
                                {{"dir/c.crt", "dir/c.key"}},
                                {{"dir/one.crt", "dir/two.crt"}, true, TlsVersion::v1_3, {"TLS_AES_256_GCM_SHA384"}}});
  CHECK(plan->sites[0].client_authorities.empty());
  CHECK(plan->sites[1].client_authorities == "dir/one.crt\ndir/two.crt\n");
  CHECK_FALSE(plan->sites[1].requires_certificate);
}

TEST_CASE("site maker: Strict-Transport-Security is the site's, and only with TLS") {
  const auto value = [](const std::string& text) {
    Head head;
    head.add(":status", "200");
    std::string scratch;
    plan_of(text)->sites.front().reply.apply(head, {}, scratch);
    return std::string(head.find("strict-transport-security").value_or("none"));
  };
  CHECK(value(site_text() + kCertificate) == "none");
  CHECK(value(site_text() + kCertificate + "[sites.ssl.hsts]\n") == "max-age=31536000");
  CHECK(value(site_text() + kCertificate + "hsts = { max_age = 0 }\n") == "max-age=0");
  CHECK(value(site_text() + kCertificate +
              "hsts = { max_age = \"730d\", include_subdomains = true, preload = true }\n") ==
        "max-age=63072000; includeSubDomains; preload");
  CHECK(value(site_text() + "[sites.ssl]\nhsts = { max_age = \"1h\" }\n") == "none");
}

TEST_CASE("site maker: error pages have the file's content and a type, and a status beats a class of statuses") {
  const NamedFiles files{{"dir/404.html", "not here"}, {"dir/all.txt", "sorry"}, {"dir/503.json", "{}"}};
  const auto plan =
      plan_of(site_text("error_pages = { 404 = \"404.html\", 503 = \"503.json\", 4xx = \"all.txt\", 5xx = "
                        "\"all.txt\" }\n"),
              files);
  const auto& pages = plan->sites.front().error_pages;
  CHECK(pages.size() == 200);
  CHECK(pages.at(404).content == "not here");
  CHECK(pages.at(404).type == "text/html; charset=utf-8");
  CHECK(pages.at(503).content == "{}");
  CHECK(pages.at(503).type == "application/json");
  CHECK(pages.at(400).content == "sorry");
  CHECK(pages.at(599).type == "text/plain; charset=utf-8");
}

TEST_CASE("site maker: an error page that cannot be read is an error with its place") {
  CHECK(errors_of(site_text("error_pages = { 404 = \"no.html\" }\n")) ==
        "dir/a.toml:5:23: error page: 'dir/no.html' cannot be read\n");
}

TEST_CASE("site maker: the redirect to https goes to the port where the same host has https") {
  const auto port = [](const std::string& others, const std::string& more = "") {
    const auto plan = plan_of(site_text("redirect_to_https = true\n" + more) + others);
    REQUIRE(plan->sites.front().to_https != nullptr);
    return plan->sites.front().to_https->https_port;
  };
  const std::string secure = kCertificate;
  const std::string wild = other_site("w", "*.com", "port = 8444\n") + secure;
  const std::string exact = other_site("b", "example.com", "port = 8443\n") + secure;
  CHECK(port(exact) == 8443);
  CHECK(port(wild) == 8444);
  CHECK(port(wild + exact) == 8443);
  CHECK(port(exact, "https_port = 443\n") == 443);
  CHECK(port("", "https_port = 9443\n") == 9443);
  CHECK(port("", "trusted_proxies = [\"10.0.0.0/8\"]\n") == 443);
  CHECK(port(other_site("b", "b.test", "hostnames = [\"example.com\"]\nport = 8443\n") + secure) == 8443);
  CHECK(port(other_site("b", "example.com", "listen = [\"unix:/run/b.sock\", \"*:8443\"]\n") + secure) == 8443);
  CHECK(port(other_site("b", "example.com", "listen = [\"unix:/run/b.sock\"]\n") + secure) == 443);
}

TEST_CASE("site maker: a site with https is never redirected to https") {
  const auto plan = plan_of(site_text("redirect_to_https = true\n") + kCertificate);
  CHECK(plan->sites.front().to_https == nullptr);
}

TEST_CASE("site maker: replies have the site's fields, and the security fields where they are absent") {
  const auto plan =
      plan_of("[server]\nname = \"Gate\"\nversion = \"2\"\n" + site_text("headers = { \"X-A\" = \"b\" }\n"));
  const Site& site = plan->sites.front();
  CHECK(applied(site.reply) == "x-a: b\nserver: Gate/2\n");
  CHECK(applied(site.reply, {{"x-a", "theirs"}, {"server", "theirs"}}) == "x-a: b\nserver: theirs\n");
  CHECK(applied(site.own_reply) ==
        "x-frame-options: DENY\nx-content-type-options: nosniff\nx-xss-protection: 1; mode=block\n"
        "referrer-policy: strict-origin-when-cross-origin\n");
}

TEST_CASE("site maker: security fields that the file names are for all replies") {
  const auto plan = plan_of(
      "[security]\nhide_server_header = true\n[security.security_headers]\n\"X-Frame-Options\" = "
      "\"SAMEORIGIN\"\n" +
      site_text());
  const Site& site = plan->sites.front();
  CHECK(site.own_reply.is_empty());
  CHECK(applied(site.reply, {{"server", "theirs"}}) == "x-frame-options: SAMEORIGIN\n");
  CHECK(applied(site.reply, {{"x-frame-options", "theirs"}}) == "x-frame-options: theirs\n");
}

TEST_CASE("site maker: add and remove mean both directions, the site's rules come first and then the route's") {
  const auto plan =
      plan_of(site_text() + proxy_text() +
              "[sites.proxy.headers]\nadd_x_forwarded = false\nadd_forwarded = false\nremove = [\"X-Gone\"]\n"
              "add = { \"X-Both\" = \"b\", \"X-Request-ID\" = \"auto\" }\nrequest_remove = [\"Cookie\"]\n"
              "response_remove = [\"Server\"]\nresponse_set = { \"X-Set\" = \"s\" }\n" +
              server_text("a", "http://127.0.0.1:1") +
              route_text("/", "a",
                         "[sites.proxy.routes.headers]\nrequest_set = { \"X-Both\" = \"route\" }\n"
                         "request_add = { \"X-More\" = \"m\" }\nresponse_add = { \"X-More\" = \"n\" }\n"));
  const Route& route = main_route(*plan);
  CHECK_FALSE(route.forwarding.x_forwarded);
  CHECK_FALSE(route.forwarding.forwarded);
  const Head head{{"x-gone", "1"}, {"cookie", "c"}, {"server", "s"}, {"x-more", "1"}};
  CHECK(applied(route.request, head) == "server: s\nx-more: 1\nx-both: route\nx-request-id: 42\nx-more: m\n");
  CHECK(applied(route.reply, head) == "cookie: c\nx-more: 1\nx-both: b\nx-request-id: 42\nx-set: s\nx-more: n\n");
}

TEST_CASE("site maker: the site's rules hold for requests that workers claim") {
  const auto plan = plan_of(site_text() + proxy_text() + "[sites.proxy.headers]\nadd = { \"X-A\" = \"b\" }\n" +
                            route_text("/x", "fabric"));
  CHECK(applied(plan->sites.front().workers->request) == "x-a: b\n");
}

TEST_CASE("site maker: a site trusts its own proxies beside those that every site trusts") {
  const auto plan =
      plan_of("[requests]\ntrusted_proxies = [\"192.0.2.0/24\"]\n" + site_text("trusted_proxies = [\"10.0.0.0/8\"]\n") +
              other_site("b", "b.test", "port = 8080\n"));
  CHECK(plan->sites[0].trusted->contain("10.1.2.3"));
  CHECK(plan->sites[0].trusted->contain("192.0.2.7"));
  CHECK_FALSE(plan->sites[0].trusted->contain("192.0.3.7"));
  CHECK_FALSE(plan->sites[1].trusted->contain("10.1.2.3"));
  CHECK(plan->sites[1].trusted->contain("192.0.2.7"));
  CHECK(plan->listeners[0].proxies.is_empty());
}

TEST_CASE("site maker: PROXY headers are taken from the site's proxies only") {
  const auto plan = plan_of(site_text("proxy_protocol = true\ntrusted_proxies = [\"10.0.0.0/8\"]\n"));
  REQUIRE(plan->listeners.size() == 1);
  CHECK(plan->listeners[0].has_proxy_header);
  CHECK(plan->listeners[0].proxies.contain("10.1.2.3"));
  CHECK_FALSE(plan->listeners[0].proxies.contain("192.0.2.7"));
}

TEST_CASE("site maker: without a file the site trusts whom the command line trusts") {
  CHECK_FALSE(make_plan(EdgeSettings(), ExchangeSettings())->sites.front().trusted.has_value());
}

TEST_CASE("site maker: clients stay with a member as the route says, and the site knows every cookie") {
  const auto plan = plan_of(plain("", "sticky_sessions = true\n") + route_text("/a", "backend", "") +
                            route_text("/f", "backend", "sticky_sessions = \"header:X-User\"\n") +
                            route_text("/i", "backend", "sticky_sessions = \"address\"\nbalance = \"weighted\"\n"));
  CHECK(main_route(*plan).sticky == StickyRule{StickyRule::By::cookie, "ZRAFF", "; HttpOnly; SameSite=Lax", false});
  CHECK(!main_route(*plan, "/a").sticky);
  CHECK(plan->sites.front().own_cookies == std::vector<std::string>{"ZRAFF"});
  CHECK(main_route(*plan, "/f").sticky->name == "x-user");
  CHECK(pool_of(*plan, main_route(*plan, "/f")).balance == BalanceMethod::hash);
  CHECK(pool_of(*plan, main_route(*plan, "/f")).hash_field == "x-user");
  CHECK(pool_of(*plan, main_route(*plan, "/i")).balance == BalanceMethod::ip_hash);
}

TEST_CASE("site maker: the secret of cookies is a file of at least 32 bytes") {
  const std::string text = "[requests]\nsticky_key_file = \"k\"\n" + plain();
  CHECK(plan_of(text, {{"dir/k", std::string(32, 'x') + "\r\n"}})->sticky_key == std::string(32, 'x'));
  CHECK(errors_of(text, {{"dir/k", std::string(31, 'x') + "\n"}}) ==
        "sticky_key_file: dir/k: has 31 bytes; wants at least 32\n");
  CHECK(errors_of(text) == "sticky_key_file: 'dir/k' cannot be read\n");
}

}  // namespace zeroway
