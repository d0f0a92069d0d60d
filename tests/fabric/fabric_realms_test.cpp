// Workers that announce realms of WAMP.
#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using Presence = RealmSource::Presence;

namespace {

constexpr auto kJson = Serializer::json;
constexpr auto kMsgpack = Serializer::msgpack;
constexpr auto kCbor = Serializer::cbor;

SerializerSet set_of(std::initializer_list<Serializer> serializers) {
  SerializerSet set;
  for (const Serializer serializer : serializers) set.add(serializer);
  return set;
}

// On a new connection, or again on the same one.
void join(Bench& bench, const std::string& name, WampRealm realm, Hello hello = {}) {
  if (!bench.connections.contains(name)) bench.connections[name] = ++bench.last_connection;
  hello.wamp = std::move(realm);
  bench.say_hello(name, std::move(hello));
}

WampRealm shared(const std::string& realm) {
  WampRealm wamp{realm};
  wamp.is_shared = true;
  return wamp;
}

WampRealm since(const std::string& realm, std::uint64_t ms) {
  WampRealm wamp{realm};
  wamp.since = ms;
  return wamp;
}

Hello of_capacity(std::uint32_t capacity) {
  Hello hello;
  hello.capacity = capacity;
  return hello;
}

StreamId open_at(Bench& bench, Backend& backend) {
  const ExchangeKey key = ++bench.last_exchange;
  bench.exchanges[key] = std::make_unique<RecordingExchange>();
  const Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"},
                  {":authority", "a"},    {":path", "/ws"},           {"sec-websocket-protocol", "wamp.2.json"}};
  const Affinity* affinity = bench.affinity.members.empty() ? nullptr : &bench.affinity;
  const BackendRequest request{head,         Last::no, Kind::web_socket, Attempt::first, bench.route,
                               bench.client, "",       nullptr,          affinity};
  const StreamId stream = backend.open(request, {&bench, key}).key;
  bench.turn();
  return stream;
}

StreamId open(Bench& bench, const std::string& realm) {
  return open_at(bench, bench.fabric->realms().backend_of(realm));
}

// Who gets the next session of the realm, and keeps it; "" = it waits.
std::string holder_of(Bench& bench, const std::string& realm) {
  const std::size_t lines = bench.wire.log.size();
  open(bench, realm);
  return bench.wire.log.size() == lines ? "" : bench.last_line().substr(0, bench.last_line().find(':'));
}

void leave(Bench& bench, const std::string& name) {
  MessageWriter goaway;
  goaway.goaway(0, ResetCode::no_error, "");
  bench.say(name, goaway);
}

Presence presence(const Bench& bench, const std::string& realm) { return bench.fabric->realms().presence(realm); }

MemberFacts facts_of(const Bench& bench, const std::string& name) {
  for (const MemberFacts& member : bench.fabric->members())
    if (member.name == name) return member;
  return {};
}

}  // namespace

TEST_CASE("realms: a realm's sessions go to the worker that announces it, and no request does") {
  Bench bench;
  bench.join("open");
  join(bench, "a", {"realm1"});
  join(bench, "b", {"realm2"});
  CHECK(presence(bench, "realm1") == Presence::announced);
  open(bench, "realm1");
  CHECK(bench.last_line() == "a: head CONNECT /ws");
  open(bench, "realm2");
  CHECK(bench.last_line() == "b: head CONNECT /ws");
  for (int i = 0; i < 3; ++i) {
    bench.ask();
    CHECK(bench.last_line() == "deal open: head GET / end");
  }
}

TEST_CASE("realms: the worker without a realm is that of the default, and of no named one") {
  Bench bench;
  bench.join("open");
  join(bench, "rest", {""});
  CHECK(presence(bench, "") == Presence::announced);
  CHECK(presence(bench, "realm1") == Presence::unknown);
  CHECK(holder_of(bench, "") == "rest");
}

TEST_CASE("realms: the oldest worker has all sessions, and the next one has them when it dies or leaves") {
  const auto next_after = [](auto end) {
    Bench bench;
    join(bench, "a", {"r"});
    join(bench, "b", {"r"});
    join(bench, "c", {"r"});
    for (int i = 0; i < 4; ++i) CHECK(holder_of(bench, "r") == "a");
    end(bench);
    CHECK(presence(bench, "r") == Presence::announced);
    for (int i = 0; i < 2; ++i) CHECK(holder_of(bench, "r") == "b");
    bench.break_steer("b");
    return holder_of(bench, "r");
  };
  CHECK(next_after([](Bench& bench) { bench.break_steer("a"); }) == "c");
  CHECK(next_after([](Bench& bench) { leave(bench, "a"); }) == "c");
  CHECK(next_after([](Bench& bench) { bench.fabric->hold("a", true); }) == "c");
}

TEST_CASE("realms: while the oldest worker is full its sessions wait, and go to no other one") {
  Bench bench;
  join(bench, "a", {"r"}, of_capacity(1));
  join(bench, "b", {"r"});
  const StreamId first = open(bench, "r");
  CHECK(bench.last_line() == "a: head CONNECT /ws");
  CHECK(holder_of(bench, "r").empty());
  bench.pass(100);
  CHECK(bench.lines_to("b") == 1);  // its WELCOME
  bench.reply("a", first);
  bench.pass(40);
  CHECK(bench.last_line() == "a: rst 0 · head CONNECT /ws");
}

TEST_CASE("realms: sessions that wait for a full worker go to the next one when it is lost") {
  Bench bench;
  join(bench, "a", {"r"}, of_capacity(1));
  join(bench, "b", {"r"});
  open(bench, "r");
  CHECK(holder_of(bench, "r").empty());
  bench.break_steer("a");
  bench.pass(40);
  CHECK(bench.last_line() == "b: head CONNECT /ws");
  CHECK(bench.exchanges.at(1)->last_error.code == Code::backend_lost);
}

TEST_CASE("realms: a silent worker keeps its sessions' realm, as they would be split") {
  Bench bench;
  bench.join("open");
  join(bench, "a", {"r"});
  join(bench, "b", {"r"});
  bench.hung.insert("a");
  bench.pass(200);
  CHECK(holder_of(bench, "r") == "a");
}

TEST_CASE("realms: a worker on standby has the sessions only while no active one is there") {
  Bench bench;
  Hello standby;
  standby.is_standby = true;
  join(bench, "spare", {"r"}, standby);
  CHECK(holder_of(bench, "r") == "spare");
  join(bench, "a", {"r"});
  CHECK(holder_of(bench, "r") == "a");
  leave(bench, "a");
  CHECK(holder_of(bench, "r") == "spare");
}

TEST_CASE("realms: of workers that tell since when they are there, the one that is there for longest is the oldest") {
  Bench bench;
  join(bench, "c", {"r"});
  join(bench, "b", since("r", 2'000));
  CHECK(holder_of(bench, "r") == "b");
  join(bench, "a", since("r", 1'000));
  CHECK(holder_of(bench, "r") == "a");
  join(bench, "same", since("r", 1'000));
  CHECK(holder_of(bench, "r") == "a");  // by name and process
  join(bench, "a", since("r", 3'000));
  CHECK(holder_of(bench, "r") == "same");
  bench.break_steer("same");
  bench.break_steer("b");
  CHECK(holder_of(bench, "r") == "a");
  bench.break_steer("a");
  CHECK(holder_of(bench, "r") == "c");
}

TEST_CASE("realms: a client that is bound to another worker comes to the oldest one") {
  Bench bench;
  join(bench, "a", {"r"});
  join(bench, "b", {"r"});
  bench.affinity.members = {"b#0"};
  CHECK(holder_of(bench, "r") == "a");
  CHECK_FALSE(bench.fabric->has_wanted(kFirstGroup, {Head{}, Last::no, Kind::web_socket, Attempt::first, bench.route,
                                                     bench.client, "", nullptr, &bench.affinity}));
}

TEST_CASE("realms: the sessions of a shared realm go to all its workers in turn") {
  Bench bench;
  join(bench, "a", shared("r"));
  join(bench, "b", shared("r"));
  std::map<std::string, int> sessions;
  for (int i = 0; i < 6; ++i) ++sessions[holder_of(bench, "r")];
  CHECK(sessions == std::map<std::string, int>{{"a", 3}, {"b", 3}});
}

TEST_CASE("realms: the workers of a realm say the same of shared") {
  Bench bench;
  join(bench, "a", {"r"});
  join(bench, "b", shared("r"));
  CHECK(bench.last_line().starts_with("b: goaway"));
  join(bench, "c", shared("other"));
  CHECK(bench.last_line() == "c: welcome");
  join(bench, "a", shared("r"));  // it is the only one
  CHECK(bench.last_line() == "a: welcome");
  join(bench, "b", shared("r"));
  CHECK(bench.last_line() == "b: welcome");
}

TEST_CASE("realms: the workers of a realm have a serializer in common") {
  Bench bench;
  join(bench, "a", {"r", set_of({kJson, kCbor})});
  join(bench, "b", {"r", set_of({kMsgpack})});
  CHECK(bench.last_line().starts_with("b: goaway"));
  CHECK(bench.fabric->realms().serializers_of("r") == set_of({kJson, kCbor}));
  join(bench, "b", {"r", set_of({kMsgpack, kCbor})});
  CHECK(bench.last_line() == "b: welcome");
  CHECK(bench.fabric->realms().serializers_of("r") == set_of({kCbor}));
  join(bench, "c", {"r", set_of({kJson, kMsgpack})});  // one with each, none with both
  CHECK(bench.last_line().starts_with("c: goaway"));
  bench.break_steer("a");
  CHECK(bench.fabric->realms().serializers_of("r") == set_of({kMsgpack, kCbor}));
  bench.break_steer("b");
  CHECK(bench.fabric->realms().serializers_of("r") == set_of({kMsgpack, kCbor}));
  CHECK(bench.fabric->realms().serializers_of("never") == SerializerSet::all());
}

TEST_CASE("realms: a refusal says what disagrees and what fits") {
  Announcements announced;
  Worker first;
  first.hello.wamp = WampRealm{"r", set_of({kJson, kCbor})};
  first.hello.group = realm_pool("r");
  announced.add(first);
  Hello hello = first.hello;
  CHECK(announced.disagreement(hello, nullptr).empty());
  hello.wamp->is_shared = true;
  CHECK(announced.disagreement(hello, nullptr) ==
        "HELLO says wamp.shared true of realm r: wants false, as its other workers have it");
  CHECK(announced.disagreement(hello, &first).empty());
  hello.wamp = WampRealm{"r", set_of({kMsgpack})};
  CHECK(announced.disagreement(hello, nullptr) ==
        "HELLO says wamp.serializers msgpack of realm r: wants one that its other workers speak, which is json, cbor");
}

TEST_CASE("realms: one whose last worker leaves is unknown at once, and who waits for it is refused") {
  Bench bench;
  bench.join("open");
  join(bench, "a", {"r"}, of_capacity(1));
  open(bench, "r");
  open(bench, "r");
  RecordingExchange& waits = bench.exchange();
  leave(bench, "a");
  CHECK(presence(bench, "r") == Presence::unknown);
  bench.pass(100);
  CHECK(waits.last_error.code == Code::no_route);
}

TEST_CASE("realms: one whose last worker is lost is expected for the queue timeout, and its sessions wait") {
  Bench bench;
  bench.join("routed", 1, 1'024, {{"", "/x"}});
  join(bench, "a", {"r"});
  bench.break_steer("a");
  CHECK(presence(bench, "r") == Presence::expected);
  CHECK(holder_of(bench, "r").empty());
  bench.pass(1'000);
  join(bench, "b", {"r"});
  bench.pass(40);
  CHECK(bench.last_line() == "b: welcome · head CONNECT /ws");
  bench.break_steer("b");
  bench.pass(5'100);
  CHECK(presence(bench, "r") == Presence::unknown);
}

TEST_CASE("realms: an unknown realm may come yet while nobody is here, and while workers return") {
  Bench bench;
  CHECK(presence(bench, "r") == Presence::expected);
  bench.fabric->bound(bench.now);
  open(bench, "r");
  RecordingExchange& waits = bench.exchange();
  join(bench, "x", {"other"});
  CHECK(presence(bench, "r") == Presence::expected);
  CHECK(waits.said.empty());
  bench.pass(1'000);
  CHECK(presence(bench, "r") == Presence::unknown);
  CHECK(waits.last_error.code == Code::no_route);
}

TEST_CASE("realms: WebSockets that no worker has are told of the first realm, and of no other one") {
  Bench bench;
  bench.fabric->bound(bench.now);
  open_at(bench, *bench.fabric);
  RecordingExchange& socket = bench.exchange();
  bench.ask("/ws");
  RecordingExchange& request = bench.exchange();
  join(bench, "a", {"r"});
  CHECK(socket.said == "routes changed");
  CHECK(request.said.empty());
  join(bench, "b", {"s"});
  leave(bench, "b");
  CHECK(socket.said == "routes changed");
  leave(bench, "a");
  join(bench, "c", {"r"});
  CHECK(socket.said == "routes changed · routes changed");
}

TEST_CASE("realms: a WebSocket that a worker has hears nothing of the first realm") {
  Bench bench;
  bench.join("open");
  open_at(bench, *bench.fabric);
  RecordingExchange& held = bench.exchange();
  join(bench, "a", {"r"});
  CHECK(held.said.find("routes changed") == std::string::npos);
}

TEST_CASE("realms: asked for by a client alone, a realm is forgotten, and is found when a worker brings it") {
  Bench bench;
  for (int i = 0; i < 100; ++i) open(bench, "r" + std::to_string(i));
  bench.pass(11'000);
  join(bench, "a", {"r7"});
  CHECK(holder_of(bench, "r7") == "a");
  bench.pass(11'000);
  CHECK(holder_of(bench, "r7") == "a");
}

TEST_CASE("realms: a backend stays while a stream is open there, also when its realm is announced no more") {
  Bench bench;
  join(bench, "a", {"r"});
  Backend& backend = bench.fabric->realms().backend_of("r");
  open(bench, "r");
  leave(bench, "a");
  bench.pass(30'000);
  CHECK(presence(bench, "r") == Presence::unknown);
  join(bench, "b", {"r"});
  open_at(bench, backend);
  CHECK(bench.last_line() == "b: head CONNECT /ws");
}

TEST_CASE("realms: there are some from the first worker of one until the last is gone, or forgotten") {
  Bench bench;
  const RealmSource& realms = bench.fabric->realms();
  bench.join("open");
  CHECK_FALSE(realms.has_realms());
  join(bench, "a", {"r"});
  join(bench, "b", {"r"});
  join(bench, "c", {""});
  CHECK(realms.has_realms());
  leave(bench, "a");
  leave(bench, "b");
  CHECK(realms.has_realms());
  bench.break_steer("c");
  CHECK(realms.has_realms());
  bench.pass(5'100);
  CHECK_FALSE(realms.has_realms());
  join(bench, "d", {"r"});
  CHECK(realms.has_realms());
  leave(bench, "d");
  CHECK_FALSE(realms.has_realms());
}

TEST_CASE("realms: a worker of a realm counts as somebody who is here") {
  Bench bench;
  join(bench, "a", {"r"});
  bench.pass(1'000);
  bench.ask("/x");
  bench.pass(100);
  CHECK(bench.exchange().last_error.code == Code::no_route);
  CHECK(bench.fabric->is_ready());
}

TEST_CASE("realms: a worker that says hello again may announce another realm, or none") {
  Bench bench;
  bench.join("open");
  join(bench, "a", {"r"});
  join(bench, "a", {"q"});
  CHECK(presence(bench, "r") == Presence::unknown);
  CHECK(holder_of(bench, "q") == "a");
  bench.hello_again("a", 1, 1'024, {{"", "/x"}});
  CHECK(presence(bench, "q") == Presence::unknown);
}

TEST_CASE("realms: an operator sees which worker has an exclusive realm, also before the first session") {
  Bench bench;
  join(bench, "a", {"r"});
  join(bench, "b", {"r"});
  CHECK(facts_of(bench, "a").state == "ready");
  CHECK_FALSE(facts_of(bench, "a").is_standby);
  CHECK(facts_of(bench, "b").state == "standby, ready");
  CHECK(facts_of(bench, "b").is_standby);
  bench.fabric->hold("a", true);
  CHECK(facts_of(bench, "a").state == "standby, held");
  CHECK(facts_of(bench, "b").state == "ready");
}

TEST_CASE("realms: an operator sees a worker's realm") {
  Bench bench;
  join(bench, "a", {"realm1"});
  join(bench, "b", {""});
  CHECK(facts_of(bench, "a").pool == "wamp:realm1");
  CHECK(facts_of(bench, "a").text.find("serves realm realm1") != std::string::npos);
  CHECK(facts_of(bench, "b").text.find("serves all other realms") != std::string::npos);
  CHECK(facts_of(bench, "a").serves == std::vector<std::string>{"realm realm1"});
  CHECK(facts_of(bench, "b").serves == std::vector<std::string>{"all other realms"});
}
