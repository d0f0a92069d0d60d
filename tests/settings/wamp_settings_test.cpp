// [sites.proxy.routes.wamp]: what is read, and what is said of what is wrong.
#include <doctest/doctest.h>

#include <string>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string route(const std::string& more) {
  return "[[sites]]\nname = \"a\"\nhostname = \"a.test\"\nport = 8080\n[sites.proxy]\nenabled = true\n"
         "[[sites.proxy.routes]]\npath = \"/ws\"\n" +
         more + "\n";
}

RouteSettings read(const std::string& more) {
  return good(read_toml_text(route(more))).file->sites.front().proxy.routes.front();
}

std::string errors(const std::string& more) {
  std::string all;
  for (const std::string& error : read_toml_text(route(more)).errors) all += error.substr(error.find(':') + 1) + "\n";
  return all;
}

}  // namespace

TEST_CASE("wamp settings: true is enough, and false is as nothing") {
  const WampSettings wamp = read("wamp = true").wamp;
  CHECK(wamp.enabled);
  CHECK(wamp.serializers == SerializerSet::all());
  CHECK(wamp.require_subprotocol);
  CHECK(wamp.workers);
  CHECK(wamp.status_page);
  CHECK(errors("wamp = false").find("upstream is missing") != std::string::npos);
}

TEST_CASE("wamp settings: backends by url, and by a socket") {
  const WampSettings wamp =
      read(
          "[sites.proxy.routes.wamp]\nserializers = [\"json\", \"cbor\"]\nworkers = false\n"
          "[[sites.proxy.routes.wamp.backends]]\nrealm = \"realm1\"\nurl = \"ws://localhost:8080/wamp\"\n"
          "serializers = [\"cbor\"]\nmax_message_size = \"1MiB\"\n"
          "[[sites.proxy.routes.wamp.backends]]\nrealm = \"realm2\"\nurl = \"wss://b.test\"\nserver_name = \"c.test\"\n"
          "[[sites.proxy.routes.wamp.backends]]\nrealm = \"realm3\"\nurl = \"rs://10.0.0.1:9000\"\n"
          "[[sites.proxy.routes.wamp.backends]]\nurl = \"ws://localhost\"\nsocket = \"/run/b.sock\"\n")
          .wamp;
  REQUIRE(wamp.backends.size() == 4);
  CHECK_FALSE(wamp.serializers.contains(Serializer::msgpack));
  const WampBackendSettings& first = wamp.backends[0];
  CHECK(first.realm == "realm1");
  CHECK(first.target.scheme == MemberScheme::http);
  CHECK(first.target.host == "localhost");
  CHECK(first.target.port == 8080);
  CHECK(first.target.base.empty());
  CHECK(first.host == "localhost:8080");
  CHECK(first.path == "/wamp");
  CHECK(first.max_message_size == 1 << 20);
  CHECK_FALSE(first.serializers.contains(Serializer::json));
  CHECK(wamp.backends[1].target.scheme == MemberScheme::https);
  CHECK(wamp.backends[1].path == "/");
  CHECK(wamp.backends[2].transport == WampBackendSettings::Transport::raw_socket);
  CHECK(wamp.backends[3].target.scheme == MemberScheme::unix_socket);
  CHECK(wamp.backends[3].target.socket_path == "/run/b.sock");
  CHECK(wamp.backends[3].host == "localhost");
}

TEST_CASE("wamp settings: what is wrong is said at its place") {
  CHECK(errors("wamp = true\nupstream = \"fabric\"").find("whose sessions go to whoever has their realm") !=
        std::string::npos);
  CHECK(errors("[sites.proxy.routes.wamp]\nserializers = [\"xml\"]").find("wants a list of json, msgpack and cbor") !=
        std::string::npos);
  CHECK(errors("[sites.proxy.routes.wamp]\nworkers = false").find("nobody would have a session") != std::string::npos);
  const std::string twice = errors(
      "[[sites.proxy.routes.wamp.backends]]\nrealm = \"r\"\nurl = \"ws://a\"\n"
      "[[sites.proxy.routes.wamp.backends]]\nrealm = \"r\"\nurl = \"ws://b\"");
  CHECK(twice.find("of realm \"r\", too") != std::string::npos);
  CHECK(errors("[[sites.proxy.routes.wamp.backends]]\nurl = \"http://a\"").find("wants ws://HOST") !=
        std::string::npos);
  CHECK(errors("[[sites.proxy.routes.wamp.backends]]\nurl = \"rs://a\"").find("it has no port") != std::string::npos);
  CHECK(errors("[[sites.proxy.routes.wamp.backends]]\nurl = \"rs://a\"\nsocket = \"/run/b\"").empty());
}
