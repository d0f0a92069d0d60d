#include "worker-sdk/src/handlers/worker_claims.h"

#include <doctest/doctest.h>

#include "proto/control.h"
#include "proto/limits.h"
#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

std::string claims_of(const std::vector<std::string>& patterns) { return claims_text(handler_claims(patterns).routes); }

std::size_t hello_size(const std::vector<RouteClaim>& routes) {
  Hello hello;
  hello.name = std::string(kMaxNameLength, 'n');
  hello.instance = hello.name + "#0123456789abcdef";
  hello.routes = routes;
  return write_hello(hello).size();
}

}  // namespace

TEST_CASE("claims of handlers: the literal prefix of a pattern, and no more") {
  CHECK(claims_of({"/todos"}) == "/todos");
  CHECK(claims_of({"/users/{id}"}) == "/users/");
  CHECK(claims_of({"/users/{id}/mail"}) == "/users/");
  CHECK(claims_of({"/users/{id}/*"}) == "/users/");
  CHECK(claims_of({"/files/*"}) == "/files/*");
  CHECK(claims_of({"/"}) == "/");  // the page at the root alone
  CHECK(claims_of({"/a/"}) == "/a/");
  CHECK(handler_claims({"/a/"}).routes.front().match == PathMatch::exact);
  CHECK(claims_of({"/a/\xc3\xb6/b", "/a/c d"}) == "/a/");  // a HELLO holds visible ASCII
  CHECK(claims_of({"/", "/todos", "/todos/{id}", "/todos/{id}/done", "/files/*", "/todos"}) ==
        "/, /todos, /todos/, /files/*");
}

TEST_CASE("claims of handlers: a pattern that takes anything is the open pool") {
  for (const char* pattern : {"/*", "/{page}", "/{a}/b", "/{a}/*", "/\xc3\xb6"}) {
    CAPTURE(pattern);
    const WorkerClaims claims = handler_claims({"/todos", pattern, "/x/{y}"});
    CHECK(claims.routes.empty());
    CHECK(claims.remark.empty());
  }
  CHECK(handler_claims({}).routes.empty());
}

TEST_CASE("claims of handlers: what does not fit is claimed by shorter prefixes, and the log is told") {
  std::vector<std::string> patterns{"/health", "/x/y"};
  for (int i = 0; i < 1'200; ++i) patterns.push_back("/api/v" + std::to_string(i % 3) + "/thing/" + std::to_string(i));
  const WorkerClaims claims = handler_claims(patterns);
  CHECK(claims_text(claims.routes) == "/health, /x/y, /api/v0/thing/, /api/v1/thing/, /api/v2/thing/");
  CHECK(claims.remark ==
        "its handlers' 1202 paths are more than a HELLO holds (1000, 64 KiB): it claims "
        "/health, /x/y, /api/v0/thing/, /api/v1/thing/, /api/v2/thing/");

  patterns.clear();
  for (int i = 0; i < 1'200; ++i) patterns.push_back("/" + std::to_string(i));
  CHECK(handler_claims(patterns).routes.empty());
  CHECK(handler_claims(patterns).remark.ends_with("it claims everything"));
}

TEST_CASE("claims of handlers: they fit into a HELLO, whatever they hold") {
  for (const std::string& piece : {std::string(300, 'a'), std::string(100, '"'), std::string(1, 'b')}) {
    std::vector<std::string> patterns;
    for (int i = 0; i < 999; ++i) patterns.push_back("/p/" + piece + std::to_string(i));
    const WorkerClaims claims = handler_claims(patterns);
    CHECK(hello_size(claims.routes) <= kMaxControlSize);
    CHECK(claims.routes.size() == (piece.size() == 1 ? 999 : 1));
  }
}

TEST_CASE("claims of options: in their plain form; everything is the open pool") {
  CHECK(claims_text(stated_claims({{"", "/st/*"}, {"*", "/st"}, {"*.a.test", "/users/{id}"}}).routes) ==
        "/st/*, *.a.test/users/");
  CHECK(stated_claims({{"", "/"}}).routes.empty());
  CHECK(stated_claims({{"*", "/*"}}).routes.empty());
  // It shares what others claim closer, too.
  CHECK(claims_text(stated_claims({{"", "/"}, {"", "/api"}}).routes) == "/*, /api/*");
}

TEST_CASE("claims: a worker of a group claims nothing, whatever its handlers answer, and is not dealt to") {
  for (const std::string& group : {std::string(), std::string("batch")}) {
    WorkerOptions options;
    options.group = group;
    ScriptedWorker worker(options);
    worker.runner.add_handler("*", group.empty() ? "/*" : "/todos",
                              [](AsyncRequest&, AsyncReply&) -> Task<void> { co_return; });
    worker.runner.claim_routes();
    worker.link().up();
    CHECK(worker.turn() == "hello ready" + (group.empty() ? "" : " of group " + group));
    worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
    worker.turn();
    CHECK(worker.session.is_dealt_to(worker.link()) == group.empty());
  }
}

TEST_CASE("claims: a worker on standby says so, and is not dealt to, although it serves everything") {
  WorkerOptions options;
  options.standby = true;
  ScriptedWorker worker(options);
  worker.link().up();
  CHECK(worker.turn() == "hello ready, on standby");
  worker.in().welcome({.router = "router#0123456789abcdef", .loop = 0, .pairs = {{"ipc://a", "ipc://a.steer"}}});
  worker.turn();
  CHECK_FALSE(worker.session.is_dealt_to(worker.link()));
}
