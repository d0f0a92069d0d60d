#include "router/plan/wamp_maker.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

const std::string kHead = "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nport = 8080\n";
const std::string kProxy = "[sites.proxy]\nenabled = true\n[[sites.proxy.routes]]\npath = \"/ws\"\n";
const std::string kWamp =
    kProxy +
    "[sites.proxy.routes.wamp]\n[[sites.proxy.routes.wamp.auth.ticket]]\nauthid = \"joe\"\nrole = \"frontend\"\n"
    "ticket = \"secret\"\n";

const WampSpec* wamp_of(const Plan& plan, const Route* route) {
  return route == nullptr ? nullptr : std::get_if<WampSpec>(&plan.backends[route->backend]);
}

}  // namespace

TEST_CASE("wamp maker: a route's specification says how its clients are checked") {
  const auto plan = plan_of(kHead + kWamp);
  const auto found = plan->sites.front().routes.find("/ws", "GET");
  const WampSpec* spec = wamp_of(*plan, found.value == nullptr ? nullptr : *found.value);
  REQUIRE(spec != nullptr);
  REQUIRE(spec->auth);
  CHECK(spec->auth->ticket.at(0) == TicketSpec{{"joe", "frontend", ""}, "secret"});
}

TEST_CASE("wamp maker: no path that nobody has asked for leads around a route's terms") {
  const auto usual = plan_of(kHead);
  REQUIRE(wamp_of(*usual, usual->sites.front().wamp) != nullptr);
  CHECK(usual->sites.front().wamp->path == "/ws");
  CHECK(plan_of(kHead + kWamp)->sites.front().wamp == nullptr);
  const auto named = plan_of(kHead + "wamp_path = \"/open\"\n" + kWamp);
  REQUIRE(named->sites.front().wamp != nullptr);
  CHECK(named->sites.front().wamp->path == "/open");
}
