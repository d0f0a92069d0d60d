// Clients that show to the router who they are, before a backend sees them: sessions of WAMP without sockets.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "router/backends/limits.h"
#include "router/backends/wamp/wamp_backend.h"
#include "router/plan/route.h"
#include "tests/backends/wamp_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct SteppedClock final : WallClock {
  Time time{std::chrono::seconds(1'000)};
  WallTime wall{std::chrono::seconds(1'772'368'496)};
  Time now() const override { return time; }
  WallTime wall_now() const override { return wall; }
};

// What the client hears first, but for its cookie, and then the host.
const std::string kAccepted = "accepted wamp · head 200 wamp.2.json";
constexpr std::string_view kOpened = "open wamp.2.json · ";

WampSpec spec_of(std::optional<WampAuthSpec> auth) {
  WampSpec spec;
  RealmSpec realm;
  realm.realm = "realm1";
  realm.serializers.add(Serializer::json);
  realm.pool.servers.emplace_back().name = "127.0.0.1:9000";
  spec.realms = {realm};
  spec.auth = std::move(auth);
  return spec;
}
WampAuthSpec tickets() {
  WampAuthSpec auth;
  auth.ticket = {{{"joe", "frontend", ""}, "secret"}};
  return auth;
}

class Stage {
 public:
  explicit Stage(std::optional<WampAuthSpec> auth = tickets(), std::shared_ptr<CookieStore> cookies = nullptr) {
    auto door = auth ? std::make_unique<const WampDoor>(*auth, clock_, std::move(cookies)) : nullptr;
    backend_ = std::make_unique<WampBackend>(loop_, spec_of(auth), std::vector<std::shared_ptr<Backend>>{host_},
                                             nullptr, book_, std::move(door));
  }

  FakeClient& connect(std::string_view cookie = "") {
    FakeClient& client = *clients_.emplace_back(std::make_unique<FakeClient>());
    Head head{{":method", "CONNECT"},
              {":protocol", "websocket"},
              {":path", "/ws?x"},
              {"sec-websocket-protocol", "wamp.2.json"}};
    if (!cookie.empty()) head.add("cookie", cookie);
    client.stream = backend_->open({head, Last::no, Kind::web_socket, Attempt::first, route_, info_}, {&client, 1});
    turn();
    return client;
  }
  void turn() {
    loop_.stop();
    loop_.run();
  }
  void say(FakeClient& client, std::string_view message, MessageKind kind = MessageKind::text) {
    backend_->piece(client.stream.key, as_bytes(message), kind, Last::yes);
  }
  // A client that has shown its ticket, and whose session waits for its backend.
  FakeClient& admit(std::string_view cookie = "") {
    FakeClient& client = connect(cookie);
    say(client, kHello);
    say(client, kAnswer);
    REQUIRE(client.heard().ends_with(std::string(kChallenge) + " · "));
    REQUIRE(host().heard() == kOpened);
    return client;
  }
  FakeClient& join(std::string_view cookie = "") {
    FakeClient& client = admit(cookie);
    host().accept();
    host().say("[2,7,{}]");
    static_cast<void>(host().heard());
    return client;
  }
  FakeHost& host() { return *host_; }
  WampCounts& counts() { return book_.counts; }
  const WampBook& book() const { return book_; }
  WampBackend& backend() { return *backend_; }
  ClientInfo& info() { return info_; }

  static constexpr std::string_view kHello =
      R"([1,"realm1",{"roles":{"caller":{}},"authmethods":["cookie","ticket"],"authid":"joe"}])";
  static constexpr std::string_view kAnswer = R"([5,"secret",{}])";
  static constexpr std::string_view kChallenge = R"([4,"ticket",{}])";

 private:
  Loop loop_;
  SteppedClock clock_;
  WampBook book_;
  Route route_;
  ClientInfo info_;
  std::shared_ptr<FakeHost> host_ = std::make_shared<FakeHost>();
  std::vector<std::unique_ptr<FakeClient>> clients_;
  std::unique_ptr<WampBackend> backend_;
};

constexpr std::string_view kTold = R"({"realm":"realm1","authid":"joe","authrole":"frontend","authmethod":"ticket",)";

}  // namespace

TEST_CASE("wamp auth: the backend is asked when the client has shown who it is, and gets that; so does the client") {
  Stage stage;
  FakeClient& client = stage.connect();
  CHECK(client.heard() == kAccepted + " · ");
  stage.say(client, Stage::kHello);
  CHECK(client.heard() == std::string(Stage::kChallenge) + " · ");
  CHECK(stage.host().heard().empty());
  stage.say(client, Stage::kAnswer);
  CHECK(stage.host().heard() == kOpened);
  stage.host().accept();
  const std::string hello = stage.host().heard();
  CHECK(hello.starts_with(R"([1,"realm1",{"roles":{"caller":{}},"authmethods":["anonymous-proxy"],"authid":"joe",)"));
  CHECK(hello.find(R"("proxy_authrole":"frontend")") != std::string::npos);
  stage.host().say(R"([2,7,{"authid":"proxy","authrole":"x"}])");
  CHECK(client.heard() == "[2,7," + std::string(kTold) + R"("authprovider":"static"}] · )");
  stage.say(client, R"([48,1,{},"a"])");
  CHECK(stage.host().heard() == R"([48,1,{},"a"] · )");
  CHECK(stage.counts().joined == 1);
}

TEST_CASE("wamp auth: a client that has not shown who it is never reaches a backend") {
  Stage stage;
  FakeClient& wrong = stage.connect();
  stage.say(wrong, Stage::kHello);
  stage.say(wrong, R"([5,"wrong",{}])");
  CHECK(wrong.heard() == kAccepted + " · " + std::string(Stage::kChallenge) +
                             R"( · [3,{"message":"the client has not shown who it is"},)"
                             R"("wamp.error.authentication_failed"] · close 1000 · )");
  FakeClient& none = stage.connect();
  stage.say(none, R"([1,"realm1",{"roles":{"caller":{}}}])");
  CHECK(none.heard().find("wamp.error.no_auth_method") != std::string::npos);
  CHECK(stage.counts().denied == 2);
  CHECK(stage.host().heard().empty());
}

TEST_CASE("wamp auth: a message too many ends the session, before and behind the proof") {
  for (const char* other : {R"([48,1,{},"a"])", R"([1,"realm1",{}])", R"([6,{},"x"])"}) {
    Stage stage;
    FakeClient& client = stage.connect();
    stage.say(client, Stage::kHello);
    stage.say(client, other);
    CHECK(client.heard().ends_with(R"("wamp.error.protocol_violation"] · close 1002 · )"));
    CHECK(stage.host().heard().empty());
  }
  Stage stage;
  FakeClient& twice = stage.admit();
  stage.say(twice, Stage::kAnswer);
  CHECK(twice.heard().ends_with("close 1002 · "));
  CHECK(stage.host().heard() == "reset · ");
  FakeClient& binary = stage.connect();
  stage.say(binary, Stage::kHello);
  stage.say(binary, Stage::kAnswer, MessageKind::binary);
  CHECK(binary.heard().ends_with("close 1002 · "));
  CHECK(stage.host().heard().empty());
}

TEST_CASE("wamp auth: a client may give up, before and behind the proof") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.say(client, Stage::kHello);
  stage.say(client, R"([3,{},"wamp.error.cannot_authenticate"])");
  CHECK(client.heard().ends_with(std::string(Stage::kChallenge) + " · close 1000 · "));
  FakeClient& later = stage.admit();
  stage.say(later, R"([3,{},"wamp.close.normal"])");
  CHECK(later.heard() == "close 1000 · ");
  CHECK(stage.host().heard() == "reset · ");
}

TEST_CASE("wamp auth: a backend's ABORT is the client's, and its CHALLENGE is refused") {
  Stage stage;
  FakeClient& client = stage.admit();
  stage.host().accept();
  stage.host().say(R"([3,{},"wamp.error.no_such_realm"])");
  CHECK(client.heard() == R"([3,{},"wamp.error.no_such_realm"] · )");
  static_cast<void>(stage.host().heard());
  FakeClient& asked = stage.admit();
  stage.host().accept();
  stage.host().say(R"([4,"ticket",{}])");
  CHECK(asked.heard().starts_with(R"([3,{"message":"the backend asks who the client is)"));
  CHECK(stage.host().heard().ends_with("close 1002 · "));
}

TEST_CASE("wamp auth: the next session on the transport shows again who it is") {
  Stage stage;
  FakeClient& client = stage.join();
  stage.say(client, R"([6,{},"wamp.close.normal"])");
  stage.host().say(R"([6,{},"wamp.close.goodbye_and_out"])");
  static_cast<void>(client.heard());
  static_cast<void>(stage.host().heard());
  stage.say(client, Stage::kHello);
  CHECK(client.heard() == std::string(Stage::kChallenge) + " · ");
  stage.say(client, Stage::kAnswer);
  CHECK(stage.host().heard() == kOpened);
}

TEST_CASE("wamp auth: a router that leaves tells clients that are being asked") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.say(client, Stage::kHello);
  stage.backend().shut_down();
  CHECK(client.heard().ends_with(R"([3,{},"wamp.close.system_shutdown"] · close 1001 · )"));
}

TEST_CASE("wamp auth: a client gets a cookie, and is known by it") {
  WampAuthSpec auth = tickets();
  auth.cookie.emplace();
  const auto cookies = std::make_shared<CookieStore>();
  Stage stage(auth, cookies);
  const std::string told = stage.connect().heard();
  CHECK(told.starts_with(kAccepted + " cbtid="));
  CHECK(told.ends_with("; Max-Age=86400; Path=/ws; HttpOnly; SameSite=Lax · "));
  stage.info().is_tls = true;
  CHECK(stage.connect("cbtid=planted").heard().ends_with("SameSite=Lax; Secure · "));
  // As if this client had joined with it before.
  cookies->remember("known", {"realm1", "joe", "frontend", "ticket", "static", {}},
                    WallTime(std::chrono::seconds(1'772'368'500)));
  FakeClient& client = stage.connect("a=b; cbtid=known");
  CHECK(client.heard() == kAccepted + " · ");
  stage.say(client, Stage::kHello);
  CHECK(stage.host().heard() == kOpened);
  stage.host().accept();
  stage.host().say("[2,7,{}]");
  CHECK(client.heard() == "[2,7," + std::string(kTold) + R"("authprovider":"cookie"}] · )");
}

TEST_CASE("wamp auth: a login is remembered by the cookie that the client got") {
  WampAuthSpec auth = tickets();
  auth.cookie.emplace();
  const auto cookies = std::make_shared<CookieStore>();
  Stage stage(auth, cookies);
  CHECK(cookies->text().empty());
  stage.join();
  CHECK(cookies->text().find("joe") != std::string::npos);
}

TEST_CASE("wamp auth: a login is forgotten by a logout, and no backend sees the cookie") {
  WampAuthSpec auth = tickets();
  auth.cookie.emplace();
  const auto cookies = std::make_shared<CookieStore>();
  Stage stage(auth, cookies);
  FakeClient& client = stage.join();
  stage.say(client, R"([6,{},"wamp.close.normal"])");
  CHECK(cookies->text().find("joe") != std::string::npos);
  CHECK(stage.host().heard().find("wamp.close.normal") != std::string::npos);
  FakeClient& other = stage.join();
  const std::string before = cookies->text();
  stage.say(other, R"([6,{},"wamp.close.logout"])");
  CHECK(stage.host().heard().find("wamp.close.logout") != std::string::npos);
  CHECK(cookies->text().size() < before.size());
  CHECK(cookies->text().find("joe") != std::string::npos);  // the first one's
  Head head{{":path", "/ws"}, {"cookie", "a=b; cbtid=secret; c=d"}};
  SteppedClock clock;
  WampDoor(auth, clock, cookies).hide_cookie(head);
  CHECK(head.find("cookie") == "a=b; c=d");
}

TEST_CASE("wamp auth: a logout ends the other sessions of the same login, and no others") {
  WampAuthSpec auth = tickets();
  auth.cookie.emplace();
  const auto cookies = std::make_shared<CookieStore>();
  for (const char* name : {"joes", "anns"})
    cookies->remember(name, {"realm1", "joe", "frontend", "ticket", "static", {}},
                      WallTime(std::chrono::seconds(1'772'368'500)));
  Stage stage(auth, cookies);
  const auto join = [&](std::string_view cookie) -> FakeClient& {
    FakeClient& client = stage.connect(cookie);
    stage.say(client, Stage::kHello);
    stage.host().accept();
    stage.host().say("[2,7,{}]");
    static_cast<void>(client.heard());
    static_cast<void>(stage.host().heard());
    return client;
  };
  FakeClient& other_login = join("cbtid=anns");
  FakeClient& one = join("cbtid=joes");
  FakeClient& waiting = stage.connect("cbtid=joes");
  FakeClient& leaving = join("cbtid=joes");
  static_cast<void>(waiting.heard());
  stage.say(leaving, R"([6,{},"wamp.close.logout"])");
  CHECK_MESSAGE(one.heard().empty(), "it is told in a task of its own");
  stage.turn();
  CHECK(one.heard() == R"([6,{},"wamp.close.logout"] · close 1000 · )");
  CHECK(stage.host().heard() == R"([6,{},"wamp.close.logout"] · [6,{},"wamp.close.logout"] · close 1000 · )");
  CHECK_FALSE(leaving.is_over);
  CHECK_FALSE(other_login.is_over);
  CHECK_FALSE(waiting.is_over);
  stage.say(waiting, Stage::kHello);
  CHECK_MESSAGE(waiting.heard() == std::string(Stage::kChallenge) + " · ", "the cookie admits nobody any more");
}

TEST_CASE("wamp auth: a session that waits for its backend is ended by a logout, too") {
  WampAuthSpec auth = tickets();
  auth.cookie.emplace();
  const auto cookies = std::make_shared<CookieStore>();
  cookies->remember("joes", {"realm1", "joe", "frontend", "ticket", "static", {}},
                    WallTime(std::chrono::seconds(1'772'368'500)));
  Stage stage(auth, cookies);
  FakeClient& client = stage.connect("cbtid=joes");
  stage.say(client, Stage::kHello);
  static_cast<void>(client.heard());
  cookies->forget("joes");
  stage.turn();
  CHECK(client.heard() == R"([3,{},"wamp.close.logout"] · close 1000 · )");
  CHECK(stage.host().heard() == "open wamp.2.json · reset · ");
}

TEST_CASE("wamp auth: a logout that comes when its path is gone finds nobody") {
  const auto cookies = std::make_shared<CookieStore>();
  cookies->remember("joes", {"realm1", "joe", "frontend", "ticket", "static", {}},
                    WallTime(std::chrono::seconds(1'772'368'500)));
  Loop loop;
  int heard = 0;
  const auto hear = [&](const std::string& cookie) { heard += cookie == "joes"; };
  const auto turn = [&] {
    loop.stop();
    loop.run();
  };
  {
    const Logouts logouts(loop, cookies, hear);
    cookies->forget("joes");
  }
  turn();
  CHECK(heard == 0);
  const Logouts logouts(loop, cookies, hear);
  cookies->forget("joes");
  turn();
  CHECK_MESSAGE(heard == 0, "nobody is logged in by it any more");
}

TEST_CASE("wamp auth: without it, nobody but a router may say who a client is") {
  Stage stage(std::nullopt);
  FakeClient& client = stage.connect();
  stage.say(client, R"([1,"realm1",{"authmethods":["anonymous-proxy"],"authextra":{"proxy_authid":"root"}}])");
  CHECK(client.heard() == kAccepted + R"( · [3,{"message":"only a router may say who a client is"},)"
                                      R"("wamp.error.no_auth_method"] · close 1000 · )");
  CHECK(stage.host().heard().empty());
  FakeClient& other = stage.connect();
  stage.say(other, Stage::kHello);
  CHECK(stage.host().heard() == kOpened);
  stage.host().accept();
  CHECK(stage.host().heard() == std::string(Stage::kHello) + " · ");
}

TEST_CASE("wamp auth: the operator is told whom the router knows") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.say(client, Stage::kHello);
  CHECK(stage.book().slice(0, 1).front().state == WampSessionFacts::State::challenged);
  CHECK(stage.book().slice(0, 1).front().authid.empty());
  stage.say(client, Stage::kAnswer);
  const WampSessionFacts facts = stage.book().slice(0, 1).front();
  CHECK(facts.state == WampSessionFacts::State::joining);
  CHECK(facts.authid == "joe");
  CHECK(facts.authrole == "frontend");
  CHECK(facts.realm == "realm1");
}
