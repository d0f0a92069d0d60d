// The worker's WebSockets, without a router.
#include <doctest/doctest.h>
#include <zeroway/testing.h>

#include "examples/wamp-worker/limits.h"
#include "examples/wamp-worker/wamp_socket.h"

namespace {

using wamp::Serializer;
using wamp::Value;

struct Service {
  Service() {
    wamp::register_wamp(worker, "/ws", realms, [] {});
  }

  wamp::Id last_id = 0;
  wamp::Realms realms{{"realm1"}, [this] { return ++last_id; }};
  zeroway::Worker worker{zeroway::WorkerOptions{}};
};

// A client that speaks with one serializer.
class Peer {
 public:
  Peer(zeroway::TestClient& client, Serializer serializer)
      : serializer_(serializer),
        socket(client.websocket("/ws", {{"sec-websocket-protocol", std::string(wamp::subprotocol(serializer))}})) {}

  void say(const Value& message) {
    const std::string bytes = wamp::encode(serializer_, message);
    if (is_text(serializer_)) {
      socket.send_text(bytes);
    } else {
      socket.send_binary(bytes);
    }
  }
  Value hear() {
    const auto message = socket.receive();
    if (!message) return "closed";
    CHECK(message->is_text == is_text(serializer_));
    return wamp::decode(serializer_, message->bytes);
  }
  void join() {
    say({1, "realm1", {{"roles", {{"publisher", Value::object()}, {"subscriber", Value::object()}}}}});
    CHECK(hear()[0] == 2);
  }

 private:
  Serializer serializer_;

 public:
  zeroway::TestWebSocket socket;
};

}  // namespace

TEST_CASE("wamp worker: clients of all serializers hear each other, bytes and large integers included") {
  Service service;
  zeroway::TestClient client(service.worker);
  const Value payload = {Value::binary({0, 255}), 18446744073709551615U, "é"};
  for (const Serializer from : {Serializer::json, Serializer::msgpack, Serializer::cbor}) {
    Peer publisher(client, from);
    publisher.join();
    for (const Serializer to : {Serializer::json, Serializer::msgpack, Serializer::cbor}) {
      Peer subscriber(client, to);
      subscriber.join();
      subscriber.say({32, 1, Value::object(), "t"});
      CHECK(subscriber.hear()[0] == 33);
      publisher.say({16, 1, Value::object(), "t", payload});
      CHECK(subscriber.hear()[4] == payload);
      subscriber.socket.close();
      CHECK(subscriber.hear() == "closed");
    }
  }
}

TEST_CASE("wamp worker: a client without a subprotocol of ours is refused, and told which there are") {
  Service service;
  zeroway::TestClient client(service.worker);
  for (const zeroway::TestFields& fields :
       {zeroway::TestFields{}, zeroway::TestFields{{"sec-websocket-protocol", "wamp.2.json.batched"}}}) {
    const auto refusal = client.websocket("/ws", fields).refusal();
    CHECK(refusal.status == 400);
    CHECK(refusal.body == "The subprotocols here are wamp.2.json, wamp.2.msgpack and wamp.2.cbor.\n");
  }
  auto socket = client.websocket("/ws", {{"sec-websocket-protocol", "foo"}, {"sec-websocket-protocol", "wamp.2.cbor"}});
  CHECK(socket.field("sec-websocket-protocol") == "wamp.2.cbor");
}

TEST_CASE("wamp worker: text for binary, binary for text, and what is no message end the session with 1002") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer json(client, Serializer::json), cbor(client, Serializer::cbor), broken(client, Serializer::json);
  json.socket.send_binary("[]");
  CHECK(json.hear()[1]["message"] == "wamp.2.json has no binary messages");
  CHECK(json.socket.close_code() == 1002);
  cbor.socket.send_text("[]");
  CHECK(cbor.hear()[2] == "wamp.error.protocol_violation");
  CHECK(cbor.socket.close_code() == 1002);
  broken.join();
  broken.socket.send_text("[16,");
  CHECK(broken.hear()[0] == 3);
  CHECK(broken.socket.close_code() == 1002);
  CHECK(broken.socket.close_reason().starts_with("no JSON message: parse error at line 1, column 5"));
  CHECK(service.realms.sessions() == 0);
}

TEST_CASE("wamp worker: a subscriber that does not read is dropped, and the others hear everything") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer publisher(client, Serializer::json), reads(client, Serializer::cbor), sleeps(client, Serializer::json);
  for (Peer* const one : {&publisher, &reads, &sleeps}) one->join();
  for (Peer* const one : {&reads, &sleeps}) {
    one->say({32, 1, Value::object(), "t"});
    (void)one->hear();
  }
  const std::string text(1 << 20, 'x');
  int sent = 0;
  for (; service.realms.sessions() == 3 && sent < 100; ++sent) {
    publisher.say({16, sent + 1, Value::object(), "t", {text, sent}});
    CHECK(reads.hear()[4][1] == sent);
  }
  CHECK(service.realms.sessions() == 2);
  CHECK(static_cast<std::size_t>(sent) > wamp::kMaxBacklog / text.size());
  CHECK(sent < 25);
  CHECK(sleeps.socket.close_code() == 1013);
  publisher.say({16, 99, {{"acknowledge", true}}, "t", {"still here"}});
  CHECK(publisher.hear()[0] == 17);
  CHECK(reads.hear()[4][0] == "still here");
}

TEST_CASE("wamp worker: who calls faster than the callee reads waits for the callee, and the callee gets everything") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer caller(client, Serializer::cbor), callee(client, Serializer::json);
  for (Peer* const one : {&caller, &callee}) one->join();
  callee.say({64, 1, Value::object(), "p"});
  (void)callee.hear();
  constexpr int kCalls = 60;
  const std::string text(1 << 20, 'x');
  for (int i = 1; i <= kCalls; ++i) caller.say({48, i, Value::object(), "p", {text}});
  client.advance(std::chrono::seconds(1));
  for (int i = 1; i <= kCalls; ++i) CHECK(callee.hear()[1] == i);
  CHECK(service.realms.sessions() == 2);
}

TEST_CASE("wamp worker: a callee that reads nothing for five seconds is dropped, and the caller is told") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer caller(client, Serializer::json), callee(client, Serializer::json);
  for (Peer* const one : {&caller, &callee}) one->join();
  callee.say({64, 1, Value::object(), "p"});
  (void)callee.hear();
  caller.say({48, 1, Value::object(), "p", {std::string(2 << 20, 'x')}});
  client.advance(std::chrono::seconds(4));
  CHECK(service.realms.sessions() == 2);
  client.advance(std::chrono::seconds(2));
  CHECK(service.realms.sessions() == 1);
  CHECK(caller.hear()[4] == "wamp.error.canceled");
  CHECK(callee.socket.close_code() == 1013);
}

TEST_CASE("wamp worker: a session ends with its WebSocket") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer gone(client, Serializer::json), left(client, Serializer::json);
  gone.join();
  left.join();
  gone.socket.reset();
  client.run();
  CHECK(service.realms.sessions() == 1);
  client.drain();
  CHECK(left.socket.close_code() == 1001);
  CHECK(service.realms.sessions() == 0);
  CHECK(client.is_drained());
}

TEST_CASE("wamp worker: a draining worker says GOODBYE to its sessions and closes with 1001") {
  Service service;
  zeroway::TestClient client(service.worker);
  Peer peer(client, Serializer::cbor);
  peer.join();
  client.drain();
  client.advance(std::chrono::seconds(30));
  CHECK(peer.hear() == Value({6, Value::object(), "wamp.close.system_shutdown"}));
  CHECK(peer.hear() == "closed");
  CHECK(peer.socket.close_code() == 1001);
}

TEST_CASE("wamp worker: the sessions of a realm come in the serializer that the router chose") {
  wamp::Id last_id = 0;
  wamp::Realms realms{{"realm1"}, [&] { return ++last_id; }};
  zeroway::Worker worker{zeroway::WorkerOptions{}};
  wamp::register_realm(worker, "realm1", realms, [] {});
  zeroway::TestClient client(worker);
  for (const Serializer serializer : {Serializer::json, Serializer::msgpack, Serializer::cbor}) {
    Peer peer(client, serializer);
    peer.join();
    peer.socket.close();
    CHECK(peer.hear() == "closed");
  }
}
