#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/settings/crossbar_reading.h"

using namespace zeroway;

namespace {

// A worker with one transport of this type, which has `more` in line 2.
std::string transport(const std::string& type, const std::string& more) {
  return R"({"type": "proxy", "transports": [{"type": ")" + type + R"(", "endpoint": {"type": "tcp", "port": 80})" +
         (more.empty() ? "" : ",\n") + more + "}]}";
}

RawSocketSettings raw_in(const std::string& more) {
  const SiteSettings site = site_in(transport("rawsocket", more));
  REQUIRE(site.raw_socket.has_value());
  return *site.raw_socket;
}

std::string warnings_of(const std::string& text) {
  std::string all;
  for (const std::string& warning : read_json_text(text).warnings) all += warning + "\n";
  return all;
}

}  // namespace

TEST_CASE("crossbar: a transport of type rawsocket speaks nothing else") {
  const SiteSettings usual = site_in(transport("rawsocket", ""));
  REQUIRE(usual.raw_socket.has_value());
  CHECK(usual.raw_socket->only);
  CHECK(usual.raw_socket->serializers == SerializerSet::all());
  CHECK(usual.raw_socket->max_message_size == 16 << 20);
  REQUIRE(usual.proxy.routes.size() == 1);
  CHECK(usual.proxy.routes[0].path == usual.raw_socket->path);
  CHECK(usual.proxy.routes[0].wamp.enabled);
  CHECK_FALSE(usual.proxy.routes[0].wamp.status_page);

  const SiteSettings site = site_in(R"({"type": "proxy", "transports": [{"type": "rawsocket", "id": "raw",
    "endpoint": {"type": "unix", "path": "raw.sock"}, "serializers": ["cbor", "json"], "url": "rs://localhost",
    "debug": false, "options": {"max_message_size": 4096}, "auth": {"anonymous": {"role": "guest"}},
    "backends": [{"realm": "realm1", "type": "rawsocket", "endpoint": {"type": "unix", "path": "b.sock"},
                  "serializer": "cbor"}]}], "backends": [{"realm": "other", "type": "websocket", "url": "ws://a",
                  "endpoint": {"type": "tcp", "host": "a", "port": 1}}]})");
  CHECK(site.name == "raw");
  CHECK(site.listen.at(0).path.ends_with("/dir/raw.sock"));
  SerializerSet two;
  two.add(Serializer::cbor);
  two.add(Serializer::json);
  CHECK(site.raw_socket->serializers == two);
  CHECK(site.raw_socket->max_message_size == 4'096);
  const WampSettings& wamp = site.proxy.routes.at(0).wamp;
  CHECK(wamp.serializers == two);
  REQUIRE(wamp.backends.size() == 1);
  CHECK(wamp.backends[0].realm == "realm1");
  REQUIRE(wamp.auth.has_value());
  CHECK(wamp.auth->anonymous->role == "guest");
}

TEST_CASE("crossbar: a rawsocket has the worker's backends where it names none") {
  const SiteSettings site = site_in(
      R"({"type": "proxy", "transports": [{"type": "rawsocket", "endpoint": {"type": "tcp", "port": 80}}],
    "connections": {"c": {"transport": {"type": "rawsocket", "endpoint": {"type": "unix", "path": "b.sock"},
                                        "serializer": "cbor"}}}, "routes": {"realm1": {"anonymous": "c"}}})");
  REQUIRE(site.proxy.routes.at(0).wamp.backends.size() == 1);
  CHECK(site.proxy.routes.at(0).wamp.backends[0].realm == "realm1");
}

TEST_CASE("crossbar: the limit of a rawsocket is a power of two, beside the options or in them") {
  CHECK(raw_in(R"("max_message_size": 512)").max_message_size == 512);
  CHECK(raw_in(R"("options": {"max_message_size": 16777216})").max_message_size == 16 << 20);
  CHECK(warnings_of(transport("rawsocket", R"("max_message_size": 512)")).find("power") == std::string::npos);
  CHECK(raw_in(R"("max_message_size": 1000000)").max_message_size == 1 << 20);
  CHECK(warnings_of(transport("rawsocket", R"("max_message_size": 1000000)"))
            .find("2:21: /transports/0/max_message_size = 1000000: is no power of two; 1048576 is announced to clients "
                  "and enforced") != std::string::npos);
}

TEST_CASE("crossbar: a rawsocket that does not fit is an error with its pointer") {
  const auto check = [](const std::string& more, const std::string& error) {
    check_errors(transport("rawsocket", more), {error});
  };
  check(R"("max_message_size": 511)",
        "2:21: /transports/0/max_message_size = 511: wants a number from 512 to 16777216");
  check(R"("options": {"max_message_size": 67108864})",
        "2:33: /transports/0/options/max_message_size = 67108864: wants a number from 512 to 16777216");
  check(R"("max_message_size": 512, "options": {"max_message_size": 512})",
        "2:21: /transports/0/max_message_size: options has it, too: one of them");
  check(R"("serializers": "json")",
        "2:16: /transports/0/serializers = \"json\": wants a list of serializers: cbor, msgpack or json");
  check(
      R"("serializers": ["ubjson"])",
      "2:16: /transports/0/serializers = [\"ubjson\"]: none of them is left; wants serializers: cbor, msgpack or json");
  check(R"("paths": {})", "2:1: /transports/0/paths is no key; is auth meant?");
  check(R"("cookie": {})", "2:1: /transports/0/cookie is no key");
  check(R"("auth": {"anonymous": {}, "cookie": {}})",
        "2:27: /transports/0/auth/cookie: clients of RawSocket have no cookies");
  check(
      R"("auth": {"ticket": {"type": "dynamic"}})",
      "2:29: /transports/0/auth/ticket/type = \"dynamic\": wants static: the router calls no procedure and no function "
      "to check clients");
  check_errors(R"({"type": "proxy", "transports": [{"type": "rawsocket"}]})",
               {"1:34: /transports/0/endpoint is missing: wants a table"});
}

TEST_CASE("crossbar: universal is RawSocket, WebSockets by path, and services at one port") {
  const SiteSettings site = site_in(transport("universal", R"("id": "all",
    "rawsocket": {"serializers": ["msgpack"], "max_message_size": 1024, "auth": {"ticket": {"principals": {
      "joe": {"ticket": "t", "role": "r"}}}}},
    "websocket": {"ws": {"type": "websocket", "auth": {"anonymous": {}}}, "more": {"type": "websocket"}},
    "web": {"paths": {"/": {"type": "static", "directory": "w"}, "info": {"type": "nodeinfo"}},
            "options": {"access_log": true}})"));
  CHECK(site.name == "all");
  CHECK(site.log.access_log == "-");
  CHECK(site.folders.at(0).path == "/");
  CHECK(site.info_path == "/info");
  REQUIRE(site.raw_socket.has_value());
  CHECK_FALSE(site.raw_socket->only);
  CHECK(site.raw_socket->max_message_size == 1'024);
  REQUIRE(site.proxy.routes.size() == 3);
  const RouteSettings& raw = site.proxy.routes[0];
  CHECK(raw.path == site.raw_socket->path);
  CHECK(raw.wamp.auth->ticket.size() == 1);
  CHECK(raw.terms.web_sockets.allowed_origins.empty());
  CHECK_FALSE(raw.terms.web_sockets.allow_null_origin);
  CHECK(site.proxy.routes[1].path == "/ws");
  CHECK(site.proxy.routes[1].wamp.auth->anonymous.has_value());
  CHECK(site.proxy.routes[2].path == "/more");
  CHECK_FALSE(site.proxy.routes[2].wamp.auth.has_value());

  const SiteSettings quiet = site_in(transport("universal", R"("websocket": {"/": {"type": "websocket"}})"));
  CHECK_FALSE(quiet.raw_socket.has_value());
  CHECK(quiet.proxy.routes.at(0).path == "/");
}

TEST_CASE("crossbar: a universal transport that does not fit is an error with its pointer") {
  const auto check = [](const std::string& more, const std::string& error) {
    check_errors(transport("universal", more), {error});
  };
  check("", "1:34: /transports/0: wants at least one of rawsocket, websocket, web");
  check(R"("rawsocket": {}, "mqtt": {"options": {}})", "2:18: /transports/0/mqtt: the router does not speak MQTT");
  check(R"("rawsocket": 1)", "2:14: /transports/0/rawsocket = 1: wants a table");
  check(R"("rawsocket": {"endpoint": {}})", "2:15: /transports/0/rawsocket/endpoint is no key");
  check(R"("websocket": [])", "2:14: /transports/0/websocket = []: wants a table of paths and services");
  check(R"("websocket": {"a": {"type": "static"}})",
        "2:29: /transports/0/websocket/a/type = \"static\": wants websocket");
  check(R"("websocket": {"a/b": {"type": "websocket"}})",
        "2:15: /transports/0/websocket/a~1b is no path: wants one component of letters, digits, '_' and '-', or / for "
        "all other paths");
  check(R"("websocket": {"a": {"type": "websocket"}}, "web": {"paths": {"a": {"type": "nodeinfo"}}})",
        "2:62: /transports/0/web/paths/a: the transport has a websocket of this path, which would get all of its "
        "requests; wants another path");
  check(R"("web": {"endpoint": {}})", "2:9: /transports/0/web/endpoint is no key");
  check(R"("web": {"options": {"client_timeout": 0}})",
        "2:39: /transports/0/web/options/client_timeout = 0: wants null, or seconds: a number from 1 to 86400");
}
