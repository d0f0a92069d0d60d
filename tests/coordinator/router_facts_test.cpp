#include "router/coordinator/router_facts.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

AppProxySettings said(const std::string& url) {
  AppProxySettings said;
  said.site.listen = {{"", 5050, ""}};
  said.coordinator.url = url;
  said.coordinator.target = *read_member_url(url);
  return said;
}

}  // namespace

TEST_CASE("router facts: a coordinator on this machine is told a loopback address") {
  const RouterFacts facts = router_facts(said("http://127.0.0.1:6030"), {}, "machine");
  CHECK(facts.authority == "machine");
  CHECK(facts.hostname == "127.0.0.1");
  CHECK(facts.api_port == 6040);
  CHECK(facts.url() == "http://127.0.0.1:5050");
}

TEST_CASE("router facts: one elsewhere is not told a listener that it cannot reach") {
  ManagementSettings management;
  RouterFacts facts = router_facts(said("http://coordinator.test:6030"), management, "machine");
  CHECK(facts.hostname == "machine");
  CHECK(facts.api_port == 0);
  management.listen = {"10.0.0.5", 6041, ""};
  facts = router_facts(said("http://coordinator.test:6030"), management, "machine");
  CHECK(facts.hostname == "10.0.0.5");
  CHECK(facts.api_port == 6041);
  management.listen = {"", 6041, ""};
  facts = router_facts(said("http://coordinator.test:6030"), management, "machine");
  CHECK(facts.hostname == "machine");
  CHECK(facts.api_port == 6041);
  management.enabled = false;
  CHECK(router_facts(said("http://127.0.0.1:6030"), management, "machine").api_port == 0);
}

TEST_CASE("router facts: what the operator says comes first") {
  AppProxySettings all = said("http://127.0.0.1:6030");
  all.site.ssl.enabled = true;
  CHECK(router_facts(all, {}, "m").url() == "https://127.0.0.1:5050");
  all.coordinator.advertised_host = "apps.example.com";
  all.coordinator.advertised_port = 443;
  all.coordinator.authority = "r1";
  all.site.hostnames = {"*.apps.example.com"};
  RouterFacts facts = router_facts(all, {}, "m");
  CHECK(facts.url() == "https://apps.example.com");
  CHECK(facts.domain == "apps.example.com");
  CHECK(facts.authority == "r1");
  all.coordinator.advertised_tls = false;
  CHECK(router_facts(all, {}, "m").url() == "http://apps.example.com:443");
  all.coordinator.advertised_host = "2001:db8::1";
  CHECK(router_facts(all, {}, "m").url() == "http://[2001:db8::1]:443");
}
