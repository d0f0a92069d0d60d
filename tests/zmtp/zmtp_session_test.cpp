#include "proto/zmtp/zmtp_session.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/zmtp/zmtp_pair.h"

using namespace zeroway;

TEST_CASE("zmtp session: two sides shake hands and tell who they are") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker-1#1"},
                {.role = ZmtpRole::server, .socket = ZmtpSocket::router, .must_have_identity = true});
  pair.run();
  CHECK(pair.client.log == "hands ROUTER '' · ");
  CHECK(pair.server.log == "hands ROUTER 'worker-1#1' · ");
}

TEST_CASE("zmtp session: messages travel both ways, short and long") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "a"},
                {.socket = ZmtpSocket::dealer});
  pair.run();
  pair.client.log.clear();
  pair.server.log.clear();
  pair.client.session.send(as_bytes("hello"));
  pair.client.session.send(as_bytes(std::string(300, 'x')));
  pair.server.session.send({});
  pair.run();
  CHECK(pair.server.log == "message 5 of 1 · message 300 of 1 · ");
  CHECK(pair.client.log == "message 0 of 1 · ");
}

TEST_CASE("zmtp session: a PING is answered, and its time to live is known (RFC 37)") {
  ZmtpPair pair({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "a"}, {});
  pair.run();
  CHECK(pair.server.session.may_ping());
  pair.client.session.ping(50);
  CHECK(pair.server.session.receive(as_bytes(pair.client.session.output())) == 9);
  CHECK(pair.server.session.ttl() == 50);
  CHECK(pair.server.session.output() == std::string("\x04\x05\x04PONG", 7));
}
