#include <doctest/doctest.h>

#include <string>

#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_pair.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const CurveKeys kServer = curve_server_keys();
const CurveKeys kClient = curve_client_keys();

ZmtpTerms client_terms() {
  return {.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker-1#1", .curve = &kClient};
}
ZmtpTerms server_terms() { return {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .curve = &kServer}; }

}  // namespace

TEST_CASE("curve: two sides shake hands and tell who they are (RFC 26)") {
  ZmtpPair pair(client_terms(), server_terms());
  pair.run();
  CHECK(pair.client.log == "hands ROUTER '' · ");
  CHECK(pair.server.log == "hands ROUTER 'worker-1#1' · ");
}

TEST_CASE("curve: messages travel both ways, empty, short and long, and are not readable on the way") {
  ZmtpPair pair(client_terms(), server_terms());
  pair.run();
  pair.client.log.clear();
  pair.server.log.clear();
  pair.client.session.send({});
  pair.client.session.send(as_bytes("hello"));
  pair.client.session.send(as_bytes(std::string(70'000, 'x')));
  CHECK(pair.client.session.output().find("xxxx") == std::string::npos);
  pair.server.session.send(as_bytes(std::string(300, 'y')));
  pair.run();
  CHECK(pair.server.log == "message 0 of 1 · message 5 of 1 · message 70000 of 1 · ");
  CHECK(pair.server.last == std::string(70'000, 'x'));
  CHECK(pair.client.log == "message 300 of 1 · ");
  CHECK(pair.client.last == std::string(300, 'y'));
}

TEST_CASE("curve: a client whose key is not allowed gets ERROR 400 (RFC 27)") {
  ZmtpPair pair(client_terms(), server_terms());
  pair.server.is_everybody_allowed = false;
  pair.run();
  CHECK(pair.server.session.failure().fault == ZmtpFault::key);
  CHECK(pair.server.session.failure().detail == "its public key is not allowed");
  CHECK(pair.client.session.failure().fault == ZmtpFault::refused);
  CHECK(pair.client.session.failure().detail == "it refuses us: '400'");
  CHECK(pair.client.log + pair.server.log == "");
}

TEST_CASE("curve: the server is asked about the client's public key") {
  ZmtpPair pair(client_terms(), server_terms());
  pair.run();
  CHECK(pair.server.asked_key == as_text(kClient.own_public));
}
