// What [sites.rawsocket] and --rawsocket mean: what is spoken at which listener, and which site answers.
#include <doctest/doctest.h>

#include <string>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

std::string raw_text(const std::string& more = "") { return "[sites.rawsocket]\npath = \"/ws\"\n" + more; }

}  // namespace

TEST_CASE("raw socket plan: a listener speaks HTTP and RawSocket, or RawSocket alone") {
  const auto both =
      plan_of(site_text(raw_text("serializers = [\"json\"]\nmax_message_size = 4096\nmax_connections = 3\n")));
  REQUIRE(both->listeners.size() == 1);
  const ListenerSpec& listener = both->listeners.front();
  CHECK(listener.language == Language::http);
  SerializerSet json;
  json.add(Serializer::json);
  CHECK(listener.raw_socket == RawSocketSpec{"example.com", "/ws", json, 4'096, 3});

  const auto alone = plan_of(site_text(raw_text("only = true\n")));
  CHECK(alone->listeners.front().language == Language::raw_socket);
  CHECK(alone->listeners.front().raw_socket->path == "/ws");
  CHECK_FALSE(alone->listeners.front().is_same_socket(listener));

  const auto none = plan_of(site_text());
  CHECK_FALSE(none->listeners.front().raw_socket);
  CHECK(none->listeners.front().is_same_socket(listener));
}

TEST_CASE("raw socket plan: its sessions name the site that has it, also by a pattern") {
  const std::string other = "[[sites]]\nname = \"other\"\nhostname = \"*.other.test\"\nport = 8080\n" + raw_text();
  const auto plan = plan_of(site_text("default = true\n") + other);
  REQUIRE(plan->listeners.size() == 1);
  const ListenerSpec& listener = plan->listeners.front();
  CHECK(listener.raw_socket->authority == "rawsocket.other.test");
  CHECK(Plan::site_of(listener, listener.raw_socket->authority)->name == "other");
}

TEST_CASE("raw socket plan: listeners of the command line have the one site of a router without a file") {
  Settings settings;
  settings.management.enabled = false;
  settings.raw_sockets = {{{"", 2000, ""}, "/ws"}, {{"", 0, "/run/raw.sock"}, "/other"}};
  const PlanMaking making = make_plan(settings, reader_of({}));
  REQUIRE(making.plan);
  REQUIRE(making.plan->listeners.size() == 3);
  CHECK(making.plan->listeners[0].language == Language::http);
  CHECK_FALSE(making.plan->listeners[0].raw_socket);
  CHECK(making.plan->listeners[1].language == Language::raw_socket);
  CHECK(making.plan->listeners[1].port == 2000);
  CHECK(making.plan->listeners[1].raw_socket->path == "/ws");
  CHECK(making.plan->listeners[2].socket_path == "/run/raw.sock");
  CHECK(making.plan->listeners[2].raw_socket->path == "/other");
  CHECK(Plan::site_of(making.plan->listeners[2], "") == making.plan->listeners[0].only_site);
}
