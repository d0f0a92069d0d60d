// What an exchange does with the verdicts of a judge.
#include <doctest/doctest.h>

#include "tests/exchange/script.h"

namespace zeroway {

namespace {

// A plan with one site of one route, which is judged.
struct JudgedScript : Script {
  explicit JudgedScript(ExchangeSettings with = {}, std::string authorities = "") : Script(std::move(with)) {
    auto plan = std::make_shared<Plan>();
    const AccessRules& rules = plan->access.emplace_back();
    Site& site = plan->sites.emplace_back();
    site.makes_paths_canonical = true;
    site.access = &rules;
    site.client_authorities = std::move(authorities);
    site.error_pages[403] = {"ours", "text/plain"};
    site.is_open_pool_last = false;
    Route& only = plan->routes.emplace_back();
    only.site = &site;
    only.access = &rules;
    only.path = "/";
    static_cast<void>(site.routes.add_prefix("/a", MethodSet(), &only));
    plan->backends.emplace_back(GroupSpec{});
    plan->listeners.emplace_back().only_site = &site;
    route.use(plan, backend);
  }
  JudgedScript& say(Verdict verdict) {
    judge.verdict = std::move(verdict);
    return *this;
  }
  JudgedScript& tell(Verdict verdict) {
    judge.asked.tell(std::move(verdict));
    return *this;
  }
};

Verdict denial() { return Verdict::refusal({Fault::client, Code::denied, false, "not in 10.0.0.0/8"}); }

Verdict answer() {
  Verdict verdict{
      .way = Verdict::Way::answer, .head = Head{{":status", "302"}, {"location", "/login"}}, .content = "go"};
  return verdict;
}

}  // namespace

TEST_CASE("judge: a request that passes at once goes on, and its canonical path was judged") {
  JudgedScript s;
  s.say({}).ask("GET", "/x/../a/%62");
  CHECK(s.heard() == "judge · b1 open GET /a/b last · b1 end");
  CHECK(s.judge.path == "/a/b");
  CHECK(s.judge.address == "192.0.2.1");
}

TEST_CASE("judge: a request whose TLS handshake does not fit its site is not judged: 421 comes first") {
  JudgedScript s({}, "ca.crt\n");
  s.say({}).ask("GET", "/a");
  CHECK(s.heard().find("c head 421") == 0);
  s.info.client_authorities = "ca.crt\n";
  s.say({}).ask("GET", "/a");
  CHECK(s.heard() == "judge · b1 open GET /a last · b1 end");
}

TEST_CASE("judge: a refused request reaches no backend, and its page is the site's") {
  JudgedScript s;
  s.say(denial()).ask("GET", "/a");
  CHECK(s.heard() == "judge · c head 403 · c data 4 · c end");
  CHECK(s.client.body == "ours");
  CHECK(s.client.seen.find("content-type") == "text/plain");
  CHECK(s.counters.denied == 1);
  CHECK(s.counters.bad_requests == 0);
  CHECK(s.is_over());
}

TEST_CASE("judge: an answer of the judge is written with date and length; HEAD gets no content") {
  JudgedScript s;
  s.say(answer()).ask("GET", "/a");
  CHECK(s.heard() == "judge · c head 302 · c data 2 · c end");
  CHECK(s.client.seen.find("location") == "/login");
  CHECK(s.client.seen.find("content-length") == "2");
  CHECK(s.client.seen.has("date"));
  s.say(answer()).ask("HEAD", "/a");
  CHECK(s.heard() == "judge · c head 302 last · c end");
}

TEST_CASE("judge: a path that nobody serves is judged before the client hears of it") {
  JudgedScript s;
  s.say(denial()).ask("GET", "/nowhere");
  CHECK(s.heard() == "judge · c head 403 · c data 4 · c end");
  CHECK_FALSE(s.judge.has_route);
  s.say({}).ask("GET", "/nowhere");
  CHECK(s.client.seen.status() == 404);
  s.heard();
  s.ask("GET", "/nowhere");
  CHECK(s.heard() == "judge");
  s.tell({});
  CHECK(s.client.seen.status() == 404);
}

TEST_CASE("judge: OPTIONS that ends here is judged, too (RFC 9110 §7.6.2)") {
  JudgedScript s;
  s.begin();
  Head head{{":method", "OPTIONS"}, {":path", "/a"}, {":authority", "a"}, {"max-forwards", "0"}};
  s.say(denial()).exchanges.from_client(s.key)->head(head, Last::yes);
  CHECK(s.client.seen.status() == 403);
}

TEST_CASE("judge: while the verdict is to come, the body waits here and the client gets no credit") {
  JudgedScript s;
  s.begin().ask_more("POST", "/a").send(40'000).send(25'536);
  CHECK(s.heard() == "judge");
  s.send_end();
  s.pass(std::chrono::seconds(4));
  CHECK(s.heard() == "");
  s.tell({});
  CHECK(s.heard() == "b1 open POST /a · b1 data 65536 · b1 end");
  s.reply("200", Last::yes);
  CHECK(s.heard() == "c head 200 last · c end");
  CHECK(s.client.seen.find("x-judged") == "later");
}

TEST_CASE("judge: a bare request that was judged later is bare for its backend") {
  JudgedScript s;
  s.ask("GET", "/a").heard();
  s.tell({});
  CHECK(s.heard() == "b1 open GET /a last · b1 end");
}

TEST_CASE("judge: a later refusal and a later answer end the request") {
  JudgedScript s;
  s.ask("GET", "/a").heard();
  s.tell(denial());
  CHECK(s.heard() == "c head 403 · c data 4 · c end");
  CHECK(s.client.seen.find("x-judged") == "later");  // what holds for every reply
  s.ask("GET", "/a").heard();
  s.tell(answer());
  CHECK(s.heard() == "c head 302 · c data 2 · c end");
}

TEST_CASE("judge: the verdict on a client that went away is forgotten, and a stale one finds nothing") {
  JudgedScript s;
  s.ask("GET", "/a").heard();
  s.cancel();
  CHECK(s.heard() == "forget");
  s.tell({});
  CHECK(s.heard() == "");
  CHECK(s.is_over());
}

TEST_CASE("judge: a verdict that does not come in time is 504, and never a pass") {
  JudgedScript s;
  s.ask("GET", "/a").heard();
  s.pass(std::chrono::milliseconds(5'200));
  CHECK(s.heard().starts_with("forget · c head 504"));
  s.tell({});
  CHECK(s.heard() == "");
}

TEST_CASE("judge: the time of the judge is not the backend's") {
  ExchangeSettings settings;
  settings.reply_timeout = std::chrono::seconds(1);
  JudgedScript s(settings);
  s.ask("GET", "/a").heard();
  s.pass(std::chrono::seconds(3));
  CHECK(s.heard() == "");
}

TEST_CASE("judge: fields that the verdict sets replace the client's, their look-alikes and those in trailers") {
  JudgedScript s;
  Verdict verdict;
  verdict.request.remove_alike("x-user");
  verdict.request.set("x-user", "ann");
  s.say(std::move(verdict)).begin();
  Head head{{":method", "POST"}, {":path", "/a"}, {":authority", "a"}, {"x-user", "root"}, {"x_user", "root"}};
  s.exchanges.from_client(s.key)->head(head, Last::no);
  s.send_end(Head{{"x_user", "root"}, {"x-sum", "1"}});
  CHECK(s.heard() == "judge · b1 open POST /a · b1 end x-sum=1");
  CHECK(s.backend.seen.find("x-user") == "ann");
  CHECK(s.backend.seen.count("x-user") == 1);
  CHECK_FALSE(s.backend.seen.has("x_user"));
}

TEST_CASE("judge: fields that hold for every reply win over the backend's, and are on errors, too") {
  JudgedScript s;
  const auto with_fields = [] {
    Verdict verdict;
    verdict.reply.remove("access-control-allow-origin");
    verdict.reply.set("access-control-allow-origin", "https://a.test");
    verdict.reply.vary_by("Origin");
    return verdict;
  };
  s.say(with_fields()).ask("GET", "/a");
  s.reply("200", Last::yes, Head{{"access-control-allow-origin", "*"}, {"vary", "accept, origin"}});
  CHECK(s.client.seen.find("access-control-allow-origin") == "https://a.test");
  CHECK(s.client.seen.count("vary") == 1);
  s.say(with_fields()).ask("GET", "/a");
  s.fail(no_backend());
  CHECK(s.client.seen.status() == 503);
  CHECK(s.client.seen.find("access-control-allow-origin") == "https://a.test");
  CHECK(s.client.seen.find("vary") == "Origin");
}

TEST_CASE("judge: what a request holds is given back when it is over") {
  struct Counted final : Held {
    explicit Counted(int& with_count) : count(with_count) { ++count; }
    ~Counted() override { --count; }
    int& count;
  };
  JudgedScript s;
  int held = 0;
  Verdict verdict;
  verdict.held = std::make_unique<Counted>(held);
  s.say(std::move(verdict)).ask("GET", "/a");
  CHECK(held == 1);
  s.reply("200", Last::yes);
  CHECK(held == 0);
}

TEST_CASE("judge: without a judge a request that is to be judged is 500") {
  JudgedScript s;
  Exchanges lonely(s.settings, s.counters, s.clock);
  const ExchangeKey key = lonely.open(s.client, s.info, Kind::request, s.clock.time);
  Head head{{":method", "GET"}, {":path", "/a"}, {":authority", "a"}};
  lonely.from_client(key)->head(head, Last::yes);
  CHECK(s.client.seen.status() == 500);
}

}  // namespace zeroway
