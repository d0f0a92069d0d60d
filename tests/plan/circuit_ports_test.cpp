// What sessions.ports means: whose ports they are, and on what terms clients are served there.
#include <doctest/doctest.h>

#include <string>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

std::string sessions(const std::string& ports) {
  return "[sites.sessions]\nenabled = true\nports = \"" + ports + "\"\n";
}

std::string second_site(const std::string& more) {
  return "[[sites]]\nname = \"second\"\nhostname = \"b.test\"\nlisten = [\"127.0.0.1:9090\"]\n" + more;
}

std::string only_error(const std::string& text) {
  const PlanMaking making = make_plan_of(text);
  REQUIRE(making.errors.size() == 1);
  return making.errors.front();
}

bool says(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("circuit ports: clients are served there as at the site's listener, and every host is the site's") {
  const auto plan = plan_of(site_text() + second_site(sessions("20000-20009")));
  REQUIRE(plan->circuit_ports.has_value());
  const CircuitPorts& ports = *plan->circuit_ports;
  CHECK(ports.range == PortRange{20'000, 20'009});
  CHECK(ports.listener == 1);
  CHECK(ports.http.address == "127.0.0.1");
  CHECK(ports.http.language == Language::http);
  CHECK(ports.http.only_site->name == "second");
  CHECK(ports.tcp.language == Language::tcp);
  CHECK(ports.tcp.limits.send_rate == 0);
  CHECK(Plan::site_of(ports.http, "any.host:20003") == &plan->sites.at(1));
}

TEST_CASE("circuit ports: there are none without sessions") {
  CHECK_FALSE(plan_of(site_text())->circuit_ports.has_value());
  CHECK_FALSE(plan_of(site_text("[sites.sessions]\nports = \"20000-20009\"\n"))->circuit_ports.has_value());
}

TEST_CASE("circuit ports: one range for all sites, which [sessions] may say for all of them") {
  const auto shared = plan_of("[sessions]\nenabled = true\nports = \"20000-20009\"\n" + site_text() + second_site(""));
  CHECK(shared->circuit_ports->http.only_site->name == "main");
  const std::string error = only_error(site_text(sessions("20000-20009")) + second_site(sessions("20010-20019")));
  CHECK(says(error, "site 'second': sessions.ports: site 'main' has other ones"));
}

TEST_CASE("circuit ports: what cannot be is told with the range") {
  CHECK(says(only_error(site_text(sessions("8000-8099"))), "sessions.ports = 8000-8099: a listener has port 8080"));
  CHECK(says(only_error("[[sites]]\nname = \"main\"\nhostname = \"a.test\"\nlisten = [\"unix:/run/x.sock\"]\n" +
                        sessions("20000-20009")),
             "wants a site that listens at an address"));
}

TEST_CASE("circuit ports: also without a file, beside TLS where the router speaks it") {
  Settings settings;
  settings.sessions.enabled = true;
  settings.sessions.ports = {20'000, 20'001};
  settings.management.enabled = false;
  const PlanMaking making = make_plan(settings, reader_of({}));
  REQUIRE(making.plan);
  CHECK(making.plan->circuit_ports->listener == 0);
  CHECK_FALSE(making.plan->circuit_ports->tcp.is_tls);
  CHECK(making.plan->circuit_ports->http.only_site == &making.plan->sites.front());
}
