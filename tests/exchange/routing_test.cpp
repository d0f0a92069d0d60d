// What a file's routes do with requests and replies.
#include "router/exchange/routing.h"

#include <doctest/doctest.h>

#include "router/exchange/challenges.h"
#include "tests/exchange/site_script.h"

namespace zeroway {

namespace {

constexpr const char* kUrl = "http://127.0.0.1:3001";

const std::string kLogging = "[logging]\naccess_log = \"log\"\nformat = \"common\"\n";

std::string routes(const std::string& more, const std::string& in_site = "", const std::string& in_proxy = "") {
  return site_text(in_site) + proxy_text() + in_proxy + server_text("backend", kUrl) + more;
}

std::string headers(const std::string& rules) { return "[sites.proxy.headers]\n" + rules + "\n"; }

// A site whose only route takes everything, with these rules.
std::string ruled(const std::string& rules, const std::string& in_site = "") {
  return routes(route_text("/", "backend"), in_site, headers(rules));
}

struct UnreadyBackend final : Backend {
  BackendStream open(const BackendRequest&, ReplyTo) override { return {this, 1}; }
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode) override {}
  void credit(StreamKey, std::uint32_t) override {}
  [[nodiscard]] bool is_ready() const override { return false; }
};

constexpr const char* kSecure =
    "[[sites]]\nname = \"secure\"\nhostname = \"example.com\"\nport = 8443\n[sites.ssl]\nenabled = true\ncert_file = "
    "\"a.crt\"\nkey_file = \"a.key\"\n";

}  // namespace

// --- paths

TEST_CASE("routing: the path is made canonical once, and the query is never touched (RFC 3986 §6.2.2)") {
  SiteScript s(routes(route_text("/", "backend")));
  CHECK(s.path_for_backend("/a/%7Eb/./c/../d?q=%7e/../.") == "/a/~b/d?q=%7e/../.");
  CHECK(s.path_for_backend("/a//b") == "/a//b");
  CHECK(s.path_for_backend("/%e4?") == "/%E4?");
  CHECK(s.path_for_backend("*") == "*");
}

TEST_CASE("routing: a path that has no canonical form is the client's fault, and no backend sees it") {
  SiteScript s(routes(route_text("/", "backend")));
  for (const char* path : {"/..", "/a/%2e%2e/%2E./b", "/%00", "/%zz", "/a#b"}) {
    CHECK_MESSAGE(s.status(path) == 400, path);
    CHECK(s.backend.streams == 0);
  }
}

TEST_CASE("routing: the route is that of the canonical path, so no spelling leads around a route") {
  SiteScript s(routes(route_text("/public", "backend") + redirect_text("/admin", "/login"), "fabric = false\n"));
  for (const char* path : {"/admin", "/public/../admin", "/public/%2e%2e/admin/x", "/%61dmin", "/./admin?x"})
    CHECK_MESSAGE(s.status(path) == 301, path);
  CHECK(s.path_for_backend("/public/%2e%2e/public/x") == "/public/x");
}

TEST_CASE("routing: strip_prefix takes the route's path off, and keeps one slash and the query") {
  SiteScript s(routes(route_text("/admin/", "backend", "strip_prefix = true\n")));
  CHECK(s.path_for_backend("/admin/x?y") == "/x?y");
  CHECK(s.path_for_backend("/admin/") == "/");
  CHECK(s.path_for_backend("/admin") == "/");
  CHECK(s.path_for_backend("/admin?x") == "/?x");
  CHECK(s.path_for_backend("/admin//evil.test/x") == "/evil.test/x");
  CHECK(s.path_for_backend("/admin/b/../c") == "/c");
  CHECK(s.path_for_backend("/a/../admin/./%64") == "/d");
}

TEST_CASE("routing: strip_prefix understands a path that the file does not write in its canonical form") {
  SiteScript s(routes(route_text("/%61dmin/./", "backend", "strip_prefix = true\n")));
  CHECK(s.path_for_backend("/admin/x") == "/x");
}

TEST_CASE("routing: the backend is told the prefix that was taken off, behind that of a trusted proxy") {
  SiteScript s(routes(route_text("/admin/", "backend", "strip_prefix = true\n") + route_text("/", "backend")));
  s.get("/admin/x", {{"x-forwarded-prefix", "/evil"}}).cancel();
  CHECK(s.sent("x-forwarded-prefix") == "/admin|");
  s.get("/x").cancel();
  CHECK(s.sent("x-forwarded-prefix") == "");
  SiteScript trusting(
      routes(route_text("/admin/", "backend", "strip_prefix = true\n"), "trusted_proxies = [\"192.0.2.0/24\"]\n"));
  trusting.get("/admin/x", {{"x-forwarded-prefix", "/outer/"}}).cancel();
  CHECK(trusting.sent("x-forwarded-prefix") == "/outer/admin|");
}

TEST_CASE("routing: Location gets the prefix again that was taken off, and cookies only where the route says so") {
  SiteScript s(routes(route_text("/admin/", "backend", "strip_prefix = true\n") +
                      route_text("/both", "backend", "strip_prefix = true\nrewrite_cookie_path = true\n") +
                      route_text("/off", "backend", "strip_prefix = true\nrewrite_location = false\n") +
                      route_text("/kept", "backend")));
  const Head answer{{"location", "/login"}, {"set-cookie", "a=1; Path=/"}};
  s.get("/admin/x").reply("302", Last::yes, answer);
  CHECK(s.told("location") == "/admin/login|");
  CHECK(s.told("set-cookie") == "a=1; Path=/|");
  s.get("/both/x").reply("302", Last::yes, answer);
  CHECK(s.told("location") == "/both/login|");
  CHECK(s.told("set-cookie") == "a=1; Path=/both|");
  for (const char* path : {"/off/x", "/kept/x"}) {
    s.get(path).reply("302", Last::yes, answer);
    CHECK(s.told("location") == "/login|");
  }
  s.get("/admin/x").reply("302", Last::yes, {{"location", "http://example.com/login"}});
  CHECK(s.told("location") == "http://example.com/admin/login|");
  s.get("/admin/x").reply("302", Last::yes, {{"location", "http://other.test/login"}});
  CHECK(s.told("location") == "http://other.test/login|");
}

TEST_CASE("routing: rewrite_target replaces the whole path and keeps the query") {
  SiteScript s(routes(route_text("/old", "backend", "rewrite_target = \"/v2/new\"\n") +
                      route_text("/home", "backend", "rewrite_target = \"/\"\n")));
  CHECK(s.path_for_backend("/old/x?y=1?z") == "/v2/new?y=1?z");
  CHECK(s.path_for_backend("/old") == "/v2/new");
  CHECK(s.path_for_backend("/home/x") == "/");
}

TEST_CASE("routing: a route refuses or passes encoded slashes as it says, and never decodes them") {
  SiteScript s(routes(route_text("/no", "backend", "encoded_slashes = \"refuse\"\n") +
                      route_text("/yes", "backend", "encoded_slashes = \"pass\"\n")));
  for (const char* rest : {"/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b"})
    CHECK_MESSAGE(s.status("/no" + std::string(rest)) == 400, rest);
  CHECK(s.backend.streams == 0);
  CHECK(s.path_for_backend("/yes/a%2fb") == "/yes/a%2Fb");
  CHECK(s.path_for_backend("/yes/a\\b") == "/yes/a%5Cb");
  CHECK(s.path_for_backend("/no/a?b=%2f") == "/no/a?b=%2f");
}

TEST_CASE("routing: without a file a path is forwarded as it came") {
  Script s;
  CHECK(s.ask("GET", "/a/../%7e//b?c").heard() == "b1 open GET /a/../%7e//b?c last · b1 end");
}

TEST_CASE("routing: the access log has the path that the client asked for, not the backend's") {
  SiteScript s(kLogging + routes(route_text("/admin", "backend", "strip_prefix = true\n")));
  s.get("/admin/x?y").accept().reply("200", Last::yes);
  const std::string text = s.logs.text();
  CHECK_MESSAGE(text.find("GET /admin/x?y HTTP") != std::string::npos, text);
}

// --- who answers

TEST_CASE("routing: a method that the route does not take is 405 with Allow (RFC 9110 §15.5.6)") {
  SiteScript s(routes(route_text("/", "backend", "methods = [\"GET\", \"PUT\"]\n")));
  CHECK(s.status("/x", {{":method", "DELETE"}}) == 405);
  CHECK(s.told("allow") == "GET, HEAD, PUT|");
  CHECK(s.status("/x", {{":method", "PUT"}}) == 0);
}

TEST_CASE("routing: a host that no site has is 421 where the site is strict, without the site's fields") {
  SiteScript s(routes(route_text("/", "backend"), "strict_host = true\nheaders = { \"X-Site\" = \"main\" }\n"));
  CHECK(s.status("/", {{":authority", "other.test"}}) == 421);
  CHECK(s.told("x-site") == "");
  CHECK(s.status("/", {{":authority", "EXAMPLE.com:8080"}}) == 0);
}

TEST_CASE("routing: a WebSocket on a route without websocket = true is refused, and other requests are not") {
  SiteScript s(routes(route_text("/plain", "backend") + route_text("/ws", "backend", "websocket = true\n")));
  const Head opening{{":method", "CONNECT"}, {":protocol", "websocket"}};
  CHECK(s.status("/plain", opening, Kind::web_socket) == 400);
  CHECK(s.backend.streams == 0);
  CHECK(s.status("/ws", opening, Kind::web_socket) == 0);
  CHECK(s.status("/ws") == 0);
  CHECK(s.status("/plain") == 0);
  CHECK(s.backend.streams == 3);
}

// --- own answers

TEST_CASE("own answers: health is JSON that no cache keeps, also when a route has everything") {
  SiteScript s(routes(route_text("/", "backend")));
  CHECK(s.status("/api/health") == 200);
  CHECK(s.told("content-type") == "application/json|");
  CHECK(s.told("cache-control") == "no-store|");
  CHECK(s.told("content-length") == std::to_string(s.client.body.size()) + "|");
  CHECK(s.client.body.starts_with(
      R"({"status":"ok","timestamp":"1994-11-06T08:49:37Z","service":"zeroway","version":")"));
  CHECK(s.status("/api/health", {{":method", "HEAD"}}) == 200);
  CHECK(s.client.body.empty());
  CHECK(s.status("/api/health", {{":method", "POST"}}) == 405);
  CHECK(s.told("allow") == "GET, HEAD|");
  CHECK(s.backend.streams == 0);
}

TEST_CASE("own answers: the router is ready when each backend that the file names is; it lives in any case") {
  const std::string text = routes(route_text("/", "backend"));
  SiteScript good(text);
  CHECK(good.status("/api/health/ready") == 200);
  SiteScript s(text);
  const auto plan = plan_of(text);
  std::vector<std::shared_ptr<Backend>> backends;
  for (std::size_t index = 0; index < plan->backends.size(); ++index)
    backends.push_back(std::make_shared<UnreadyBackend>());
  s.route.plan.use(plan, std::move(backends));
  s.route.listener = s.route.plan.listen(0);
  CHECK(s.status("/api/health/ready") == 503);
  CHECK(s.client.body.starts_with(R"({"status":"unavailable",)"));
  CHECK(s.status("/api/health/detailed") == 200);
  CHECK(s.client.body.find(R"("backends":[{"ready":false}])") != std::string::npos);
  CHECK(s.status("/api/health/live") == 200);
  CHECK(s.status("/api/health") == 200);
}

TEST_CASE("own answers: the token of an open challenge is answered before every rule, other tokens are not") {
  struct OneToken final : ChallengeAnswers {
    [[nodiscard]] std::optional<std::string> find(std::string_view host, std::string_view token,
                                                  const std::string& folder) const override {
      return host == "example.com" && token == "tok" ? std::optional("tok.thumb" + folder) : std::nullopt;
    }
  } answers;
  SiteScript s(site_text("redirect_to_https = true\n") + kSecure);
  s.exchanges.answer_challenges(answers);
  CHECK(s.status("/.well-known/acme-challenge/tok") == 200);
  for (const char* path : {"/.well-known/acme-challenge/other", "/.well-known/acme-challenge/tok?x",
                           "/.well-known/acme-challenge/../acme-challenge/tok", "/.well-known/acme-challenge/"})
    CHECK_MESSAGE(s.status(path) == 301, path);
}

TEST_CASE("own answers: a redirect has its status and the query, and a path that its pattern does not match is 404") {
  SiteScript s(routes(redirect_text("/old/", "/new/$1", "pattern = \"^/old/(.+)$\"\nstatus = 308\n")));
  CHECK(s.status("/old/x?y") == 308);
  CHECK(s.told("location") == "/new/x?y|");
  CHECK(s.status("/old/", {{":method", "POST"}}) == 404);
  CHECK(s.backend.streams == 0);
}

TEST_CASE("own answers: a redirect's target may hold variables of the request") {
  SiteScript s(routes(redirect_text("/old/", "$scheme://$host/new$path?id=$request_id&by=$remote_addr")));
  CHECK(s.status("/old/x", {{":authority", "Example.com:8080"}}) == 301);
  const std::string told = s.told("location");
  CHECK(told.starts_with("http://example.com/new/old/x?id="));
  CHECK(told.ends_with("&by=192.0.2.1|"));
  CHECK(told.find("id=&") == std::string::npos);
}

TEST_CASE("own answers: no path makes a redirect that leaves the site") {
  SiteScript s(routes(redirect_text("/old/", "/$1", "pattern = \"^/old/(.*)$\"\n")));
  for (const char* path : {"/old//evil.test", "/old/%2Fevil.test", "/old/\\evil.test", "/old/%5C%5Cevil.test"}) {
    if (s.status(path) != 301) continue;
    const std::string location = s.told("location");
    CHECK_MESSAGE(location.find_first_of("/\\", 1) != 1, location);
  }
}

TEST_CASE("own answers: https is the same host and path at the https site's port, 308 for other methods than GET") {
  SiteScript s(site_text("redirect_to_https = true\n") + kSecure);
  CHECK(s.status("/a?b") == 301);
  CHECK(s.told("location") == "https://example.com:8443/a?b|");
  CHECK(s.status("/a", {{":method", "HEAD"}, {":authority", "Example.com:8080"}}) == 301);
  CHECK(s.told("location") == "https://example.com:8443/a|");
  CHECK(s.status("/a", {{":method", "POST"}}) == 308);
  CHECK(s.status("/a", {{":authority", "[::1]:8080"}}) == 301);
  CHECK(s.told("location") == "https://[::1]:8443/a|");
  CHECK(s.status("/api/health") == 301);
}

TEST_CASE("own answers: a request without a host cannot be sent to https, and OPTIONS * is sent to the host alone") {
  SiteScript s(site_text("redirect_to_https = true\n") + kSecure);
  CHECK(s.status("/a", {{":authority", ""}}) == 400);
  CHECK(s.status("*", {{":method", "OPTIONS"}}) == 308);
  CHECK(s.told("location") == "https://example.com:8443|");
}

TEST_CASE("own answers: no redirect to https when a trusted proxy has taken the TLS off, and none else is believed") {
  const Head forwarded{{"x-forwarded-proto", "https"}};
  const std::string site =
      site_text("redirect_to_https = true\nfabric = false\ntrusted_proxies = [\"192.0.2.0/24\"]\n");
  SiteScript s(site + kSecure);
  CHECK(s.status("/a", forwarded) == 404);
  CHECK(s.status("/api/health", forwarded) == 200);
  CHECK(s.status("/a", {{"forwarded", "for=203.0.113.9;proto=https"}}) == 404);
  CHECK(s.status("/a", {{"x-forwarded-proto", "http"}}) == 301);
  CHECK(s.status("/a") == 301);
  s.info.address = "203.0.113.9";
  CHECK(s.status("/a", forwarded) == 301);
}

// --- client certificates

namespace {

// The first site takes every client; "closed.test" wants certificates of one authority.
std::string with_closed(const std::string& client_auth, const std::string& in_route = "") {
  const std::string secure = "[sites.ssl]\nenabled = true\ncert_file = \"a.crt\"\nkey_file = \"a.key\"\n";
  return site_text("fabric = false\n") + secure +
         "[[sites]]\nname = \"closed\"\nhostname = \"closed.test\"\nport = 8080\nfabric = false\n" + secure +
         "client_ca = \"ca.crt\"\nclient_auth = \"" + client_auth + "\"\n" + proxy_text() +
         server_text("backend", kUrl) + route_text("/", "backend") + route_text("/admin", "backend", in_route);
}

constexpr const char* kAuthorities = "dir/ca.crt\n";

}  // namespace

TEST_CASE("client certificates: 421 where the handshake's site did not ask for what the request's site wants") {
  const Head closed{{":authority", "closed.test"}};
  for (const char* client_auth : {"require", "optional"}) {
    CAPTURE(client_auth);
    SiteScript s(with_closed(client_auth));
    s.info.is_tls = true;
    CHECK(s.status("/", closed) == 421);
    CHECK(s.status("/api/health", closed) == 421);  // nothing of the site is told
    CHECK(s.status("/", {{":authority", "CLOSED.test.:8080"}}) == 421);
    s.info.client_authorities = "dir/other.crt\n";
    s.info.has_certificate = true;
    CHECK(s.status("/", closed) == 421);
    s.info.client_authorities = kAuthorities;
    CHECK(s.status("/", closed) == 0);
    s.info.has_certificate = false;
    CHECK(s.status("/", closed) == (s.info.has_certificate || client_auth == std::string("optional") ? 0 : 421));
  }
}

TEST_CASE("client certificates: a site without them is served on every connection, as browsers share connections") {
  SiteScript s(with_closed("require"));
  s.info.is_tls = true;
  for (const char* authorities : {"", kAuthorities}) {
    s.info.client_authorities = authorities;
    CHECK(s.status("/") == 404);
    CHECK(s.status("/api/health") == 200);
  }
}

TEST_CASE("client certificates: a route asks for one with 403, whatever spelling the path has") {
  SiteScript s(with_closed("optional", "client_certificate = true\n"));
  s.info.is_tls = true;
  s.info.client_authorities = kAuthorities;
  const auto status = [&](std::string_view path, const Head& more = {}) {
    Head head{{":authority", "closed.test"}};
    for (const Field field : more) head.set(field.name, field.value);
    return s.status(path, head);
  };
  for (const char* path : {"/admin", "/admin/x", "/x/../admin", "/%61dmin", "/./admin?a"}) CHECK(status(path) == 403);
  CHECK(status("/admin", {{"x-client-cert-subject", "CN=ann"}}) == 403);
  CHECK(status("/administrator") == 0);
  s.info.has_certificate = true;
  CHECK(status("/admin") == 0);
}

// --- fields

TEST_CASE("routing: a field's variables are those of the client's request") {
  SiteScript s(routes(route_text("/a", "backend", "strip_prefix = true\n"), "",
                      headers("request_set = { \"X-All\" = \"$remote_addr $host $scheme $method $path $query $site "
                              "$upstream\" }\nresponse_set = { \"X-Path\" = \"$path?$query\" }")));
  s.get("/a/%7Eb?c=d", {{"x-all", "mine"}, {"x-all", "again"}});
  CHECK(s.sent("x-all") == "192.0.2.1 example.com http GET /a/~b c=d main backend|");
  CHECK(s.backend.seen.path() == "/~b?c=d");
  s.reply("200", Last::yes, {{"x-path", "theirs"}});
  CHECK(s.told("x-path") == "/a/~b?c=d|");
}

TEST_CASE("routing: add, set and remove change requests and replies of the route") {
  SiteScript s(
      ruled("add = { \"X-API-Gateway\" = \"g\" }\nremove = [\"X-Powered-By\"]\nresponse_remove = [\"Server\"]\n"
            "request_add = { \"X-More\" = \"2\" }\nrequest_remove = [\"Cookie\"]"));
  s.get("/", {{"cookie", "a"}, {"x-more", "1"}, {"x-powered-by", "b"}});
  CHECK(s.sent("x-api-gateway") == "g|");
  CHECK(s.sent("cookie") == "");
  CHECK(s.sent("x-more") == "1|2|");
  CHECK(s.sent("x-powered-by") == "");
  s.reply("200", Last::yes, {{"server", "theirs"}, {"x-powered-by", "b"}, {"set-cookie", "1"}, {"set-cookie", "2"}});
  CHECK(s.told("x-api-gateway") == "g|");
  CHECK(s.told("server") == "");
  CHECK(s.told("x-powered-by") == "");
  CHECK(s.told("set-cookie") == "1|2|");
}

TEST_CASE("routing: an automatic request id is new for each request, and the same on both sides") {
  SiteScript s(ruled("add = { \"X-Request-ID\" = \"auto\" }"));
  std::string before;
  for (int request = 0; request < 3; ++request) {
    s.get("/");
    const std::string id = s.sent("x-request-id");
    CHECK(id.size() == 33);
    CHECK(id.find_first_not_of("0123456789abcdef|") == std::string::npos);
    CHECK(id != before);
    s.reply("200", Last::yes, {{"x-request-id", "theirs"}});
    CHECK(s.told("x-request-id") == id);
    before = id;
  }
}

TEST_CASE("routing: the request id of a trusted proxy is kept, unless it is empty, too long or no text") {
  SiteScript s(ruled("add = { \"X-Request-ID\" = \"auto\" }", "trusted_proxies = [\"192.0.2.0/24\"]\n"));
  s.get("/", {{"x-request-id", "mine-1"}});
  CHECK(s.sent("x-request-id") == "mine-1|");
  s.reply("200", Last::yes);
  CHECK(s.told("x-request-id") == "mine-1|");
  for (const std::string& id : {std::string(), std::string(129, 'x'), std::string("a b"), std::string("\xc3\xbc")}) {
    s.get("/", {{"x-request-id", id}});
    CHECK(s.sent("x-request-id").size() == 33);
    s.cancel();
  }
  s.get("/", {{"x-request-id", std::string(128, 'x')}});
  CHECK(s.sent("x-request-id") == std::string(128, 'x') + "|");
}

TEST_CASE("routing: the site's fields are on all replies, and security fields never replace a backend's") {
  SiteScript s("[security.security_headers]\n\"X-Frame-Options\" = \"DENY\"\n" +
               routes(route_text("/a", "backend"), "fabric = false\nheaders = { \"X-Site\" = \"$site\" }\n"));
  s.get("/a").reply("200", Last::yes, {{"x-frame-options", "SAMEORIGIN"}, {"x-site", "theirs"}});
  CHECK(s.told("x-frame-options") == "SAMEORIGIN|");
  CHECK(s.told("x-site") == "main|");
  s.get("/a").reply("200", Last::yes);
  CHECK(s.told("x-frame-options") == "DENY|");
  CHECK(s.status("/nobody") == 404);
  CHECK(s.told("x-site") == "main|");
  CHECK(s.told("x-frame-options") == "DENY|");
}

TEST_CASE("routing: requests that are refused before they have a route get the site's fields and pages, too") {
  SiteScript s(
      routes(route_text("/", "backend"), "headers = { \"X-Site\" = \"main\" }\nerror_pages = { 400 = \"400.html\" }\n"),
      {{"dir/400.html", "not so"}});
  CHECK(s.status("/..") == 400);
  CHECK(s.told("x-site") == "main|");
  CHECK(s.client.body == "not so");
  CHECK(s.status("/", {{":method", "TRACE"}, {"max-forwards", "x"}}) == 400);
  CHECK(s.told("x-site") == "main|");
  s.client.body.clear();
  Head head{{":method", "GET"}, {":path", "/"}};
  s.exchanges.refuse(s.client, s.info, head, Code::bad_request, s.clock.time);
  CHECK(s.told("x-site") == "main|");
  CHECK(s.client.body == "not so");
}

// --- error pages

TEST_CASE("routing: a site's error page replaces the router's, not a backend's") {
  const NamedFiles files{{"dir/404.html", "<p>not here</p>"}, {"dir/sorry.json", "{}"}};
  SiteScript s(routes(route_text("/a", "backend"),
                      "fabric = false\nerror_pages = { 404 = \"404.html\", 5xx = \"sorry.json\" }\n"),
               files);
  CHECK(s.status("/nobody") == 404);
  CHECK(s.client.body == "<p>not here</p>");
  CHECK(s.told("content-type") == "text/html; charset=utf-8|");
  CHECK(s.told("content-length") == "15|");
  CHECK(s.status("/nobody", {{":method", "HEAD"}}) == 404);
  CHECK(s.told("content-length") == "15|");
  CHECK(s.client.body.empty());
  s.get("/a").fail(no_backend());
  CHECK(s.client.seen.status() == 503);
  CHECK(s.client.body == "{}");
  CHECK(s.told("content-type") == "application/json|");
  s.client.body.clear();
  s.get("/a").reply("404").reply_data(3).reply_end();
  CHECK(s.client.body == "yyy");
}

TEST_CASE("routing: with intercept_errors a page replaces a backend's body, and the rest of its reply stays") {
  const NamedFiles files{{"dir/sorry.html", "<p>sorry</p>"}};
  SiteScript s(routes(route_text("/a", "backend") + route_text("/own", "backend", "intercept_errors = false\n"),
                      "error_pages = { 401 = \"sorry.html\", 5xx = \"sorry.html\" }\n", "intercept_errors = true\n"),
               files);
  const Head more{{"www-authenticate", "Basic"},  {"set-cookie", "a=1"},        {"content-type", "text/x"},
                  {"content-encoding", "gzip"},   {"content-length", "3"},      {"etag", "\"1\""},
                  {"last-modified", "yesterday"}, {"cache-control", "no-store"}};
  s.get("/a").accept().reply("401", Last::no, more).reply_data(3);
  CHECK(s.heard().ends_with("b1 reset 0 · c head 401 · c data 12 · c end"));
  CHECK(s.client.body == "<p>sorry</p>");
  CHECK(s.told("www-authenticate") == "Basic|");
  CHECK(s.told("set-cookie") == "a=1|");
  CHECK(s.told("cache-control") == "no-store|");
  CHECK(s.told("content-type") == "text/html; charset=utf-8|");
  CHECK(s.told("content-length") == "12|");
  for (const char* name : {"content-encoding", "etag", "last-modified"}) CHECK(s.told(name).empty());

  s.client.body.clear();
  s.get("/a", {{":method", "HEAD"}}).accept().reply("503", Last::yes, {{"retry-after", "7"}});
  CHECK(s.client.seen.status() == 503);
  CHECK(s.told("retry-after") == "7|");
  CHECK(s.told("content-length") == "12|");
  CHECK(s.client.body.empty());
  CHECK(s.is_over());

  for (const auto& one : {std::pair{"/a", "404"}, std::pair{"/a", "200"}, std::pair{"/own", "500"}}) {
    s.client.body.clear();
    s.get(one.first).accept().reply(one.second).reply_data(3).reply_end();
    CHECK_MESSAGE(s.client.body == "yyy", one.first);
  }
}

TEST_CASE("routing: a site's security fields stand in the place of all sites', also when there are none") {
  const std::string all = "[security]\nsecurity_headers = { \"X-Frame-Options\" = \"DENY\", \"X-All\" = \"1\" }\n";
  SiteScript own(all +
                 routes(route_text("/", "backend"), "security_headers = { \"X-Frame-Options\" = \"SAMEORIGIN\" }\n"));
  own.get("/").accept().reply("200", Last::yes);
  CHECK(own.told("x-frame-options") == "SAMEORIGIN|");
  CHECK(own.told("x-all").empty());
  own.get("/").accept().reply("200", Last::yes, {{"x-frame-options", "backend's"}});
  CHECK(own.told("x-frame-options") == "backend's|");

  SiteScript none(all + routes(route_text("/", "backend"), "security_headers = {}\n"));
  none.get("/").fail(no_backend());
  CHECK(none.client.seen.status() == 503);
  CHECK(none.told("x-frame-options").empty());
  CHECK(none.told("x-content-type-options").empty());
}

// --- trusted proxies

TEST_CASE("routing: a site's trusted proxies are believed by that site only") {
  const std::string trusting = routes(route_text("/", "backend"), "trusted_proxies = [\"192.0.2.0/24\"]\n",
                                      headers("request_set = { \"X-Client\" = \"$remote_addr\" }\nresponse_set = { "
                                              "\"X-Client\" = \"$remote_addr\" }"));
  SiteScript s(trusting + "[[sites]]\nname = \"b\"\nhostname = \"b.test\"\nport = 8080\n");
  const Head told{{"x-forwarded-for", "203.0.113.9"}, {"x-forwarded-proto", "https"}};
  s.get("/", told);
  CHECK(s.sent("x-forwarded-for") == "203.0.113.9, 192.0.2.1|");
  CHECK(s.sent("x-forwarded-proto") == "https|");
  CHECK(s.sent("x-client") == "203.0.113.9|");
  s.reply("200", Last::yes);
  CHECK(s.told("x-client") == "203.0.113.9|");
  Head other = told;
  other.add(":authority", "b.test");
  s.get("/", other);
  CHECK(s.sent("x-forwarded-for") == "192.0.2.1|");
  CHECK(s.sent("x-forwarded-proto") == "http|");
  s.cancel();
}

TEST_CASE("routing: the access log names the client that a site's proxy tells of") {
  SiteScript s(kLogging + routes(route_text("/", "backend"), "trusted_proxies = [\"192.0.2.1\"]\n"));
  s.get("/", {{"x-forwarded-for", "203.0.113.9"}}).accept().reply("200", Last::yes);
  const std::string text = s.logs.text();
  CHECK_MESSAGE(text.starts_with("203.0.113.9 "), text);
}

}  // namespace zeroway
