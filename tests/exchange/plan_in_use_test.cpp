// Plans come and go while exchanges are open.
#include "router/exchange/plan_in_use.h"
#include "router/plan/make_plan.h"

#include <doctest/doctest.h>

#include "tests/exchange/script.h"

namespace zeroway {

namespace {

// Says when it ends.
class MortalBackend final : public Backend {
 public:
  explicit MortalBackend(int& alive) : alive_(alive) { ++alive_; }
  ~MortalBackend() override { --alive_; }
  BackendStream open(const BackendRequest&, ReplyTo to) override {
    reply_to = to;
    return {this, ++streams};
  }
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode) override {}
  void credit(StreamKey, std::uint32_t) override {}
  ReplyTo reply_to;
  StreamKey streams = 0;

 private:
  int& alive_;
};

}  // namespace

TEST_CASE("plan in use: a backend that no plan has ends with the last exchange that it answers, at a sweep") {
  int alive = 0;
  ExchangeSettings settings;
  FakeClock clock;
  Counters counters;
  Heard heard;
  FakeClient client(heard, "c");
  auto first = std::make_shared<MortalBackend>(alive);
  MortalBackend& answering = *first;
  PlanInUse plan;
  plan.use(make_plan({}, settings), {std::move(first)});
  ListenerInUse listener = plan.listen(0);
  const ClientInfo info{.address = "192.0.2.1", .listener = &listener};
  Exchanges exchanges(settings, counters, clock);

  const ExchangeKey key = exchanges.open(client, info, Kind::request, clock.time);
  Head head{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
  exchanges.from_client(key)->head(head, Last::yes);
  plan.use(make_plan({}, settings), {std::make_shared<MortalBackend>(alive)});
  listener = plan.listen(0);
  plan.sweep();
  CHECK(alive == 2);
  CHECK(plan.size() == 2);

  Head reply{{":status", "200"}};
  Head none;
  BackendEvents* events = answering.reply_to.find();
  events->accepted({"w", "w"});
  events->head(reply, Last::yes);
  CHECK(heard.take() == "c head 200 last · c end");
  CHECK(alive == 2);  // its own verb may still run
  plan.sweep();
  CHECK(alive == 1);
  CHECK(plan.size() == 1);
}

TEST_CASE("plan in use: a plan with two equal backends in a row shares the object") {
  int alive = 0;
  ExchangeSettings settings;
  auto shared = std::make_shared<MortalBackend>(alive);
  PlanInUse plan;
  plan.use(make_plan({}, settings), {shared});
  plan.use(make_plan({}, settings), {shared});
  shared.reset();
  plan.sweep();
  CHECK(plan.size() == 1);
  CHECK(alive == 1);
}

}  // namespace zeroway
