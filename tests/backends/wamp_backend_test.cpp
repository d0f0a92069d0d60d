// Clients' messages in, a backend's messages out, and the way back: sessions of WAMP without sockets.
#include "router/backends/wamp/wamp_backend.h"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

#include "router/backends/limits.h"
#include "router/plan/realm_url.h"
#include "router/plan/route.h"
#include "tests/backends/wamp_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr std::string_view kHello = R"([1,"realm1",{"roles":{"caller":{}}}])";
constexpr std::string_view kWelcome = R"([2,9129137332,{"roles":{"dealer":{}}}])";
constexpr std::string_view kGoodbye = R"([6,{},"wamp.close.normal"])";

struct FakeWorkers final : RealmSource {
  struct Realm {
    FakeHost host;
    Presence presence = Presence::announced;
    SerializerSet serializers = SerializerSet::all();
  };

  bool has_realms() const override { return !realms.empty(); }
  Presence presence(std::string_view realm) const override {
    const auto found = realms.find(std::string(realm));
    return found == realms.end() ? Presence::unknown : found->second.presence;
  }
  SerializerSet serializers_of(std::string_view realm) const override {
    return realms.find(std::string(realm))->second.serializers;
  }
  Backend& backend_of(const std::string& realm) override { return realms[realm].host; }

  std::map<std::string, Realm> realms;
};

class Stage {
 public:
  explicit Stage(WampSpec spec = {}, std::vector<std::shared_ptr<Backend>> dialled = {})
      : backend_(std::make_unique<WampBackend>(loop_, std::move(spec), std::move(dialled), &workers_, book_)) {}

  FakeClient& ask(std::string_view protocols, Kind kind = Kind::web_socket, std::string_view method = "CONNECT") {
    FakeClient& client = clients_.emplace_back();
    Head head{{":method", method}, {":scheme", "http"}, {":path", "/ws"}, {"x-forwarded-for", "192.0.2.1"}};
    if (!protocols.empty()) head.add("sec-websocket-protocol", protocols);
    if (kind == Kind::web_socket) head.add(":protocol", "websocket");
    client.stream = backend_->open({head, Last::no, kind, Attempt::first, route, client_info}, {&client, 1});
    CHECK(client.heard().empty());
    turn();
    return client;
  }
  // A client that has been accepted.
  FakeClient& connect(Serializer speaks = Serializer::json) {
    FakeClient& client = ask("wamp.2." + std::string(name_of(speaks)));
    client.speaks = speaks;
    REQUIRE(client.heard() == "accepted wamp · head 200 wamp.2." + std::string(name_of(speaks)) + " · ");
    return client;
  }
  // A client that is in a session with the workers of realm1.
  FakeClient& join(Serializer speaks = Serializer::json, Serializer host = Serializer::json) {
    FakeClient& client = connect(speaks);
    realm1().host.speaks = host;
    realm1().serializers = {};
    realm1().serializers.add(host);
    say(client, kHello);
    realm1().host.accept();
    realm1().host.say(kWelcome);
    REQUIRE(client.heard() == std::string(kWelcome) + " · ");
    REQUIRE(realm1().host.heard() == "open wamp.2." + std::string(name_of(host)) + " · " + std::string(kHello) + " · ");
    return client;
  }
  FakeWorkers::Realm& realm1() { return workers_.realms["realm1"]; }
  FakeWorkers& workers() { return workers_; }
  WampBackend& backend() { return *backend_; }
  void destroy() { backend_.reset(); }
  WampCounts& counts() { return book_.counts; }
  WampBook& book() { return book_; }

  void say(FakeClient& client, std::string_view json) {
    const std::string bytes = translated(Serializer::json, client.speaks, json);
    backend_->piece(client.stream.key, as_bytes(bytes), kind_of(client.speaks), Last::yes);
  }
  void close(FakeClient& client) {
    client.has_ended = true;
    backend_->end(client.stream.key, {});
  }
  void turn() {
    loop_.stop();
    loop_.run();
  }

  Route route;
  ClientInfo client_info;

 private:
  Loop loop_;
  WampBook book_;
  FakeWorkers workers_;

  std::deque<FakeClient> clients_;
  std::unique_ptr<WampBackend> backend_;
};

std::string call(int request, std::string_view argument) {
  return "[48," + std::to_string(request) + ",{},\"com.echo\",[\"" + std::string(argument) + "\"]]";
}

// "joined realm1 msgpack>json worker-1 2/2"
std::string told(const WampSessionFacts& facts) {
  return std::string(to_text(facts.state)) + " " + facts.realm + " " + std::string(name_of(facts.serializer)) + ">" +
         std::string(facts.backend ? name_of(*facts.backend) : "") + " " + facts.worker + " " +
         std::to_string(facts.from_client.messages) + "/" + std::to_string(facts.to_client.messages);
}

std::string all_told(const WampBook& book) {
  std::string all;
  for (const WampSessionFacts& facts : book.slice(0, 100)) all += told(facts) + "\n";
  return all;
}

}  // namespace

TEST_CASE("wamp backend: the client's first subprotocol that is served is chosen, and others are refused") {
  Stage stage;
  CHECK(stage.ask("foo, wamp.2.msgpack, wamp.2.json").heard() == "accepted wamp · head 200 wamp.2.msgpack · ");
  CHECK(stage.ask("foo").heard().starts_with("accepted wamp · head 400 - · data "));
  CHECK(stage.ask("wamp.2.json, wamp.2.json").heard().starts_with("accepted wamp · head 400 - · "));
  CHECK(stage.ask("").heard().starts_with("accepted wamp · head 400 - · "));
  WampSpec open;
  open.requires_subprotocol = false;
  Stage lenient(open);
  CHECK(lenient.ask("").heard() == "accepted wamp · head 200 - · ");
}

TEST_CASE("wamp backend: a request that opens no WebSocket gets the page, or 426") {
  Stage stage;
  const std::string page = stage.ask("", Kind::request, "GET").heard();
  CHECK(page.starts_with("accepted wamp · head 200 - · data <!DOCTYPE html>"));
  CHECK(page.find("wamp.2.cbor") != std::string::npos);
  CHECK(stage.ask("", Kind::request, "HEAD").heard() == "accepted wamp · head 200 - · close - · ");
  CHECK(stage.ask("", Kind::request, "POST").heard().starts_with("reset a request that opens no WebSocket"));
  WampSpec without;
  without.has_status_page = false;
  Stage bare(without);
  CHECK(bare.ask("", Kind::request, "GET").heard().starts_with("reset a request that opens no WebSocket"));
}

TEST_CASE("wamp backend: a session passes between every pair of serializers") {
  for (const Serializer client : kSerializers)
    for (const Serializer host : kSerializers) {
      CAPTURE(name_of(client));
      CAPTURE(name_of(host));
      Stage stage;
      FakeClient& one = stage.join(client, host);
      stage.say(one, call(1, "x"));
      CHECK(stage.realm1().host.heard() == call(1, "x") + " · ");
      stage.realm1().host.say(R"([50,1,{},["x"]])");
      CHECK(one.heard() == "[50,1,{},[\"x\"]] · ");
    }
}

TEST_CASE("wamp backend: the backend speaks the client's serializer if it can, else the most compact one") {
  Stage stage;
  FakeClient& client = stage.connect(Serializer::msgpack);
  stage.say(client, kHello);
  CHECK(stage.workers().realms.empty());
  CHECK(client.heard() == R"([3,{"message":"nobody has this realm"},"wamp.error.no_such_realm"] · close 1000 · )");
  stage.realm1();
  FakeClient& same = stage.connect(Serializer::msgpack);
  stage.say(same, kHello);
  CHECK(stage.realm1().host.heard() == "open wamp.2.msgpack · ");
  stage.realm1().serializers = {};
  stage.realm1().serializers.add(Serializer::json);
  stage.realm1().serializers.add(Serializer::cbor);
  FakeClient& other = stage.connect(Serializer::msgpack);
  stage.say(other, kHello);
  CHECK(stage.realm1().host.heard() == "open wamp.2.cbor · ");
}

TEST_CASE("wamp backend: a realm goes to its named backend, then to its workers, then to those without a realm") {
  auto named = std::make_shared<FakeHost>(), rest = std::make_shared<FakeHost>();
  WampSpec spec;
  RealmSpec one;
  one.realm = "named";
  one.host = "backend:8080";
  one.path = "/wamp";
  one.serializers = SerializerSet::all();
  RealmSpec other = one;
  other.realm = "";
  spec.realms = {one, other};
  Stage stage(spec, {named, rest});
  stage.workers().realms["named"];
  stage.realm1();
  stage.say(stage.connect(), R"([1,"named",{}])");
  CHECK(named->heard() == "open wamp.2.json · ");
  CHECK(named->seen.path() == "/wamp");
  CHECK(named->seen.authority() == "backend:8080");
  CHECK(named->seen.find("x-forwarded-for") == "192.0.2.1");
  stage.say(stage.connect(), kHello);
  CHECK(stage.realm1().host.heard() == "open wamp.2.json · ");
  CHECK(stage.realm1().host.seen.path() == "/ws");
  stage.say(stage.connect(), R"([1,"other",{}])");
  CHECK(rest->heard() == "open wamp.2.json · ");
  CHECK(stage.workers().realms["named"].host.heard().empty());
}

TEST_CASE("wamp backend: workers without a realm take the sessions of realms that nobody announces") {
  Stage stage;
  stage.realm1();
  stage.workers().realms[""];
  stage.say(stage.connect(), R"([1,"other",{}])");
  CHECK(stage.workers().realms[""].host.heard() == "open wamp.2.json · ");
  CHECK(stage.realm1().host.heard().empty());
}

TEST_CASE("wamp backend: what is no HELLO ends the session, and so does a second one") {
  Stage stage;
  FakeClient& early = stage.connect();
  stage.say(early, call(1, "x"));
  CHECK(early.heard().starts_with("[3,{\"message\":"));
  CHECK(early.is_over);
  FakeClient& twice = stage.join();
  stage.say(twice, kHello);
  const std::string heard = twice.heard();
  CHECK(heard.find("wamp.error.protocol_violation") != std::string::npos);
  CHECK(heard.ends_with("close 1002 · "));
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.transport_lost\"] · close 1001 · ");
  CHECK(stage.counts().violations == 2);
}

TEST_CASE("wamp backend: behind GOODBYE of both sides the transport may carry another session") {
  Stage stage;
  FakeClient& client = stage.join();
  stage.say(client, kGoodbye);
  CHECK(stage.realm1().host.heard() == std::string(kGoodbye) + " · ");
  stage.realm1().host.say(R"([6,{},"wamp.close.goodbye_and_out"])");
  CHECK(client.heard() == "[6,{},\"wamp.close.goodbye_and_out\"] · ");
  CHECK(stage.realm1().host.heard() == "close 1000 · ");
  stage.say(client, kHello);
  CHECK(stage.realm1().host.heard() == "open wamp.2.json · ");
  stage.realm1().host.accept();
  CHECK(stage.realm1().host.heard() == std::string(kHello) + " · ");
  CHECK_FALSE(client.is_over);
}

TEST_CASE("wamp backend: ABORT of the backend passes, and so does its close") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.realm1();
  stage.say(client, kHello);
  stage.realm1().host.accept();
  stage.realm1().host.heard();
  stage.realm1().host.say(R"([3,{},"wamp.error.not_authorized"])");
  CHECK(client.heard() == "[3,{},\"wamp.error.not_authorized\"] · ");
  Head close{{"close-code", "1002"}, {"close-reason", "why"}};
  stage.realm1().host.to()->end(close);
  CHECK(client.heard() == "close 1002 · ");
}

TEST_CASE("wamp backend: a client that is lost, or closes, is told to the backend") {
  Stage stage;
  FakeClient& closing = stage.join();
  stage.close(closing);
  CHECK(closing.heard() == "close - · ");
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.transport_lost\"] · close 1001 · ");
  FakeClient& lost = stage.join();
  stage.backend().reset(lost.stream.key, ResetCode::cancel);
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.transport_lost\"] · close 1001 · ");
  CHECK(stage.counts().open == 0);
}

TEST_CASE("wamp backend: a backend that is lost, or closes, is told to the client") {
  Stage stage;
  FakeClient& one = stage.join();
  stage.realm1().host.to()->reset({Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(one.heard() == "close 1001 · ");
  FakeClient& other = stage.join();
  Head close{{"close-code", "1001"}};
  stage.realm1().host.to()->end(close);
  CHECK(other.heard() == "close 1001 · ");
  CHECK(stage.counts().lost == 2);
  CHECK(stage.counts().open == 0);
}

TEST_CASE("wamp backend: a session that nobody takes is opened again, and then refused") {
  Stage stage;
  stage.route.retries = 1;
  FakeClient& client = stage.connect();
  stage.realm1();
  stage.say(client, kHello);
  const Error lost{Fault::backend, Code::backend_lost, true, "gone"};
  stage.realm1().host.to()->reset(lost);
  CHECK(stage.realm1().host.heard() == "open wamp.2.json · open wamp.2.json · ");
  CHECK(stage.realm1().host.attempt == Attempt::again);
  CHECK(client.heard().empty());
  stage.realm1().host.to()->reset(lost);
  CHECK(client.heard() == R"([3,{"message":"nobody takes sessions of this realm now"},"wamp.error.network_failure"])"
                          " · close 1013 · ");
  CHECK(stage.counts().refused == 1);
}

TEST_CASE("wamp backend: an answer that is no WebSocket refuses the session") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.realm1();
  stage.say(client, kHello);
  Head head{{":status", "404"}};
  stage.realm1().host.to()->head(head, Last::no);
  CHECK(stage.realm1().host.heard() == "open wamp.2.json · reset · ");
  CHECK(client.heard().ends_with("close 1013 · "));
}

TEST_CASE("wamp backend: the router that leaves says GOODBYE to both sides") {
  Stage stage;
  FakeClient& joined = stage.join();
  FakeClient& waiting = stage.connect();
  stage.backend().shut_down();
  CHECK(joined.heard() == "[6,{},\"wamp.close.system_shutdown\"] · close 1001 · ");
  CHECK(waiting.heard() == "close 1001 · ");
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.system_shutdown\"] · close 1001 · ");
}

TEST_CASE("wamp backend: a slow side holds up the other one") {
  Stage stage;
  FakeClient& client = stage.join();
  const std::string large(40'000, 'x');
  stage.say(client, call(1, large));  // within the opening window
  stage.realm1().host.heard();
  const std::uint64_t before = client.credited;
  CHECK(before > large.size());
  stage.say(client, call(2, large));  // beyond it
  CHECK(stage.realm1().host.heard().empty());
  CHECK(client.credited == before);
  stage.realm1().host.to()->credit(1'000'000);
  CHECK(stage.realm1().host.heard() == call(2, large) + " · ");
  CHECK(client.credited > before + large.size());

  const std::uint64_t given = stage.realm1().host.credited;
  stage.realm1().host.say("[50,1,{},[\"" + large + "\"]]");
  CHECK(stage.realm1().host.credited > given);
  const std::uint64_t first = stage.realm1().host.credited;
  stage.realm1().host.say("[50,2,{},[\"" + large + "\"]]");
  CHECK(stage.realm1().host.credited == first);
  client.heard();
  stage.backend().credit(client.stream.key, 1'000'000);
  CHECK(client.heard() == "[50,2,{},[\"" + large + "\"]] · ");
  CHECK(stage.realm1().host.credited > first + large.size());
}

TEST_CASE("wamp backend: what waits for the client is sent before it hears that the backend is lost") {
  Stage stage;
  FakeClient& client = stage.join();
  const std::string large(40'000, 'x');
  stage.realm1().host.say("[50,1,{},[\"" + large + "\"]]");
  stage.realm1().host.say("[50,2,{},[\"" + large + "\"]]");
  client.heard();
  stage.realm1().host.to()->reset({Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(client.heard().empty());
  CHECK_FALSE(client.is_over);
  stage.backend().credit(client.stream.key, 1'000'000);
  const std::string heard = client.heard();
  CHECK(heard.starts_with("[50,2,{},"));
  CHECK(heard.ends_with(" · close 1001 · "));
}

TEST_CASE("wamp backend: messages come in pieces, and too large ones end the session") {
  Stage stage;
  stage.route.web_sockets.max_message_size = 1'000;
  FakeClient& client = stage.join();
  const std::string message = call(1, "in pieces");
  for (const char byte : message)
    stage.backend().piece(client.stream.key, as_bytes(std::string_view(&byte, 1)), MessageKind::text, Last::no);
  stage.backend().piece(client.stream.key, {}, MessageKind::text, Last::yes);
  CHECK(stage.realm1().host.heard() == message + " · ");
  stage.say(client, call(2, std::string(1'000, 'x')));
  CHECK(client.heard() == "close 1009 · ");
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.transport_lost\"] · close 1001 · ");
}

TEST_CASE("wamp backend: sessions end with their backend's object") {
  Stage stage;
  stage.join();
  stage.connect();
  stage.destroy();
  CHECK(stage.counts().open == 0);
}

TEST_CASE(
    "wamp backend: a result that is too large for a client of a RawSocket is an error for it, and an event is "
    "dropped") {
  Stage stage;
  stage.client_info.most_message = 512;
  FakeClient& client = stage.join();
  stage.realm1().host.say("[50,1,{},[\"" + std::string(600, 'x') + "\"]]");
  CHECK(client.heard() == R"([8,48,1,{},"wamp.error.payload_size_exceeded"] · )");
  stage.realm1().host.say("[36,1,2,{},[\"" + std::string(600, 'x') + "\"]]");
  CHECK(client.heard().empty());
  CHECK(stage.counts().dropped == 1);
}

TEST_CASE("wamp backend: a client that gives up while its backend is asked is closed in order") {
  Stage stage;
  FakeClient& client = stage.connect();
  stage.realm1();
  stage.say(client, kHello);
  stage.say(client, R"([3,{},"wamp.error.canceled"])");
  CHECK(client.heard() == "close 1000 · ");
  CHECK(stage.realm1().host.heard() == "open wamp.2.json · reset · ");
}

TEST_CASE("wamp backend: a backend that closes for a reason of its own tells it to the client, too") {
  Stage stage;
  FakeClient& client = stage.join();
  Head close{{"close-code", "1013"}, {"close-reason", "too slow"}};
  stage.realm1().host.to()->end(close);
  CHECK(client.heard() == "close 1013 · ");
}

TEST_CASE("wamp backend: it is ready while a realm has somebody") {
  Stage nobody;
  CHECK_FALSE(nobody.backend().is_ready());
  nobody.realm1();
  CHECK(nobody.backend().is_ready());
  WampSpec spec;
  spec.realms.emplace_back();
  Stage dialled(spec, {std::make_shared<FakeHost>()});
  CHECK(dialled.backend().is_ready());
}

TEST_CASE("wamp backend: the operator is told of each client and of its session, the oldest first") {
  Stage stage;
  stage.realm1().host.speaks = Serializer::json;
  stage.realm1().serializers = {};
  stage.realm1().serializers.add(Serializer::json);
  FakeClient& one = stage.connect(Serializer::msgpack);
  FakeClient& other = stage.connect();
  CHECK(all_told(stage.book()) == "waiting  msgpack>  0/0\nwaiting  json>  0/0\n");
  stage.say(one, kHello);
  CHECK(all_told(stage.book()) == "joining realm1 msgpack>  1/0\nwaiting  json>  0/0\n");
  stage.realm1().host.to()->accepted({"worker-1", "worker-1#1"});
  stage.realm1().host.accept();
  stage.realm1().host.say(kWelcome);
  CHECK(all_told(stage.book()) == "joined realm1 msgpack>json worker-1 1/1\nwaiting  json>  0/0\n");
  CHECK(stage.book().slice(0, 1).size() == 1);
  stage.say(one, kGoodbye);
  CHECK(all_told(stage.book()) == "leaving realm1 msgpack>json worker-1 2/1\nwaiting  json>  0/0\n");
  stage.realm1().host.say(kGoodbye);
  CHECK(all_told(stage.book()) == "waiting  msgpack>  2/2\nwaiting  json>  0/0\n");
  stage.close(one);
  CHECK(all_told(stage.book()) == "waiting  json>  0/0\n");
  stage.backend().reset(other.stream.key, ResetCode::cancel);
  CHECK(all_told(stage.book()).empty());
  CHECK(stage.counts().open == 0);
}

TEST_CASE("wamp backend: an operator ends the sessions of one worker, and its clients are told as if it was lost") {
  Stage stage;
  FakeClient& one = stage.join();
  stage.realm1().host.to()->accepted({"worker-1", "worker-1#1"});
  FakeClient& other = stage.join();
  stage.realm1().host.to()->accepted({"worker-2", "worker-2#1"});
  FakeClient& waiting = stage.connect();
  CHECK(stage.book().close_of("worker-3") == 0);
  CHECK(stage.book().close_of("worker-1") == 1);
  CHECK(one.heard() == "close 1001 · ");
  CHECK(stage.realm1().host.heard() == "[6,{},\"wamp.close.transport_lost\"] · close 1001 · ");
  CHECK_FALSE(other.is_over);
  CHECK_FALSE(waiting.is_over);
  CHECK(stage.book().close_of("worker-1") == 0);
  CHECK(stage.counts().lost == 0);
}

TEST_CASE("wamp backend: a session whose backend has said ABORT is ended without another word") {
  Stage stage;
  FakeClient& client = stage.join();
  stage.realm1().host.to()->accepted({"worker-1", "worker-1#1"});
  stage.realm1().host.say(R"([3,{},"wamp.error.x"])");
  static_cast<void>(client.heard());
  CHECK(stage.book().close_of("worker-1") == 1);
  CHECK(client.heard() == "close 1000 · ");
  CHECK(stage.realm1().host.heard() == "close 1000 · ");
}

TEST_CASE("wamp backend: bytes are counted as the client has sent and got them, in pieces or whole") {
  Stage stage;
  FakeClient& client = stage.join();
  const std::string message = call(1, std::string(1'000, 'x'));
  const Bytes bytes = as_bytes(message);
  stage.backend().piece(client.stream.key, bytes.first(100), MessageKind::text, Last::no);
  stage.backend().piece(client.stream.key, bytes.subspan(100), MessageKind::text, Last::yes);
  const WampSessionFacts facts = stage.book().slice(0, 1).front();
  CHECK(facts.exchange == 1);
  CHECK(facts.from_client.messages == 2);
  CHECK(facts.from_client.bytes == kHello.size() + message.size());
  CHECK(facts.to_client.messages == 1);
  CHECK(facts.to_client.bytes == kWelcome.size());
}

TEST_CASE("wamp backend: a backend that is dialled is told by its URL") {
  RealmSpec realm;
  realm.realm = "realm1";
  realm.path = "/wamp";
  realm.serializers = SerializerSet::all();
  ServerSpec& server = realm.pool.servers.emplace_back();
  server.name = "example.com:443";
  server.scheme = ServerSpec::Scheme::https;
  WampSpec spec;
  spec.realms = {realm};
  Stage stage(spec, {std::make_shared<FakeHost>()});
  stage.say(stage.connect(), kHello);
  CHECK(all_told(stage.book()) == "joining realm1 json> wss://example.com:443/wamp 1/0\n");
  CHECK(stage.book().close_of("wss://example.com:443/wamp") == 1);
  CHECK(all_told(stage.book()).empty());
  realm.transport = RealmSpec::Transport::raw_socket;
  server.name = "[::1]:9000";
  server.scheme = ServerSpec::Scheme::tcp;
  CHECK(url_of(realm) == "rs://[::1]:9000");
  server.name = "unix:/run/a.sock";
  server.scheme = ServerSpec::Scheme::unix_tunnel;
  CHECK(url_of(realm) == "unix:/run/a.sock");
}
