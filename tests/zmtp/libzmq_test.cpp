// Conversations with libzmq itself.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/libzmq_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

using Parts = std::vector<std::string>;

const CurveKeys kServer = curve_server_keys();
const CurveKeys kClient = curve_client_keys();

void make_curve_server(LibzmqSocket& socket) {
  socket.set(ZMQ_CURVE_SERVER, 1);
  socket.set(ZMQ_CURVE_SECRETKEY, as_text(kServer.own_secret));
}

void make_curve_client(LibzmqSocket& socket, const CurveKey& server) {
  socket.set(ZMQ_CURVE_PUBLICKEY, as_text(kClient.own_public));
  socket.set(ZMQ_CURVE_SECRETKEY, as_text(kClient.own_secret));
  socket.set(ZMQ_CURVE_SERVERKEY, as_text(server));
}

// Our side dials a ROUTER of libzmq; messages of one part and of three, PING, and what is longer than a read.
void dial_router(LibzmqSocket& router, const CurveKeys* keys) {
  SessionOverTcp ours(connect_to(router.bind()),
                      {.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker#1", .curve = keys});
  REQUIRE(ours.run_until_hands());
  CHECK(ours.side.log == "hands ROUTER '' · ");
  ours.side.log.clear();
  const std::string large(300'000, 'x');
  ours.side.session.send(as_bytes("one"));
  ours.side.session.ping(50);
  ours.side.session.send(as_bytes(large));
  REQUIRE(ours.run_until([&] { return router.has_message(); }));
  CHECK(router.receive() == Parts{"worker#1", "one"});
  REQUIRE(ours.run_until([&] { return router.has_message(); }));
  CHECK(router.receive() == Parts{"worker#1", large});

  REQUIRE(router.send({"worker#1", "first", "second", "third"}));
  REQUIRE(router.send({"worker#1", large}));
  REQUIRE(ours.run_until([&] { return ours.side.last.size() == large.size(); }));
  CHECK(ours.side.log == "message 5 of 3 · message 300000 of 1 · ");
  CHECK(ours.side.last == large);
}

// A DEALER of libzmq dials our side, and sends PINGs of its own.
void be_dialled(LibzmqSocket& dealer, const CurveKeys* keys) {
  const Listening listening;
  dealer.set(ZMQ_ROUTING_ID, "worker#2");
  dealer.set(ZMQ_HEARTBEAT_IVL, 20);
  dealer.set(ZMQ_HEARTBEAT_TTL, 60'000);
  dealer.connect(listening.port());
  SessionOverTcp ours(
      listening.accept(),
      {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .curve = keys, .must_have_identity = true});
  REQUIRE(ours.run_until_hands());
  CHECK(ours.side.log == "hands DEALER 'worker#2' · ");
  ours.side.log.clear();
  REQUIRE(ours.run_until([&] { return ours.side.session.ttl() == 600; }));
  REQUIRE(dealer.send({"a", "b"}));
  REQUIRE(dealer.send({std::string(1'000, 'x')}));
  REQUIRE(ours.run_until([&] { return ours.side.last.size() == 1'000; }));
  CHECK(ours.side.log == "message 1 of 2 · message 1000 of 1 · ");
  ours.side.session.send(as_bytes("back"));
  REQUIRE(ours.run_until([&] { return dealer.has_message(); }));
  CHECK(dealer.receive() == Parts{"back"});
  CHECK_FALSE(ours.is_closed);
}

}  // namespace

TEST_CASE("libzmq: our client and its ROUTER, NULL") {
  LibzmqSocket router(ZMQ_ROUTER);
  dial_router(router, nullptr);
}

TEST_CASE("libzmq: our client and its ROUTER, CURVE") {
  LibzmqSocket router(ZMQ_ROUTER);
  make_curve_server(router);
  dial_router(router, &kClient);
}

TEST_CASE("libzmq: its DEALER and our server, NULL") {
  LibzmqSocket dealer(ZMQ_DEALER);
  be_dialled(dealer, nullptr);
}

TEST_CASE("libzmq: its DEALER and our server, CURVE") {
  LibzmqSocket dealer(ZMQ_DEALER);
  make_curve_client(dealer, kServer.own_public);
  be_dialled(dealer, &kServer);
}

TEST_CASE("libzmq: its DEALER hears that our server does not allow its key") {
  LibzmqSocket dealer(ZMQ_DEALER);
  make_curve_client(dealer, kServer.own_public);
  LibzmqSocket::Monitor monitor(dealer, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  const Listening listening;
  dealer.connect(listening.port());
  SessionOverTcp ours(listening.accept(), {.curve = &kServer});
  ours.side.is_everybody_allowed = false;
  REQUIRE(ours.run_until_closed());
  CHECK(ours.side.asked_key == as_text(kClient.own_public));
  CHECK(ours.side.session.failure().detail == "its public key is not allowed");
  CHECK(monitor.next_value() == 400);
}

TEST_CASE("libzmq: its DEALER with another public key of ours gets no word") {
  LibzmqSocket dealer(ZMQ_DEALER);
  make_curve_client(dealer, curve_pair(9).own_public);
  const Listening listening;
  dealer.connect(listening.port());
  SessionOverTcp ours(listening.accept(), {.curve = &kServer});
  REQUIRE(ours.run_until([&] { return ours.side.session.has_failed(); }));
  CHECK(ours.side.session.failure().fault == ZmtpFault::key);
  CHECK(ours.side.asked_key == "");
}

TEST_CASE("libzmq: its server closes when our client has another public key of it") {
  LibzmqSocket router(ZMQ_ROUTER);
  make_curve_server(router);
  CurveKeys keys = kClient;
  keys.server = curve_pair(9).own_public;
  SessionOverTcp ours(connect_to(router.bind()), {.role = ZmtpRole::client, .identity = "worker#1", .curve = &keys});
  CHECK(ours.run_until_closed());
  CHECK(ours.side.log == "");
  CHECK_FALSE(ours.side.session.has_failed());
}

TEST_CASE("libzmq: with keys on one side only, each side sees it in the other's greeting") {
  LibzmqSocket router(ZMQ_ROUTER);
  LibzmqSocket::Monitor monitor(router, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
  SessionOverTcp ours(connect_to(router.bind()), {.role = ZmtpRole::client, .identity = "worker#1", .curve = &kClient});
  REQUIRE(ours.run_until([&] { return ours.side.session.has_failed(); }));
  CHECK(ours.side.session.failure().detail == "its mechanism is 'NULL', ours is CURVE");
  CHECK(monitor.next_value() == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);

  LibzmqSocket dealer(ZMQ_DEALER);
  make_curve_client(dealer, kServer.own_public);
  LibzmqSocket::Monitor other_monitor(dealer, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
  const Listening listening;
  dealer.connect(listening.port());
  SessionOverTcp server(listening.accept(), {});
  REQUIRE(server.run_until([&] { return server.side.session.has_failed(); }));
  CHECK(server.side.session.failure().detail == "its mechanism is 'CURVE', ours is NULL");
  CHECK(other_monitor.next_value() == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
}
