// What goes around handlers, and answers for them: guards, middleware, hooks for errors, CORS.
#include <doctest/doctest.h>

#include "worker-sdk/src/handlers/path_prefix.h"
#include "zeroway/testing.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

struct Logged : Worker {
  Logged() : Worker(options_for(lines)) {}
  static WorkerOptions options_for(std::vector<std::string>& log) {
    WorkerOptions options;
    options.threads = 1;
    options.log = [&log](std::string_view line) { log.emplace_back(line); };
    return options;
  }
  inline static std::vector<std::string> lines;
};

void say(Request&, Reply& reply) { reply.send("handled"); }
Task<void> say_later(AsyncRequest& request, AsyncReply& reply) {
  co_await request.sleep(1s);
  reply.send("handled");
}

// One handler of each kind below /a.
void add_all_kinds(Worker& worker) {
  worker.handle("GET", "/a/pool", say);
  worker.handle_inline("GET", "/a/inline", say);
  worker.handle_async("GET", "/a/async", say_later);
}

constexpr std::array kPaths{"/a/pool", "/a/inline", "/a/async"};

// Appends its name to a field before and behind.
Around around(const std::string& name) {
  return [name](Request&, Reply& reply, const Next& next) {
    reply.field("x-order", name);
    next();
  };
}
AsyncAround async_around(const std::string& name) {
  return [name](AsyncRequest&, AsyncReply& reply, const AsyncNext& next) -> Task<void> {
    reply.field("x-order", name);
    co_await next();
  };
}

std::string orders(const TestReply& reply) {
  std::string all;
  for (const auto& [name, value] : reply.fields)
    if (name == "x-order") all += value;
  return all;
}

}  // namespace

TEST_CASE("prefix: a path is below it by whole segments, decoded") {
  CHECK(checked_prefix("/") == "");
  CHECK(checked_prefix("/a/b/") == "/a/b");
  for (const char* prefix : {"", "a", "/a*", "/{x}", "/a?b", "/%61", "/a b", "/#"}) {
    CAPTURE(prefix);
    CHECK_THROWS_AS((void)checked_prefix(prefix), std::invalid_argument);
  }
  for (const char* path : {"/a/b", "/a/b/", "/a/b/c", "/%61/b", "/a/%62/c"}) CHECK(is_below(path, "/a/b"));
  for (const char* path : {"/a", "/a/", "/a/bc", "/ab/b", "/a%2Fb", "*", "", "/x/a/b"}) {
    CAPTURE(path);
    CHECK_FALSE(is_below(path, "/a/b"));
  }
  for (const char* path : {"/", "/x", "*", ""}) CHECK(is_below(path, ""));
  for (const char* pattern : {"/a/b", "/a/b/{x}", "/{x}/b", "/{x}/{y}/z", "/*", "/a/*", "/a/b/*"})
    CHECK(may_be_below(pattern, "/a/b"));
  for (const char* pattern : {"/", "/a", "/{x}", "/a/c", "/c/*", "/{x}/c"}) {
    CAPTURE(pattern);
    CHECK_FALSE(may_be_below(pattern, "/a/b"));
  }
}

TEST_CASE("use: a guard lets pass, answers, or throws, before handlers of every kind") {
  Logged worker;
  add_all_kinds(worker);
  worker.websocket("/a/socket", [](WebSocket& socket) -> Task<void> {
    socket.accept();
    co_return;
  });
  worker.use("/a", [](RequestBase& request, ReplyBase& reply) {
    const auto token = request.field("x-token").value_or("");
    if (token == "stop") throw StatusError(403, "no");
    if (token != "go") reply.status(401).field("www-authenticate", "Test").send("who?");
    if (!reply.has_ended()) reply.field("x-guard", "passed");
  });
  worker.handle_inline("GET", "/open", say);
  TestClient client(worker);
  for (const char* path : kPaths) {
    CAPTURE(path);
    const TestReply passed = client.get(path, {{"x-token", "go"}});
    CHECK(passed.body == "handled");
    CHECK(passed.field("x-guard") == "passed");
    const TestReply stopped = client.get(path);
    CHECK(stopped.status == 401);
    CHECK(stopped.field("www-authenticate") == "Test");
    CHECK(stopped.body == "who?");
    CHECK(client.get(path, {{"x-token", "stop"}}).status == 403);
  }
  TestWebSocket socket = client.websocket("/a/socket", {{"x-token", "go"}});
  CHECK(socket.is_accepted());
  CHECK(socket.field("x-guard") == "passed");
  CHECK(client.websocket("/a/socket").refusal().status == 401);
  CHECK(client.websocket("/a/socket", {{"x-token", "stop"}}).refusal().status == 403);
  CHECK(client.get("/open").body == "handled");
  CHECK(client.in_hand() == 0);
}

TEST_CASE("use: a guard cannot be gone around by another spelling of the path, or by a catch-all") {
  Logged worker;
  worker.use("/admin", [](RequestBase&, ReplyBase& reply) { reply.status(401).send(""); });
  worker.handle_inline("GET", "/*", say);
  worker.handle_inline("GET", "/{one}/{two}", say);
  TestClient client(worker);
  for (const char* path : {"/admin", "/admin/", "/admin/x", "/%61dmin/x", "/%61%64min/a/b", "/admin?x"}) {
    CAPTURE(path);
    CHECK(client.get(path).status == 401);
  }
  for (const char* path : {"/", "/administrator", "/x/admin", "/adm%2Fin"}) CHECK(client.get(path).status == 200);
}

TEST_CASE("use: what is registered first is outermost, before and behind handlers of every kind") {
  Logged worker;
  worker.use("/a", around("1"), async_around("1"));
  add_all_kinds(worker);
  worker.use("/", [](RequestBase&, ReplyBase& reply) { reply.field("x-order", "2"); });
  worker.use("/a", around("3"), async_around("3"));
  worker.use("/b", around("4"));
  TestClient client(worker);
  for (const char* path : kPaths) {
    CAPTURE(path);
    CHECK(orders(client.get(path)) == "123");
  }
}

TEST_CASE("use: around a handler it sees its end and its exceptions, and may answer instead of it") {
  Logged worker;
  std::string seen;
  const auto watch = [&](std::exception_ptr error) { seen += error ? "failed " : "ended "; };
  worker.use(
      "/",
      [&](Request& request, Reply& reply, const Next& next) {
        if (request.query("skip")) return reply.send("skipped");
        try {
          next();
          watch({});
        } catch (...) {
          watch(std::current_exception());
          throw;
        }
      },
      [&](AsyncRequest& request, AsyncReply& reply, const AsyncNext& next) -> Task<void> {
        if (request.query("skip")) {
          reply.send("skipped");
          co_return;
        }
        std::exception_ptr error;
        try {
          co_await next();
        } catch (...) {
          error = std::current_exception();
        }
        watch(error);
        if (error) std::rethrow_exception(error);
      });
  worker.handle_inline("GET", "/sync/{fail}", [](Request& request, Reply& reply) {
    if (request.param("fail") == "yes") throw StatusError(409, "conflict");
    reply.send("handled");
  });
  worker.handle_async("GET", "/async/{fail}", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
    co_await request.sleep(1s);
    if (request.param("fail") == "yes") throw StatusError(409, "conflict");
    reply.send("handled");
  });
  TestClient client(worker);
  for (const std::string path : {"/sync/", "/async/"}) {
    seen.clear();
    CHECK(client.get(path + "no").body == "handled");
    CHECK(client.get(path + "yes").status == 409);
    CHECK(client.get(path + "no?skip").body == "skipped");
    CHECK(seen == "ended failed ");
  }
}

TEST_CASE("use: next() is called once at most") {
  Logged worker;
  worker.use(
      "/",
      [](Request&, Reply&, const Next& next) {
        next();
        next();
      },
      [](AsyncRequest&, AsyncReply&, const AsyncNext& next) -> Task<void> {
        co_await next();
        co_await next();
      });
  worker.handle_inline("GET", "/i", [](Request&, Reply& reply) { reply.write("x"); });
  worker.handle_async("GET", "/a", [](AsyncRequest&, AsyncReply& reply) -> Task<void> { co_await reply.write("x"); });
  TestClient client(worker);
  CHECK(client.get("/i").is_broken);
  CHECK(client.get("/a").is_broken);
  CHECK(Logged::lines.back().ends_with("next() was called a second time"));
}

TEST_CASE("use: what cannot go around a handler is refused, whichever comes first") {
  Logged first;
  first.handle_async("GET", "/a/{x}", say_later);
  CHECK_THROWS_AS(first.use("/a", around("1")), std::invalid_argument);
  CHECK_THROWS_AS(first.use("/a/b", around("1")), std::invalid_argument);
  CHECK_NOTHROW(first.use("/b", around("1")));
  CHECK_NOTHROW(first.use("/a", async_around("1")));
  CHECK_THROWS_WITH_AS(first.handle("GET", "/*", say),
                       "use(\"/a\") cannot go around the plain function for /*: give use() a function for both kinds, "
                       "or a guard",
                       std::invalid_argument);
  CHECK_THROWS_AS(first.use("/a", Guard()), std::invalid_argument);
  CHECK_THROWS_AS(first.use("a", around("1")), std::invalid_argument);
}

TEST_CASE("hooks: not_found and method_not_allowed answer instead of the default pages") {
  Logged worker;
  worker.handle_inline("GET,POST", "/a", say);
  worker.not_found([](Request& request, Reply& reply) { reply.send("no " + std::string(request.path())); });
  worker.method_not_allowed([](Request&, Reply& reply) { reply.send("wrong method"); });
  TestClient client(worker);
  const TestReply missing = client.get("/nothing");
  CHECK(missing.status == 404);
  CHECK(missing.body == "no /nothing");
  const TestReply wrong = client.put("/a", "body");
  CHECK(wrong.status == 405);
  CHECK(wrong.field("allow") == "GET, HEAD, POST");
  CHECK(wrong.body == "wrong method");
  CHECK(client.in_hand() == 0);
}

TEST_CASE("hooks: on_error makes the page for exceptions and for the SDK's own errors") {
  Logged worker;
  WorkerOptions options;
  worker.handle("GET", "/pool", [](Request&, Reply&) { throw std::runtime_error("secret"); });
  worker.handle_inline("GET", "/inline/{x}", [](Request&, Reply& reply) {
    reply.field("x-lost", "1");
    throw StatusError(418, "teapot");
  });
  worker.handle_async("GET", "/async", [](AsyncRequest& request, AsyncReply&) -> Task<void> {
    co_await request.sleep(1s);
    throw 1;
  });
  worker.websocket("/socket", [](WebSocket&) -> Task<void> {
    throw StatusError(402, "pay");
    co_return;
  });
  worker.on_error([](RequestBase& request, ReplyBase& reply, const HandlerError& error) {
    CHECK(error.exception);
    reply.field("content-type", "application/problem+json");
    reply.send("{\"status\":" + std::to_string(error.status) + ",\"at\":\"" + std::string(request.path()) + "\"}");
  });
  TestClient client(worker);
  CHECK(client.get("/pool").body == R"({"status":500,"at":"/pool"})");
  const TestReply reply = client.get("/inline/x");
  CHECK(reply.status == 418);
  CHECK(reply.field("content-type") == "application/problem+json");
  CHECK_FALSE(reply.field("x-lost"));
  CHECK(reply.body == R"({"status":418,"at":"/inline/x"})");
  CHECK(client.get("/async").body == R"({"status":500,"at":"/async"})");
  CHECK(client.get("/nothing").body == R"({"status":404,"at":"/nothing"})");
  CHECK(client.get("/inline/%zz").body == R"({"status":400,"at":"/inline/%zz"})");
  const TestReply wrong = client.post("/pool", "");
  CHECK(wrong.body == R"({"status":405,"at":"/pool"})");
  CHECK(wrong.field("allow") == "GET, HEAD");
  CHECK(client.websocket("/socket").refusal().body == R"({"status":402,"at":"/socket"})");
  CHECK(client.websocket("/none").refusal().body == R"({"status":404,"at":"/none"})");
  CHECK(client.in_hand() == 0);
}

TEST_CASE("hooks: an on_error that says nothing, or fails, leaves the default page; behind the head it only hears") {
  Logged worker;
  worker.handle_inline("GET", "/{what}", [](Request& request, Reply& reply) {
    if (request.param("what") == "late") reply.write("begun");
    throw StatusError(418, "teapot");
  });
  std::string seen;
  worker.on_error([&](RequestBase& request, ReplyBase& reply, const HandlerError& error) {
    seen += reply.has_started() ? "started " : "fresh ";
    seen += std::string(error.text) + " ";
    if (request.path() == "/fails") throw std::runtime_error("itself");
  });
  TestClient client(worker);
  CHECK(client.get("/silent").body == "teapot");
  CHECK(client.get("/fails").body == "teapot");
  CHECK(Logged::lines.back() == "on_error of GET /fails failed: itself");
  CHECK(client.get("/late").is_broken);
  CHECK(seen == "fresh teapot fresh teapot started teapot ");
}

TEST_CASE("cors: an allowed origin is named on every answer, the SDK's errors too, and never '*' with credentials") {
  Logged worker;
  add_all_kinds(worker);
  worker.handle_inline("GET", "/a/fails", [](Request&, Reply& reply) {
    reply.field("vary", "accept").field("access-control-allow-origin", "https://other.test");
    throw std::runtime_error("x");
  });
  worker.handle_inline("GET", "/a/varies", [](Request&, Reply& reply) {
    reply.field("vary", "accept").field("access-control-allow-origin", "https://other.test").send("");
  });
  worker.cors({.origins = {"https://app.test"}, .exposed = {"x-total"}, .credentials = true, .prefix = "/a"});
  worker.handle_inline("GET", "/b", say);
  TestClient client(worker);
  const TestFields from_app{{"origin", "https://app.test"}};
  for (const std::string path : {"/a/pool", "/a/inline", "/a/async", "/a/fails", "/a/none", "/a/varies"}) {
    CAPTURE(path);
    const TestReply reply = client.get(path, from_app);
    CHECK(reply.field("access-control-allow-origin") == "https://app.test");
    CHECK(reply.field("access-control-allow-credentials") == "true");
    CHECK(reply.field("access-control-expose-headers") == "x-total");
    CHECK(reply.field("vary") == "origin");
    for (const TestFields& fields : {TestFields{}, TestFields{{"origin", "https://app.test.evil"}}}) {
      const TestReply other = client.get(path, fields);
      CHECK(other.field("vary") == "origin");
      if (path != "/a/varies") CHECK_FALSE(other.field("access-control-allow-origin"));
    }
  }
  std::string varies;
  std::size_t origins = 0;
  for (const auto& [name, value] : client.get("/a/varies", from_app).fields) {
    if (name == "vary") varies += value + " ";
    origins += name == "access-control-allow-origin" ? 1 : 0;
  }
  CHECK(varies == "origin accept ");
  CHECK(origins == 1);
  CHECK_FALSE(client.get("/b", from_app).field("access-control-allow-origin"));
  CHECK_FALSE(client.get("/b", from_app).field("vary"));
}

TEST_CASE("cors: preflights are answered without a handler (the Fetch standard §3.2.2)") {
  Logged worker;
  worker.handle_inline("GET", "/a", say);
  worker.handle_inline("OPTIONS", "/a", say);
  worker.cors({.origins = {"https://app.test"},
               .methods = {"GET", "DELETE"},
               .headers = {"content-type", "x-token"},
               .max_age = 60s});
  TestClient client(worker);
  TestFields asked{{"origin", "https://app.test"}, {"access-control-request-method", "DELETE"}};
  const TestReply allowed = client.options("/a", asked);
  CHECK(allowed.status == 204);
  CHECK(allowed.field("access-control-allow-origin") == "https://app.test");
  CHECK(allowed.field("access-control-allow-methods") == "GET, DELETE");
  CHECK(allowed.field("access-control-allow-headers") == "content-type, x-token");
  CHECK(allowed.field("access-control-max-age") == "60");
  CHECK(allowed.field("vary") == "origin");
  CHECK_FALSE(allowed.field("access-control-allow-credentials"));
  CHECK(allowed.body.empty());
  asked[0].second = "https://evil.test";
  const TestReply refused = client.options("/a", asked);
  CHECK(refused.status == 403);
  CHECK_FALSE(refused.field("access-control-allow-origin"));
  CHECK_FALSE(refused.field("access-control-allow-methods"));
  CHECK(client.options("/a", {{"origin", "https://app.test"}}).body == "handled");  // no preflight
  CHECK(client.in_hand() == 0);
}

TEST_CASE("cors: every origin, or those of a predicate") {
  Logged open;
  open.handle_inline("GET", "/", say);
  open.cors({.origins = {"*"}, .headers = {"*"}});
  TestClient open_client(open);
  const TestReply any = open_client.get("/", {{"origin", "https://any.test"}});
  CHECK(any.field("access-control-allow-origin") == "*");
  CHECK_FALSE(any.field("vary"));
  Logged asked;
  asked.handle_inline("GET", "/", say);
  asked.cors({.allows = [](std::string_view origin) { return origin.ends_with(".app.test"); }, .credentials = true});
  TestClient client(asked);
  CHECK(client.get("/", {{"origin", "https://a.app.test"}}).field("access-control-allow-origin") ==
        "https://a.app.test");
  CHECK_FALSE(client.get("/", {{"origin", "https://b.test"}}).field("access-control-allow-origin"));
}

TEST_CASE("cors: options that cannot work are refused, with the reason") {
  Logged worker;
  CHECK_THROWS_AS(worker.cors({}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(worker.cors({.origins = {"*"}, .credentials = true}),
                       "cors: origin \"*\" with credentials would let every page act as its user",
                       std::invalid_argument);
  CHECK_THROWS_AS(worker.cors({.origins = {"https://a.test"}, .headers = {"*"}, .credentials = true}),
                  std::invalid_argument);
  CHECK_THROWS_AS(worker.cors({.origins = {"https://a.test"}, .headers = {"a b"}}), std::invalid_argument);
  CHECK_THROWS_AS(worker.cors({.origins = {"https://a.test"}, .methods = {""}}), std::invalid_argument);
  CHECK_THROWS_AS(worker.cors({.origins = {"https://a.test"}, .max_age = -1s}), std::invalid_argument);
  CHECK_THROWS_AS(worker.cors({.origins = {"https://a.test"}, .prefix = "a"}), std::invalid_argument);
  for (const char* origin : {"a.test", "https://", "https://a.test/", "https://A.test", "https://*.a.test", ""}) {
    CAPTURE(origin);
    CHECK_THROWS_AS(worker.cors({.origins = {origin}}), std::invalid_argument);
  }
}
