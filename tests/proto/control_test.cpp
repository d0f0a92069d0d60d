#include "proto/control.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

const std::string kInstance = "w#0123456789abcdef";

Result<Hello> read(std::string_view json) { return read_hello(as_bytes(json)); }

// A HELLO with `more` after its two required members.
Result<Hello> read_with(const std::string& more) {
  return read(R"({"name":"w","instance":")" + kInstance + "\"" + (more.empty() ? "" : ",") + more + "}");
}

std::string complaint(const std::string& more) {
  const auto hello = read_with(more);
  REQUIRE_FALSE(hello.has_value());
  CHECK(hello.error().code == Code::frame_error);
  return hello.error().detail;
}

Result<Welcome> read_pairs(const std::string& pairs, const std::string& loop = "0") {
  return read_welcome(as_bytes(R"({"router":"r#1","loop":)" + loop + R"(,"pairs":)" + pairs + "}"));
}

}  // namespace

TEST_CASE("control: a HELLO comes back as it was written") {
  Hello hello;
  hello.name = "worker-1";
  hello.instance = "worker-1#00000000000000ff";
  hello.replaces = "worker-1#00000000000000fe";
  hello.pid = 18'446'744'073'709'551'615U;
  hello.weight = 7;
  hello.capacity = 99;
  hello.state = "draining";
  hello.routes = {{"*.example.com", "/api/"}, {"", "/"}};
  hello.group = "batch.1";
  const auto read_back = read(write_hello(hello));
  REQUIRE(read_back.has_value());
  CHECK(read_back->version == kProtocolVersion);
  CHECK(read_back->name == hello.name);
  CHECK(read_back->instance == hello.instance);
  CHECK(read_back->replaces == hello.replaces);
  CHECK(read_back->pid == hello.pid);
  CHECK(read_back->weight == 7);
  CHECK(read_back->capacity == 99);
  CHECK(read_back->state == "draining");
  REQUIRE(read_back->routes.size() == 2);
  CHECK(read_back->routes[0].host == "*.example.com");
  CHECK(read_back->routes[0].path == "/api/");
  CHECK(read_back->routes[1].host.empty());
  CHECK(read_back->group == "batch.1");
}

TEST_CASE("control: a WELCOME comes back as it was written") {
  Welcome welcome;
  welcome.router = "router#00000000000000ff";
  welcome.loop = 1;
  welcome.pairs = {{"tcp://*:8000", "tcp://*:8001"}, {"tcp://*:8002", "tcp://*:8003"}};
  welcome.heartbeat_interval = 750;
  welcome.heartbeat_timeout = 3'000;
  const auto read_back = read_welcome(as_bytes(write_welcome(welcome)));
  REQUIRE(read_back.has_value());
  CHECK(read_back->router == welcome.router);
  CHECK(read_back->loop == 1);
  REQUIRE(read_back->pairs.size() == 2);
  CHECK(read_back->pairs[1].deal == "tcp://*:8002");
  CHECK(read_back->pairs[1].steer == "tcp://*:8003");
  CHECK(read_back->heartbeat_interval == 750);
  CHECK(read_back->heartbeat_timeout == 3'000);
}

TEST_CASE("control: absent members of a HELLO have their defaults") {
  const auto hello = read_with("");
  REQUIRE(hello.has_value());
  CHECK(hello->version == 1);
  CHECK(hello->replaces.empty());
  CHECK(hello->pid == 0);
  CHECK(hello->weight == 1);
  CHECK(hello->capacity == kDefaultCapacity);
  CHECK(hello->state == "ready");
  CHECK(hello->routes.empty());
  CHECK(hello->group.empty());
}

TEST_CASE("control: members come in any order, unknown ones of any kind are ignored") {
  const auto hello =
      read(R"({"later":[{"a":null}],"weight":3,"instance":"w#0123456789abcdef","x":{"weight":9},"name":"w"})");
  REQUIRE(hello.has_value());
  CHECK(hello->weight == 3);
}

TEST_CASE("control: a member of a route may be absent; its path may not") {
  const auto hello = read_with(R"("routes":[{"path":"/a"}])");
  REQUIRE(hello.has_value());
  CHECK(hello->routes[0].host.empty());
  CHECK(complaint(R"("routes":[{"host":"a"}])") == "HELLO: path \"\" is not visible ASCII that starts with '/'");
  CHECK(complaint(R"("routes":[{}])") == "HELLO: path \"\" is not visible ASCII that starts with '/'");
}

TEST_CASE("control: a number out of its range is named with its value") {
  CHECK(complaint(R"("weight":0)") == "HELLO: weight 0 is not 1 … 1000");
  CHECK(complaint(R"("weight":1001)") == "HELLO: weight 1001 is not 1 … 1000");
  CHECK(complaint(R"("weight":-1)") == "HELLO: weight -1 is not 1 … 1000");
  CHECK(complaint(R"("capacity":0)") == "HELLO: capacity 0 is not 1 … 1000000");
  CHECK(complaint(R"("capacity":4294967297)") == "HELLO: capacity 4294967297 is not 1 … 1000000");
  CHECK(complaint(R"("version":0)") == "HELLO: version 0 is not 1 … 4294967295");
  CHECK(complaint(R"("state":"gone")") == "HELLO: state \"gone\" is not \"ready\" or \"draining\"");
}

TEST_CASE("control: the ends of the ranges are legal") {
  CHECK(read_with(R"("weight":1000,"capacity":1000000)").has_value());
  CHECK(read_with(R"("weight":1,"capacity":1)").has_value());
}

TEST_CASE("control: a member of the wrong type is an error that names it") {
  for (const std::string member : {"weight", "capacity", "version", "pid", "state", "routes", "replaces", "group"}) {
    const std::string wrong = member == "state" || member == "replaces" || member == "group" ? "1" : "\"1\"";
    CHECK(complaint("\"" + member + "\":" + wrong).starts_with("HELLO: " + member + " of another type"));
  }
  CHECK(complaint(R"("weight":1.5)").starts_with("HELLO: weight of another type"));
  CHECK(complaint(R"("weight":1e99)").starts_with("HELLO: weight of another type"));
  CHECK(complaint(R"("pid":-1)").starts_with("HELLO: pid of another type"));
  CHECK(complaint(R"("routes":{"host":"a"})").starts_with("HELLO: routes of another type"));
  CHECK(complaint(R"("routes":[5])").starts_with("HELLO: routes of another type"));
  CHECK(complaint(R"("routes":[{"path":7}])").starts_with("HELLO: path of another type"));
  CHECK(complaint(R"("routes":[[{}]])") == "HELLO: path \"\" is not visible ASCII that starts with '/'");
}

TEST_CASE("control: what a HELLO replaces is short and visible; whose instance it is says the router") {
  CHECK(read_with(R"("replaces":"")").has_value());
  CHECK(read_with(R"("replaces":")" + std::string(145, 'r') + "\"").has_value());
  CHECK(complaint(R"("replaces":")" + std::string(146, 'r') + "\"")
            .ends_with(" is not at most 145 visible ASCII characters"));
  CHECK(complaint(R"("replaces":"a b")") == "HELLO: replaces \"a?b\" is not at most 145 visible ASCII characters");
}

TEST_CASE("control: an app is written and read, and is its workers' group") {
  Hello hello;
  hello.name = "w";
  hello.instance = "w#0123456789abcdef";
  hello.app = {"s1", "jupyter-lab"};
  hello.group = circuit_path(hello.app);
  const std::string text = write_hello(hello);
  CHECK(text.find("\"group\"") == std::string::npos);
  const auto read = read_hello(as_bytes(text));
  REQUIRE(read.has_value());
  CHECK(read->app.session == "s1");
  CHECK(read->app.service == "jupyter-lab");
  CHECK(read->app.protocol == "http");
  CHECK(read->group == "/s1/jupyter-lab");
  CHECK(served_text(*read) == "app s1/jupyter-lab");
}

TEST_CASE("control: a realm is written and read, and is its workers' group") {
  Hello hello;
  hello.name = "w";
  hello.instance = kInstance;
  hello.wamp = WampRealm{"com.example.shop", {}, true, 1'764'570'600'000};
  hello.wamp->serializers.add(Serializer::cbor);
  hello.group = realm_pool("com.example.shop");
  const std::string json = write_hello(hello);
  std::string tight = json;
  std::erase_if(tight, [](char c) { return c == ' ' || c == '\n'; });
  CHECK(
      tight.find(R"("wamp":{"realm":"com.example.shop","serializers":["cbor"],"shared":true,"since":1764570600000})") !=
      std::string::npos);
  CHECK(json.find("\"group\"") == std::string::npos);
  const auto read_back = read(json);
  REQUIRE(read_back.has_value());
  REQUIRE(read_back->wamp.has_value());
  CHECK(read_back->wamp->realm == "com.example.shop");
  CHECK(read_back->wamp->serializers == hello.wamp->serializers);
  CHECK(read_back->wamp->is_shared);
  CHECK(read_back->wamp->since == 1'764'570'600'000);
  CHECK(read_back->group == "wamp:com.example.shop");
  CHECK(served_text(*read_back) == "realm com.example.shop");
}

TEST_CASE("control: a realm's members have defaults") {
  CHECK_FALSE(read_with("")->wamp.has_value());
  const auto hello = read_with(R"("wamp":{})");
  REQUIRE(hello.has_value());
  REQUIRE(hello->wamp.has_value());
  CHECK(hello->wamp->realm.empty());
  CHECK(hello->wamp->serializers == SerializerSet::all());
  CHECK_FALSE(hello->wamp->is_shared);
  CHECK(hello->wamp->since == 0);
  CHECK(hello->group == "wamp:");
  CHECK(served_text(*hello) == "all other realms");
  CHECK(served_text(*read_with(R"("role":"standby","wamp":{"realm":"r"})")) == "realm r, on standby");
}

TEST_CASE("control: of a realm's serializers the unknown ones are ignored, as long as one is known") {
  const auto hello = read_with(R"("wamp":{"serializers":["ubjson","msgpack","msgpack"]})");
  REQUIRE(hello.has_value());
  CHECK(hello->wamp->serializers.contains(Serializer::msgpack));
  CHECK_FALSE(hello->wamp->serializers.contains(Serializer::json));
  CHECK_FALSE(hello->wamp->serializers.contains(Serializer::cbor));
  CHECK(complaint(R"("wamp":{"serializers":["ubjson"]})") ==
        "HELLO: wamp.serializers \"ubjson\" is not a list with \"json\", \"msgpack\" or \"cbor\"");
  CHECK(complaint(R"("wamp":{"serializers":[]})") ==
        "HELLO: wamp.serializers [] is not a list with \"json\", \"msgpack\" or \"cbor\"");
}

TEST_CASE("control: a realm that routers cannot serve is refused with what fits") {
  const std::string legal = " is not at most 255 visible ASCII characters without '#', with no empty part between dots";
  for (const std::string realm : {".", "a.", ".a", "a..b", "a b", "a#b", "\xc3\xa4"}) {
    CAPTURE(realm);
    CHECK(complaint(R"("wamp":{"realm":")" + realm + "\"}").ends_with(legal));
  }
  CHECK(complaint(R"("wamp":{"realm":"a..b"})") == "HELLO: wamp.realm \"a..b\"" + legal);
  CHECK(read_with(R"("wamp":{"realm":")" + std::string(255, 'r') + "\"}").has_value());
  CHECK(complaint(R"("wamp":{"realm":")" + std::string(256, 'r') + "\"}").ends_with(legal));
  CHECK(read_with(R"("wamp":{"since":9007199254740992})").has_value());
  CHECK(complaint(R"("wamp":{"since":9007199254740993})") ==
        "HELLO: wamp.since 9007199254740993 is not 0 … 9007199254740992");
  CHECK(complaint(R"("group":"g","wamp":{})") == "HELLO: group \"g\" is not absent beside wamp");
  CHECK(complaint(R"("wamp":{},"app":{"session":"s","service":"x"})") ==
        "HELLO: app.session \"s\" is not absent beside wamp");
  for (const std::string member : {R"({"realm":7})", R"({"shared":"yes"})", R"({"serializers":"json"})",
                                   R"({"serializers":[7]})", R"({"since":-1})", "7", "null", "[]"}) {
    CAPTURE(member);
    CHECK(complaint("\"wamp\":" + member).starts_with("HELLO: "));
  }
}

TEST_CASE("control: the pools of apps and realms are told from groups by their names") {
  CHECK(is_announced_pool(circuit_path({"s", "x"})));
  CHECK(is_announced_pool(realm_pool("")));
  CHECK(is_announced_pool(realm_pool("g")));
  CHECK_FALSE(is_announced_pool("g"));
  CHECK_FALSE(is_announced_pool("wamp"));
  CHECK_FALSE(is_announced_pool(""));
}

TEST_CASE("control: an app that routers cannot serve is refused with what fits") {
  CHECK(complaint(R"("app":{"session":"a/b","service":"x"})") ==
        "HELLO: app.session \"a/b\" is not 1 … 64 of A-Z a-z 0-9 . _ ~ -");
  CHECK(complaint(R"("app":{"session":"a","service":".."})") ==
        "HELLO: app.service \"..\" is not 1 … 64 of A-Z a-z 0-9 . _ ~ -");
  CHECK(complaint(R"("app":{"session":"a"})") == "HELLO: app.service \"\" is not 1 … 64 of A-Z a-z 0-9 . _ ~ -");
  CHECK(complaint(R"("app":{"service":"a"})") == "HELLO: app.session \"\" is not 1 … 64 of A-Z a-z 0-9 . _ ~ -");
  CHECK(complaint(R"("app":{"session":"a","service":"x","protocol":"udp"})") ==
        "HELLO: app.protocol \"udp\" is not \"http\" or \"tcp\"");
  CHECK(read_with(R"("app":{"session":"a","service":"x","protocol":"tcp"})")->app.protocol == kProtocolTcp);
  CHECK(complaint(R"("group":"g","app":{"session":"a","service":"x"})") ==
        "HELLO: group \"g\" is not absent beside app");
  CHECK(complaint(R"("app":[])") == "HELLO: app of another type is not what it should be");
  CHECK(read_with(R"("app":{})").has_value());
}

TEST_CASE("control: a group is at most 64 letters, digits, dots, underlines and hyphens") {
  CHECK(read_with(R"("group":"")").has_value());
  CHECK(read_with(R"("group":"A-z_0.9")").has_value());
  CHECK(read_with(R"("group":")" + std::string(64, 'g') + "\"").has_value());
  CHECK(complaint(R"("group":"a b")") == "HELLO: group \"a?b\" is not at most 64 of A-Z a-z 0-9 . _ -");
  for (const std::string& group :
       {std::string(65, 'g'), std::string("a/b"), std::string("a#b"), std::string("\xc3\xa9")})
    CHECK_FALSE(read_with("\"group\":\"" + group + "\"").has_value());
}

TEST_CASE("control: a worker is active unless its role says standby") {
  CHECK_FALSE(read_with("")->is_standby);
  CHECK_FALSE(read_with(R"("role":"active")")->is_standby);
  CHECK(read_with(R"("role":"standby")")->is_standby);
  CHECK(complaint(R"("role":"backup")") == "HELLO: role \"backup\" is not \"active\" or \"standby\"");
  CHECK(complaint(R"("role":1)") == "HELLO: role of another type is not what it should be");
}

TEST_CASE("control: the role of a worker on standby is written, and an active worker's is not") {
  Hello hello;
  hello.name = "w";
  hello.instance = kInstance;
  CHECK(write_hello(hello).find("role") == std::string::npos);
  hello.is_standby = true;
  const auto read_back = read(write_hello(hello));
  REQUIRE(read_back.has_value());
  CHECK(read_back->is_standby);
  CHECK(served_text(hello) == "everything, on standby");
  hello.group = "batch";
  CHECK(served_text(hello) == "group batch, on standby");
}

TEST_CASE("control: a HELLO without a group does not name it, so routers that know no groups read what they know") {
  Hello hello;
  hello.name = "w";
  hello.instance = kInstance;
  CHECK(write_hello(hello).find("group") == std::string::npos);
  CHECK(served_text(hello) == "everything");
  hello.group = "batch";
  hello.routes = {{"", "/api"}};
  CHECK(served_text(hello) == "group batch");
}

TEST_CASE("control: name and instance must be there") {
  CHECK_FALSE(read("{}").has_value());
  CHECK_FALSE(read(R"({"name":"w"})").has_value());
  CHECK_FALSE(read(R"({"instance":"w#0123456789abcdef"})").has_value());
}

TEST_CASE("control: a name is 1 to 128 visible ASCII characters") {
  const auto hello = [](const std::string& name) {
    return read(R"({"name":")" + name + R"(","instance":")" + name + R"(#0123456789abcdef"})").has_value();
  };
  CHECK(hello(std::string(128, 'n')));
  CHECK_FALSE(hello(std::string(129, 'n')));
  CHECK_FALSE(hello(""));
  CHECK_FALSE(hello("a b"));
  CHECK_FALSE(hello("a\\u0000b"));
  CHECK_FALSE(hello("a\\r\\nx: y"));
  CHECK_FALSE(hello("caf\xc3\xa9"));
}

TEST_CASE("control: an instance is the name, '#' and 16 lower-case hex digits") {
  const auto hello = [](const std::string& instance) {
    return read(R"({"name":"w","instance":")" + instance + R"("})").has_value();
  };
  CHECK(hello("w#0123456789abcdef"));
  CHECK_FALSE(hello("v#0123456789abcdef"));
  CHECK_FALSE(hello("w#0123456789ABCDEF"));
  CHECK_FALSE(hello("w#0123456789abcde"));
  CHECK_FALSE(hello("w-0123456789abcdef"));
  CHECK_FALSE(hello("w"));
}

TEST_CASE("control: 1000 routes are read, 1001 are too many") {
  std::string routes = R"({"path":"/"})";
  for (int i = 1; i < 1000; ++i) routes += R"(,{"path":"/"})";
  CHECK(read_with("\"routes\":[" + routes + "]").has_value());
  CHECK(complaint("\"routes\":[" + routes + R"(,{"path":"/"}])") == "HELLO: routes 1001 is not at most 1000");
}

TEST_CASE("control: what is no JSON object is an error") {
  for (const std::string_view json :
       {"", " ", "{", "}", "[]", "[{}]", "null", "5", "\"x\"", "{]", "{\"name\"}", "\xff\xfe", "{\"a\":1}}",
        "{\"name\":\"w\",}", "{\"a\":\"", "{\"a\":\"\\u12\"}", "{} {}", "{\"a\":NaN}", "{\"a\":Inf}"}) {
    CHECK_MESSAGE(!read(json).has_value(), json);
    CHECK_FALSE(read_welcome(as_bytes(json)).has_value());
  }
}

TEST_CASE("control: NUL anywhere is an error") {
  using namespace std::string_view_literals;
  CHECK_FALSE(read("{\"name\":\"w\",\"instance\":\"w#0123456789abcdef\"}\0"sv).has_value());
}

TEST_CASE("control: deep nesting is an error before the parser sees it") {
  const std::string deep(60'000, '[');
  CHECK(complaint("\"x\":" + deep) == "control payload nested deeper than 16");
  const std::string objects = [] {
    std::string out;
    for (int i = 0; i < 10'000; ++i) out += "{\"a\":";
    return out;
  }();
  CHECK(complaint("\"x\":" + objects) == "control payload nested deeper than 16");
}

TEST_CASE("control: numbers at the edge of floating point are numbers, or errors") {
  CHECK(read_with(R"("x":[0e139,1e-400,123456789012345678901234567890,5e-324,1.7976931348623157e308])").has_value());
  CHECK_FALSE(read_with(R"("x":1e999)").has_value());
  CHECK_FALSE(read_with(R"("x":0E139w5e)").has_value());
}

TEST_CASE("control: brackets within strings are no nesting") {
  CHECK(read_with("\"x\":\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"").has_value());
}

TEST_CASE("control: a payload over 64 KiB is an error") {
  const auto padded = [](std::size_t size) {
    std::string json = R"({"name":"w","instance":"w#0123456789abcdef"})";
    return json.append(size - json.size(), ' ');
  };
  CHECK(read(padded(kMaxControlSize)).has_value());
  CHECK_FALSE(read(padded(kMaxControlSize + 1)).has_value());
}

TEST_CASE("control: a peer's bytes reach the log short and visible") {
  const std::string detail = complaint("\"state\":\"" + std::string(5000, 's') + "\"");
  CHECK(detail.size() < 200);
  CHECK(complaint(R"("state":"a\nb")") == "HELLO: state \"a?b\" is not \"ready\" or \"draining\"");
}

TEST_CASE("control: a WELCOME needs a router and at least one whole pair") {
  CHECK(read_pairs(R"([{"deal":"tcp://*:8000","steer":"tcp://*:8001"}])").has_value());
  CHECK_FALSE(read_pairs("[]").has_value());
  CHECK_FALSE(read_pairs(R"([{"deal":"tcp://*:8000"}])").has_value());
  CHECK_FALSE(read_welcome(as_bytes(R"({"router":"r#1"})")).has_value());
  CHECK_FALSE(read_welcome(as_bytes(R"({"pairs":[{"deal":"ipc://a","steer":"ipc://b"}]})")).has_value());
}

TEST_CASE("control: a WELCOME's loop is one of its pairs") {
  CHECK_FALSE(read_pairs(R"([{"deal":"ipc://a","steer":"ipc://b"}])", "1").has_value());
  CHECK_FALSE(read_pairs(R"([{"deal":"ipc://a","steer":"ipc://b"}])", "-1").has_value());
}

TEST_CASE("control: a WELCOME's heartbeats are those of the protocol's first version unless it says others") {
  const auto with = [](const std::string& more) {
    return read_welcome(as_bytes(R"({"router":"r#1","pairs":[{"deal":"ipc://a","steer":"ipc://b"}])" + more + "}"));
  };
  REQUIRE(with("").has_value());
  CHECK(with("")->heartbeat_interval == 250);
  CHECK(with("")->heartbeat_timeout == 1'000);
  CHECK(with(R"(,"heartbeat_interval":1,"heartbeat_timeout":86400000)").has_value());
  CHECK_FALSE(with(R"(,"heartbeat_interval":0)").has_value());
  CHECK_FALSE(with(R"(,"heartbeat_timeout":86400001)").has_value());
}

TEST_CASE("control: steer is one port up, or the path with .steer") {
  CHECK(*steer_endpoint("tcp://127.0.0.1:8000") == "tcp://127.0.0.1:8001");
  CHECK(*steer_endpoint("tcp://[::1]:9") == "tcp://[::1]:10");
  CHECK(*steer_endpoint("tcp://*:65534") == "tcp://*:65535");
  CHECK(*steer_endpoint("ipc:///run/zeroway") == "ipc:///run/zeroway.steer");
}

TEST_CASE("control: there is no steer for other transports and ports") {
  for (const std::string endpoint :
       {"tcp://a:65535", "tcp://a:0", "tcp://a:*", "tcp://a:", "tcp://a", "tcp://:8000", "tcp://a:80x", "tcp://a:-1",
        "tcp://a:99999999999", "inproc://a", "pgm://a:1", "ipc://", "ipc://*", "", "127.0.0.1:8000"}) {
    CHECK_MESSAGE(!steer_endpoint(endpoint).has_value(), endpoint);
    CHECK_MESSAGE(!loop_endpoint(endpoint, 0).has_value(), endpoint);
  }
}

TEST_CASE("control: each loop has its own pair of endpoints") {
  CHECK(*loop_endpoint("tcp://127.0.0.1:8000", 0) == "tcp://127.0.0.1:8000");
  CHECK(*loop_endpoint("tcp://127.0.0.1:8000", 3) == "tcp://127.0.0.1:8006");
  CHECK(*loop_endpoint("ipc:///run/z", 0) == "ipc:///run/z");
  CHECK(*loop_endpoint("ipc:///run/z", 2) == "ipc:///run/z.2");
  CHECK_FALSE(loop_endpoint("tcp://127.0.0.1:65530", 3).has_value());
  CHECK_FALSE(loop_endpoint("tcp://127.0.0.1:65530", 4'294'967'295U).has_value());
}
