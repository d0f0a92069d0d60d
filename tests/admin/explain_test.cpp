#include "router/admin/explain.h"

#include <doctest/doctest.h>

#include "router/admin/explain_json.h"
#include "router/plan/make_plan.h"
#include "tests/admin/census_of.h"
#include "tests/plan/plan_text.h"

using namespace zeroway;
using Answer = Explanation::Answer;

namespace {

MemberFacts worker(const std::string& name, std::vector<RouteClaim> claims = {}, const std::string& state = "ready") {
  MemberFacts facts;
  facts.name = name;
  facts.instance = name + "#1";
  facts.state = state;
  for (const RouteClaim& claim : claims) facts.serves.push_back(claim_text(claim));
  facts.claims = std::move(claims);
  return facts;
}

// A router without a file at port 8080, and these workers.
Census router_with(std::vector<MemberFacts> workers) {
  Census census = census_of(0, 0);
  census.listeners = {{"http://[::]:8080", 0}};
  census.members = std::move(workers);
  return census;
}

ExplainQuestion asked(const std::string& query) {
  auto read = read_explain_question(query);
  REQUIRE_MESSAGE(read.has_value(), query);
  return *read;
}

std::string next_of(const Explanation& explanation) {
  std::string names;
  for (const auto& one : explanation.members)
    if (one.is_next) names += (names.empty() ? "" : " ") + one.member->name;
  return names;
}

std::string reason_of(const Explanation& explanation) { return explanation.error ? explanation.error->detail : ""; }

bool tells(const Explanation& explanation, std::string_view step, const std::string& what, const std::string& why) {
  for (const auto& one : explanation.steps)
    if (one.step == step && one.what == what && one.why == why) return true;
  return false;
}

}  // namespace

TEST_CASE("explain: the parts of a URL") {
  const ExplainQuestion plain = asked("url=http://a.example:81/x?y=1%26z");
  CHECK(plain.authority == "a.example:81");
  CHECK(plain.port == 81);
  CHECK(plain.target == "/x?y=1&z");
  CHECK(plain.method == "GET");
  CHECK(plain.client == "127.0.0.1");
  CHECK_FALSE(plain.is_tls);
  const ExplainQuestion socket = asked("url=wss://[::1]&method=POST&client=2001:db8::1&certificate=1");
  CHECK(socket.authority == "[::1]");
  CHECK(socket.port == 443);
  CHECK(socket.target == "/");
  CHECK(socket.is_tls);
  CHECK(socket.is_web_socket);
  CHECK(socket.has_certificate);
  CHECK(asked("url=https://x?q#f").target == "/?q");
}

TEST_CASE("explain: a worker that serves everything gets the request") {
  const Census census = router_with({worker("w1"), worker("w2", {}, "full")});
  const Explanation out = explain(asked("url=http://x:8080/a"), census);
  CHECK(out.answer == Answer::backend);
  CHECK(next_of(out) == "w1");
  CHECK(tells(out, "listener", "http://[::]:8080", "its port is the URL's"));
}

TEST_CASE("explain: the closest claim wins, and says why the others do not get the request") {
  const Census census = router_with({worker("open"), worker("api", {{"", "/api", PathMatch::prefix}}),
                                     worker("deep", {{"", "/api/v1", PathMatch::prefix}})});
  CHECK(next_of(explain(asked("url=http://x:8080/api/v1/a"), census)) == "deep");
  CHECK(next_of(explain(asked("url=http://x:8080/api/v2"), census)) == "api");
  CHECK(next_of(explain(asked("url=http://x:8080/other"), census)) == "open");
  const Explanation out = explain(asked("url=http://x:8080/api/v2"), census);
  CHECK(out.members[0].why == "others claim the path");
  CHECK(out.members[2].why == "it does not claim the path");
}

TEST_CASE("explain: a path that no worker claims is 404 while workers are here") {
  const Census census = router_with({worker("api", {{"", "/api", PathMatch::prefix}})});
  const Explanation out = explain(asked("url=http://x:8080/other"), census);
  CHECK(out.answer == Answer::error);
  CHECK(out.status == 404);
  CHECK(reason_of(out) == "no worker claims this path");
}

TEST_CASE("explain: without workers, and with workers that are full") {
  const Explanation nobody = explain(asked("url=http://x:8080/"), router_with({}));
  CHECK(nobody.status == 503);
  CHECK(nobody.error->code == Code::no_backend);
  const Explanation full = explain(asked("url=http://x:8080/"), router_with({worker("w1", {}, "full")}));
  CHECK(full.error->code == Code::backends_busy);
}

TEST_CASE("explain: a worker on standby is next only when no active one is fit") {
  MemberFacts spare = worker("spare", {}, "standby, ready");
  spare.is_standby = true;
  MemberFacts held = worker("held", {}, "held");
  held.is_fit = false;
  const auto next_with = [&](const MemberFacts& other) {
    return next_of(explain(asked("url=http://x:8080/"), router_with({spare, other})));
  };
  CHECK(next_with(worker("w")) == "w");
  CHECK(next_with(worker("w", {}, "full")).empty());
  CHECK(next_with(held) == "spare");
  CHECK(next_with(worker("api", {{"", "/api", PathMatch::prefix}})) == "spare");
  const Census census = router_with({spare, worker("w")});
  CHECK(explain(asked("url=http://x:8080/"), census).members[0].why == "it is on standby, and an active one is there");
}

TEST_CASE("explain: a worker on standby that is full lets requests wait") {
  MemberFacts spare = worker("spare", {}, "standby, full");
  spare.is_standby = true;
  CHECK(explain(asked("url=http://x:8080/"), router_with({spare})).error->code == Code::backends_busy);
}

TEST_CASE("explain: a URL whose port or scheme no listener has") {
  const Census census = router_with({worker("w1")});
  const Explanation moved = explain(asked("url=http://x/"), census);
  CHECK(moved.answer == Answer::backend);
  CHECK(tells(moved, "listener", "http://[::]:8080", "its port is 8080"));
  CHECK(tells(moved, "listener", "http://[::]:8080", "the first one of this scheme: no listener has the URL's port"));
  const Explanation tls = explain(asked("url=https://x/"), census);
  CHECK(tls.answer == Answer::error);
  CHECK(tells(tls, "listener", "http://[::]:8080", "it speaks no TLS"));
}

namespace {

// A circuit that the management API names, with a subdomain.
class NamedCircuit final : public CircuitView {
 public:
  NamedCircuit(const std::string& subdomain, bool is_in_force) : is_in_force_(is_in_force) {
    spec_.id = subdomain;
    spec_.session = "s1";
    spec_.service = "a";
    spec_.subdomain = subdomain;
  }
  const CircuitSpec& spec() const override { return spec_; }
  bool is_in_force() const override { return is_in_force_; }
  std::vector<MemberFacts> members(Time) const override { return {}; }
  const CircuitUse* use() const override { return nullptr; }

 private:
  CircuitSpec spec_;
  const bool is_in_force_;
};

}  // namespace

TEST_CASE("explain: the subdomain of a circuit counts while the circuit is in force") {
  Census census = router_with({});
  census.plan =
      plan_of("[[sites]]\nname = 'x'\nhostname = '*.apps.test'\nport = 8080\n[sites.sessions]\nenabled = true\n");
  auto circuits = std::make_shared<CircuitList>();
  circuits->all = {std::make_shared<NamedCircuit>("old", false), std::make_shared<NamedCircuit>("now", true)};
  census.circuits = circuits;
  CHECK(explain(asked("url=http://now.apps.test:8080/"), census).circuit == "/s1/a");
  CHECK(explain(asked("url=http://old.apps.test:8080/"), census).circuit.empty());
}

TEST_CASE("explain: as JSON") {
  const ExplainQuestion question = asked("url=http://x:8080/a");
  const Census census = router_with({worker("w1")});
  const std::string json = explain_json(question, explain(question, census));
  CHECK(json.starts_with(R"({"request":{"method":"GET","url":"http://x:8080/a","client":"127.0.0.1"},"outcome":)"
                         R"({"answer":"backend","status":null,"reason":"","detail":""},"steps":[{"step":"listener")"));
  CHECK(json.find(R"("members":[{"kind":"worker","name":"w1","next":true,"fit":true,"why":"it has room"}]})") !=
        std::string::npos);
}
