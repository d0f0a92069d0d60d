// The logins of one loop, by scripts: what is asked, and which verdict comes.
#include "router/access/logins.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/access/fake_desk.h"
#include "tests/access/token_maker.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

const std::string kBcrypt = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";  // never hashed here
const std::string kSecret(32, 's');

class FakeFinder final : public VerdictFinder {
 public:
  void decided(ExchangeKey key, Verdict verdict) override {
    last = key;
    ++count;
    told = std::move(verdict);
  }
  ExchangeKey last = 0;
  int count = 0;
  Verdict told;
};

struct LoginScript {
  LoginScript() {
    auto made = std::make_shared<Plan>();
    Site& only = made->sites.emplace_back();
    only.name = "main";
    only.trusted.emplace();
    made->backends.emplace_back(GroupSpec{});
    made->listeners.emplace_back().only_site = &only;
    site = &only;
    plan.use(made, {std::shared_ptr<Backend>(&backend, [](Backend*) {})});
    listener = plan.listen(0);
    basic.passwords = {SecretSpec::Kind::passwords, "users", {}};
    basic.realm = "here";
    basic.user_field = "x-user";
    jwt.keys = {SecretSpec::Kind::hmac_secret, "secret", {}};
    jwt.told = {{"sub", "x-user"}};
    forward.path = "/verify?a";
    forward.timeout = std::chrono::seconds(5);
    forward.copy_request = {"remote-user"};
    forward.copy_reply = {"set-cookie"};
    logins.use(secrets());
  }
  static Secrets secrets(const std::string& users = "ann:" + kBcrypt) {
    Secrets all;
    all.push_back({{SecretSpec::Kind::passwords, "users", {}},
                   std::make_shared<const Secret>(*PasswordFile::read(users, "users"))});
    all.push_back({{SecretSpec::Kind::hmac_secret, "secret", {}},
                   std::make_shared<const Secret>(*JwtKeys::read_secret(kSecret, "secret", {}))});
    return all;
  }
  // The verdict; its request's and reply's fields are applied to `sent` and `reply`.
  Verdict::Way judge(const LoginRule& with, const Head& more, Kind kind = Kind::request) {
    rule = with;  // stays, as that of a plan does
    head = {{":method", "POST"}, {":scheme", "http"}, {":authority", "example.com"}, {":path", "/a?b"}};
    for (const Field field : more) head.add(field.name, field.value);
    ++key;
    return took(logins.judge({.head = head,
                              .kind = kind,
                              .rules = rules,
                              .site = *site,
                              .route = nullptr,
                              .client = info,
                              .address = info.address},
                             rule, {&finder, key}));
  }
  Verdict::Way took(Verdict with) {
    verdict = std::move(with);
    sent = head;
    verdict.request.apply(sent);
    reply.clear();
    verdict.reply.apply(reply);
    return verdict.way;
  }
  Verdict::Way told() { return took(std::move(finder.told)); }
  [[nodiscard]] std::string got(std::string_view name) const { return std::string(sent.find(name).value_or("(none)")); }

  // A backend that remembers who asked it.
  class AskedBackend : public Backend {
   public:
    explicit AskedBackend(LoginScript& owner) : owner_(owner) {}
    BackendStream open(const BackendRequest& request, ReplyTo reply_to) override {
      owner_.last_finder = reply_to.finder;
      return owner_.backend_inside.open(request, reply_to);
    }
    void data(StreamKey stream, Bytes bytes) override { owner_.backend_inside.data(stream, bytes); }
    void end(StreamKey stream, const Head& trailers) override { owner_.backend_inside.end(stream, trailers); }
    void reset(StreamKey stream, ResetCode code) override { owner_.backend_inside.reset(stream, code); }
    void credit(StreamKey stream, std::uint32_t bytes) override { owner_.backend_inside.credit(stream, bytes); }

   private:
    LoginScript& owner_;
  };
  void answer(std::string_view status, const Head& more, Last last) {
    Head said{{":status", status}};
    for (const Field field : more) said.add(field.name, field.value);
    last_finder->find(backend_inside.asked_by)->head(said, last);
  }
  void body(std::size_t size) {
    const std::string text(size, 'x');
    if (BackendEvents* to = last_finder->find(backend_inside.asked_by)) to->data(as_bytes(text));
  }
  void end() {
    Head none;
    if (BackendEvents* to = last_finder->find(backend_inside.asked_by)) to->end(none);
  }
  void reset(Code code, bool retry_safe = false) {
    last_finder->find(backend_inside.asked_by)->reset({Fault::backend, code, retry_safe, "gone"});
  }

  Heard all;
  FakeBackend backend_inside{all};
  AskedBackend backend{*this};
  ExchangeFinder* last_finder = nullptr;
  PlanInUse plan;
  ListenerInUse listener;
  const Site* site = nullptr;
  ClientInfo info{.address = "192.0.2.1", .listener = &listener};
  AccessRules rules;
  LoginRule rule;
  BasicRule basic;
  JwtRule jwt;
  ForwardRule forward;
  FakeClock clock;
  FakeDesk desk;
  FakeFinder finder;
  Logins logins{desk, clock};
  ExchangeKey key = 0;
  Head head, sent, reply;
  Verdict verdict;
};

Head by_password(std::string_view text) { return {{"authorization", text}}; }
const Head kAnn = by_password("Basic YW5uOnNlY3JldA==");  // ann:secret
const Head kEve = by_password("Basic ZXZlOnNlY3JldA==");  // eve:secret

Head by_token(const std::string& claims) {
  return {{"authorization", "Bearer " + token_of(kSecret, R"({"alg":"HS256"})", claims)}};
}

constexpr auto kPass = Verdict::Way::pass;
constexpr auto kRefuse = Verdict::Way::refuse;
constexpr auto kAnswer = Verdict::Way::answer;
constexpr auto kLater = Verdict::Way::later;

}  // namespace

TEST_CASE("basic login: a password is hashed once, then it is known") {
  LoginScript s;
  CHECK(s.judge(s.basic, kAnn) == kLater);
  CHECK(s.desk.last.password == "secret");
  CHECK(s.desk.last.hash == kBcrypt);
  s.desk.say(HashPool::Answer::right);
  CHECK(s.finder.last == s.key);
  CHECK(s.told() == kPass);
  CHECK(s.verdict.user == "ann");
  CHECK(s.got("x-user") == "ann");
  CHECK(s.judge(s.basic, kAnn) == kPass);
  CHECK(s.desk.count == 1);
  s.clock.time += std::chrono::hours(1);
  CHECK(s.judge(s.basic, kAnn) == kLater);
}

TEST_CASE("basic login: a wrong password and an unknown user look alike, also in what they cost") {
  LoginScript s;
  CHECK(s.judge(s.basic, kAnn) == kLater);
  s.desk.say(HashPool::Answer::wrong);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::unauthorized);
  CHECK(s.reply.find("www-authenticate") == R"(Basic realm="here", charset="UTF-8")");
  CHECK(s.judge(s.basic, kEve) == kLater);
  CHECK(s.desk.last.hash == kBcrypt);  // of somebody
  s.desk.say(HashPool::Answer::right);
  CHECK(s.told() == kRefuse);
  CHECK(s.judge(s.basic, kEve) == kLater);  // and is never known
}

TEST_CASE("basic login: no login, another scheme, and rubbish are refused without a hash") {
  LoginScript s;
  for (const Head& head : {Head(), by_password("Bearer x"), by_password("Basic"), by_password("Basic !")}) {
    CHECK(s.judge(s.basic, head) == kRefuse);
    CHECK(s.verdict.error.code == Code::unauthorized);
  }
  CHECK(s.judge(s.basic, {{"authorization", "Basic YTpi"}, {"authorization", "Basic YTpi"}}) == kRefuse);
  CHECK(s.verdict.error.code == Code::bad_request);
  CHECK(s.desk.count == 0);
}

TEST_CASE("basic login: without room for a hash, and with an answer that comes too late, 503") {
  LoginScript s;
  s.desk.is_full = true;
  CHECK(s.judge(s.basic, kAnn) == kRefuse);
  CHECK(s.verdict.error.code == Code::login_busy);
  s.desk.is_full = false;
  CHECK(s.judge(s.basic, kAnn) == kLater);
  s.desk.say(HashPool::Answer::late);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_busy);
}

TEST_CASE("basic login: an answer that nobody waits for is forgotten") {
  LoginScript s;
  CHECK(s.judge(s.basic, kAnn) == kLater);
  s.logins.forget(s.key);
  s.desk.say(HashPool::Answer::right);
  CHECK(s.finder.count == 0);
  s.logins.forget(s.key);
}

TEST_CASE("basic login: a changed file forgets who was known; rules of the plan before find their file") {
  LoginScript s;
  CHECK(s.judge(s.basic, kAnn) == kLater);
  s.desk.say(HashPool::Answer::right);
  s.logins.use(LoginScript::secrets("bob:" + kBcrypt));
  CHECK(s.judge(s.basic, kAnn) == kLater);
  s.desk.say(HashPool::Answer::right);
  CHECK(s.told() == kRefuse);  // there is no ann
  s.logins.use({});
  CHECK(s.judge(s.basic, by_password("Basic Ym9iOnNlY3JldA==")) == kLater);
  s.logins.use({});
  CHECK(s.judge(s.basic, kAnn) == kRefuse);
  CHECK(s.verdict.error.code == Code::internal);
}

TEST_CASE("basic login: what the client says of itself goes, and the password, if the backend is not to see it") {
  LoginScript s;
  s.basic.strips_authorization = true;
  const Head head{{"authorization", "Basic YW5uOnNlY3JldA=="}, {"x_user", "root"}, {"x-user", "root"}};
  static_cast<void>(s.judge(s.basic, head));
  s.desk.say(HashPool::Answer::right);
  CHECK(s.told() == kPass);
  CHECK(s.got("x-user") == "ann");
  CHECK(s.sent.count("x-user") == 1);
  CHECK(s.got("x_user") == "(none)");
  CHECK(s.got("authorization") == "(none)");
}

TEST_CASE("jwt login: claims become fields, and the client's own go, also without a token") {
  LoginScript s;
  CHECK(s.judge(s.jwt, by_token(R"({"sub":"ann"})")) == kPass);
  CHECK(s.got("x-user") == "ann");
  CHECK(s.verdict.user == "ann");
  s.jwt.is_optional = true;
  CHECK(s.judge(s.jwt, {{"x-user", "root"}, {"x_user", "root"}}) == kPass);
  CHECK(s.got("x-user") == "(none)");
  CHECK(s.judge(s.jwt, by_password("Bearer a.b.c")) == kRefuse);
  CHECK(s.verdict.error.code == Code::unauthorized);
}

TEST_CASE("jwt login: a token that is known expires all the same") {
  LoginScript s;
  const auto end = std::chrono::duration_cast<std::chrono::seconds>(s.clock.wall.time_since_epoch()).count() + 10;
  const Head head = by_token(R"({"sub":"ann","exp":)" + std::to_string(end) + "}");
  CHECK(s.judge(s.jwt, head) == kPass);
  CHECK(s.judge(s.jwt, head) == kPass);
  s.clock.wall += std::chrono::seconds(10);
  CHECK(s.judge(s.jwt, head) == kRefuse);
  CHECK(s.reply.find("www-authenticate") == R"(Bearer error="invalid_token")");
}

TEST_CASE("jwt login: a wanted claim that is missing is 403") {
  LoginScript s;
  s.jwt.wanted = {{"scope", {"write"}}};
  CHECK(s.judge(s.jwt, by_token(R"({"scope":"read"})")) == kRefuse);
  CHECK(s.verdict.error.code == Code::denied);
  CHECK(s.reply.find("www-authenticate") == R"(Bearer error="insufficient_scope", scope="write")");
}

TEST_CASE("login service: 2xx passes at its head, with the fields that are to be copied and no others") {
  LoginScript s;
  CHECK(s.judge(s.forward, {{"remote-user", "root"}, {"content-length", "5"}, {"cookie", "a"}}) == kLater);
  CHECK(s.all.take() == "b1 open GET /verify?a last · b1 end");
  CHECK(s.backend_inside.seen.find("cookie") == "a");
  CHECK_FALSE(s.backend_inside.seen.has("content-length"));
  CHECK(s.backend_inside.seen.find("x-forwarded-method") == "POST");
  CHECK(s.backend_inside.seen.find("x-forwarded-uri") == "/a?b");
  CHECK(s.backend_inside.seen.find("x-forwarded-for") == "192.0.2.1");
  s.answer("200", {{"remote-user", "ann"}, {"set-cookie", "a=1"}, {"x-inside", "1"}}, Last::no);
  CHECK(s.finder.count == 1);
  CHECK(s.told() == kPass);
  CHECK(s.got("remote-user") == "ann");
  CHECK(s.got("x-inside") == "(none)");
  CHECK(s.reply.find("set-cookie") == "a=1");
  s.body(100);
  s.end();
  CHECK(s.all.take() == "");
  CHECK(s.finder.count == 1);
}

TEST_CASE("login service: the client's copies go where the answer has no such field") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {{"remote-user", "root"}, {"remote_user", "root"}}));
  s.answer("204", {}, Last::yes);
  s.end();
  CHECK(s.told() == kPass);
  CHECK(s.got("remote-user") == "(none)");
  CHECK(s.got("remote_user") == "(none)");
}

TEST_CASE("login service: a long body of a consent is not read to its end") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {}));
  s.answer("200", {}, Last::no);
  s.all.take();
  s.body(10'000);
  CHECK(s.all.take() == "");
  s.body(10'000);
  CHECK(s.all.take() == "b1 reset 8");
  CHECK(s.last_finder->find(s.backend_inside.asked_by) == nullptr);
}

TEST_CASE("login service: anything else is the answer, with its fields and its body") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {}));
  s.answer("103", {{"link", "x"}}, Last::no);
  s.answer("302", {{"location", "/login"}, {"set-cookie", "a"}, {"content-length", "5"}, {"date", "x"}}, Last::no);
  s.body(5);
  CHECK(s.finder.count == 0);
  s.end();
  CHECK(s.told() == kAnswer);
  CHECK(s.verdict.head.status() == 302);
  CHECK(s.verdict.head.find("location") == "/login");
  CHECK(s.verdict.head.find("set-cookie") == "a");
  CHECK_FALSE(s.verdict.head.has("content-length"));
  CHECK(s.verdict.content == "xxxxx");
}

TEST_CASE("login service: a refusal that is too large, and an answer that is none, are 502") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {}));
  s.answer("403", {}, Last::no);
  s.body(60'000);
  s.body(60'000);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_lost);
  static_cast<void>(s.judge(s.forward, {}));
  s.answer("304", {}, Last::yes);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_lost);
}

TEST_CASE("login service: a question that nobody answered is asked again, a few times; down is 502, slow 504") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {}));
  s.reset(Code::backend_lost, true);
  CHECK(s.all.take() == "b1 open GET /verify?a last · b1 end · b2 open GET /verify?a last · b2 end");
  s.reset(Code::backend_lost);
  s.reset(Code::backend_lost);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_lost);
  static_cast<void>(s.judge(s.forward, {}));
  s.reset(Code::no_backend);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_lost);
  static_cast<void>(s.judge(s.forward, {}));
  s.reset(Code::backend_timeout);
  CHECK(s.told() == kRefuse);
  CHECK(s.verdict.error.code == Code::login_timeout);
}

TEST_CASE("login service: a client that goes away takes its question back") {
  LoginScript s;
  static_cast<void>(s.judge(s.forward, {}));
  s.all.take();
  s.logins.forget(s.key);
  CHECK(s.all.take() == "b1 reset 8");
  CHECK(s.last_finder->find(s.backend_inside.asked_by) == nullptr);
  s.logins.forget(s.key);
  CHECK(s.finder.count == 0);
}

TEST_CASE("login service: the plan of a question stays while its answer is read") {
  LoginScript s;
  const std::size_t pins = s.listener.pin->pins;
  static_cast<void>(s.judge(s.forward, {}));
  CHECK(s.listener.pin->pins == pins + 1);
  s.answer("200", {}, Last::no);
  CHECK(s.listener.pin->pins == pins + 1);
  s.end();
  CHECK(s.listener.pin->pins == pins);
}

TEST_CASE("login service: a WebSocket's opening is asked about as the GET that it is") {
  LoginScript s;
  CHECK(s.judge(s.forward, {{":protocol", "websocket"}, {"sec-websocket-version", "13"}}, Kind::web_socket) == kLater);
  CHECK(s.backend_inside.seen.method() == "GET");
  CHECK_FALSE(s.backend_inside.seen.has(":protocol"));
  CHECK_FALSE(s.backend_inside.seen.has("sec-websocket-version"));
  CHECK(s.backend_inside.seen.find("x-forwarded-method") == "GET");
}
