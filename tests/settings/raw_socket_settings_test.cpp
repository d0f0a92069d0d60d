// [sites.rawsocket] of a file and --rawsocket: what is read, and what is said of what is wrong.
#include <doctest/doctest.h>

#include <string>

#include "router/settings/raw_socket_option.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string site(const std::string& more, const std::string& host = "a.test") {
  return "[[sites]]\nname = \"" + host + "\"\nhostname = \"" + host +
         "\"\nport = 8080\ndefault = " + (host == "a.test" ? "true" : "false") + "\n" + more;
}

std::string errors(const std::string& text) {
  std::string all;
  for (const std::string& error : read_toml_text(text).errors) all += error.substr(error.find(':') + 1) + "\n";
  return all;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("raw socket settings: a site without the table speaks none, a path is enough for all that can be") {
  CHECK_FALSE(good(read_toml_text(site(""))).file->sites.front().raw_socket);
  const Settings settings = good(read_toml_text(site("[sites.rawsocket]\npath = \"/ws\"\n")));
  const RawSocketSettings& said = settings.file->sites.front().raw_socket.value();
  CHECK(said.path == "/ws");
  CHECK_FALSE(said.only);
  CHECK(said.serializers == SerializerSet::all());
  CHECK(said.max_message_size == 16 << 20);
  CHECK(said.max_connections == 0);
}

TEST_CASE("raw socket settings: each key is read") {
  const Settings settings =
      good(read_toml_text(site("[sites.rawsocket]\npath = \"/a/b\"\nonly = true\nserializers = [\"cbor\", \"json\"]\n"
                               "max_message_size = \"512\"\nmax_connections = 7\n")));
  const RawSocketSettings& said = settings.file->sites.front().raw_socket.value();
  CHECK(said.path == "/a/b");
  CHECK(said.only);
  CHECK(said.serializers.contains(Serializer::cbor));
  CHECK(said.serializers.contains(Serializer::json));
  CHECK_FALSE(said.serializers.contains(Serializer::msgpack));
  CHECK(said.max_message_size == 512);
  CHECK(said.max_connections == 7);
}

TEST_CASE("raw socket settings: what does not fit") {
  const auto table = [](const std::string& more) { return errors(site("[sites.rawsocket]\n" + more + "\n")); };
  CHECK(has(table("only = true"), "rawsocket.path is missing: wants a path that begins with /"));
  CHECK(has(table("path = \"ws\""), "wants a path that begins with /"));
  CHECK(has(table("path = \"/ws\"\nserializers = []"), "wants a list of at least one of json, msgpack, cbor"));
  CHECK(has(table("path = \"/ws\"\nserializers = [\"ubjson\"]"), "one of json, msgpack, cbor"));
  CHECK(has(table("path = \"/ws\"\nmax_message_size = 511"), "wants a size from 512 to 16777216"));
  CHECK(has(table("path = \"/ws\"\nmax_message_size = \"17MiB\""), "wants a size from 512 to 16777216"));
}

TEST_CASE("raw socket settings: a listener has one, for its connections name no site") {
  const std::string raw = "[sites.rawsocket]\npath = \"/ws\"\n";
  CHECK(has(errors(site(raw) + site(raw, "b.test")), "RawSocket at *:8080 is taken: the site of line 1 has it"));
  CHECK(errors(site(raw) + site("", "b.test")).empty());
  CHECK(has(errors(site(raw + "only = true\n") + site("", "b.test")), "of which only one could be reached"));
}

TEST_CASE("raw socket option: a port, an address with a port or a unix socket, and a path") {
  for (const auto& [word, listen, path] : std::vector<std::tuple<std::string, ListenAddress, std::string>>{
           {"2000=/ws", {"", 2000, ""}, "/ws"},
           {"127.0.0.1:2000=/ws", {"127.0.0.1", 2000, ""}, "/ws"},
           {"[::1]:22=/a/b", {"::1", 22, ""}, "/a/b"},
           {"2000=/a=/b", {"", 2000, ""}, "/a=/b"},
           {"unix:/run/a=b.sock=/ws", {"", 0, "/run/a=b.sock"}, "/ws"},
           {"unix:/run/a=/b.sock=/ws", {"", 0, "/run/a=/b.sock"}, "/ws"}}) {
    CAPTURE(word);
    const auto read = read_raw_socket_option(word);
    REQUIRE(read.has_value());
    CHECK(read->listen == listen);
    CHECK(read->path == path);
  }
  for (const char* word : {"", "2000", "2000=ws", "=/ws", "0=/ws", "70000=/ws", "unix:a=/ws", "2000=/ws?a"}) {
    CAPTURE(word);
    const auto read = read_raw_socket_option(word);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().detail == kRawSocketForms);
  }
}
