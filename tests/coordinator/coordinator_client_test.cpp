// What the router asks its coordinator, and what it does with the answers.
#include "router/coordinator/coordinator_client.h"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/run_until.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const std::string kCircuit = R"({"id": "c1", "app": "a", "protocol": "http", "session_ids": ["s"], "route_info": []})";

// A coordinator that a test plays.
struct ScriptedLine final : CoordinatorLine {
  void ask(CoordinatorQuestion question, Done done) override {
    asked += question.method + " " + question.path + (question.etag.empty() ? "" : " " + question.etag) + "\n";
    last = std::move(question);
    waiting = std::move(done);
  }
  CoordinatorQuestion last;
  Done waiting;
  std::string asked;
};

RouterFacts facts() {
  RouterFacts facts;
  facts.authority = "r1";
  facts.hostname = "h";
  return facts;
}

struct Life {
  explicit Life(std::chrono::milliseconds heartbeat = 10s) {
    client = std::make_unique<CoordinatorClient>(
        loop, line, facts(), CoordinatorClient::Terms{.owner = "me", .heartbeat = heartbeat, .seed = 7},
        CoordinatorUsers{[this](std::vector<CircuitSpec> circuits) {
                           used += std::to_string(circuits.size()) + " ";
                           if (!circuits.empty()) owner = circuits.front().owner;
                         },
                         [this] { return report; }});
    client->begin();
  }
  bool wait_question() {
    return run_until(
        loop, [this] { return line.waiting != nullptr; }, 20s);
  }
  void answer(Result<CoordinatorAnswer> with) {
    REQUIRE(wait_question());
    const auto done = std::exchange(line.waiting, nullptr);
    done(std::move(with));
  }
  void answer(int status, const std::string& body = "{}", const std::string& etag = "") {
    answer(CoordinatorAnswer{status, body, etag});
  }
  void fail() { answer(Error{Fault::backend, Code::backend_lost, true, "refused"}); }
  void join(const std::string& circuits = kCircuit) {
    answer(200, R"({"id": "w1"})");
    answer(200, R"({"circuits": [)" + circuits + "]}", "\"1\"");
  }
  // What was asked since the last call.
  std::string asked() { return std::exchange(line.asked, ""); }

  Loop loop;
  ScriptedLine line;
  CoordinatorReport report;
  std::string used, owner;
  std::unique_ptr<CoordinatorClient> client;
};

}  // namespace

TEST_CASE("coordinator: the router registers, fetches its circuits, and beats") {
  Life life(30ms);
  CHECK(life.line.last.body.find(R"("authority":"r1")") != std::string::npos);
  life.join();
  CHECK(life.asked() == "PUT /api/worker\nGET /api/worker/w1/circuits\n");
  CHECK(life.used == "1 ");
  CHECK(life.owner == "me");
  CHECK(life.client->is_in_contact());
  life.answer(200);
  life.answer(200);
  CHECK(life.asked() == "PATCH /api/worker/w1\nPATCH /api/worker/w1\n");
}

TEST_CASE("coordinator: while nobody answers the router asks again, and then goes on") {
  Life life;
  life.fail();
  CHECK_FALSE(life.client->is_in_contact());
  life.answer(503, "busy");
  life.join();
  CHECK(life.asked() == "PUT /api/worker\nPUT /api/worker\nPUT /api/worker\nGET /api/worker/w1/circuits\n");
  CHECK(life.used == "1 ");
}

TEST_CASE("coordinator: garbage is no table: what is served stays, and the router asks again") {
  Life life;
  life.answer(200, "<html>");
  life.answer(200, R"({"id": "w1"})");
  life.answer(200, "garbage");
  life.answer(200, R"({"circuits": [)" + kCircuit + "]}");
  CHECK(life.asked() == "PUT /api/worker\nPUT /api/worker\nGET /api/worker/w1/circuits\nGET /api/worker/w1/circuits\n");
  CHECK(life.used == "1 ");
}

TEST_CASE("coordinator: one that does not know the router any more is told again") {
  Life life(20ms);
  life.join();
  life.answer(404);
  life.join("");
  CHECK(life.asked() ==
        "PUT /api/worker\nGET /api/worker/w1/circuits\nPATCH /api/worker/w1\n"
        "PUT /api/worker\nGET /api/worker/w1/circuits\n");
  CHECK(life.used == "1 0 ");
}

TEST_CASE("coordinator: one that knows no circuits of the router is not asked in circles") {
  Life life;
  life.answer(200, R"({"id": "w1"})");
  life.answer(404);
  CHECK(life.line.waiting == nullptr);
  life.join();
  CHECK(life.used == "1 ");
}

TEST_CASE("coordinator: a table that is known is not told again") {
  Life life(20ms);
  life.join();
  life.fail();  // a beat is lost: what was missed is looked for behind the next one
  life.answer(200);
  CHECK(life.asked() ==
        "PUT /api/worker\nGET /api/worker/w1/circuits\nPATCH /api/worker/w1\nPATCH /api/worker/w1\n"
        "GET /api/worker/w1/circuits \"1\"\n");
  life.answer(304, "");
  CHECK(life.used == "1 ");
  CHECK(life.client->is_in_contact());
}

TEST_CASE("coordinator: a table that is as before is not read again, also without an ETag") {
  Life life(20ms);
  for (int times = 0; times < 2; ++times) {
    if (times == 0) life.answer(200, R"({"id": "w1"})");
    if (times == 1) {
      life.fail();
      life.answer(200);
    }
    life.answer(200, R"({"circuits": [)" + kCircuit + "]}");
    CHECK(life.used == "1 ");
  }
  life.fail();
  life.answer(200);
  life.answer(200, R"({"circuits": []})");
  CHECK(life.used == "1 0 ");
}

TEST_CASE("coordinator: a backend that fails is told before the next beat") {
  Life life(1h);
  life.join();
  life.report.backends = {{"c1", "a:1", false}};
  life.report.circuits = {{"c1", 2, 1}};
  life.answer(200);
  CHECK(life.line.last.method == "PATCH");
  CHECK(life.line.last.body.find(R"({"backend":"a:1","circuit":"c1","healthy":false})") != std::string::npos);
  CHECK(life.line.last.body.find(R"("requests":2)") != std::string::npos);
}

TEST_CASE("coordinator: the router signs off, and waits for no answer for long") {
  Life life;
  life.join();
  static_cast<void>(life.asked());
  bool is_over = false;
  life.client->leave([&] { is_over = true; });
  CHECK_FALSE(is_over);
  CHECK(life.asked() == "DELETE /api/worker/w1\n");
  SUBCASE("an answer") { life.answer(200); }
  SUBCASE("none") {}
  CHECK(run_until(
      life.loop, [&] { return is_over; }, 10s));
}

TEST_CASE("coordinator: a router that was never registered has nothing to sign off") {
  Life life;
  bool is_over = false;
  life.client->leave([&] { is_over = true; });
  CHECK_FALSE(is_over);
  CHECK(run_until(
      life.loop, [&] { return is_over; }, 10s));
  CHECK(life.asked() == "PUT /api/worker\n");
}
