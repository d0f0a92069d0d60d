#include "router/wamp/session_end.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/failed_message.h"
#include "router/wamp/own_messages.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string text_of(const SideEnd& end) {
  if (end.close_code == 0) return "nothing";
  const std::string message = end.written(Serializer::json);
  return (message.empty() ? "" : message + " ") + std::to_string(end.close_code);
}
std::string client(SessionEnd why, Joined joined) { return text_of(end_for_client(why, joined)); }
std::string backend(SessionEnd why, Joined joined) { return text_of(end_for_backend(why, joined)); }

// What becomes of a message that is written in JSON.
std::string failed(Sender sender, std::string_view message, ValueFault fault = ValueFault::too_large) {
  Translator translator;
  std::string out;
  REQUIRE_FALSE(translator.translate(Serializer::json, Serializer::cbor, as_bytes(message), 1'000, out));
  const FailedMessage failed = failed_message(translator.facts(), sender, fault);
  if (failed.answer == FailedMessage::Answer::dropped) return "dropped";
  if (failed.answer == FailedMessage::Answer::session_ends) return "session ends";
  return (failed.answer == FailedMessage::Answer::error_to_client ? "client " : "backend ") +
         error_message(Serializer::json, failed.type, failed.request, failed.error);
}

const std::string kTooLarge = ",{},\"wamp.error.payload_size_exceeded\"]";

}  // namespace

TEST_CASE("session's end: a client that breaks the rules gets ABORT and 1002, other faults their close code") {
  for (const Joined joined : {Joined::no, Joined::yes}) {
    CHECK(client(SessionEnd::violation_of_client, joined) == R"([3,{},"wamp.error.protocol_violation"] 1002)");
    CHECK(client(SessionEnd::not_utf8_of_client, joined) == "1007");
    CHECK(client(SessionEnd::too_large_of_client, joined) == "1009");
    CHECK(client(SessionEnd::client_lost, joined) == "nothing");
  }
  for (const SessionEnd why : {SessionEnd::violation_of_client, SessionEnd::not_utf8_of_client,
                               SessionEnd::too_large_of_client, SessionEnd::client_lost}) {
    CHECK(backend(why, Joined::no) == R"([3,{},"wamp.close.transport_lost"] 1001)");
    CHECK(backend(why, Joined::yes) == R"([6,{},"wamp.close.transport_lost"] 1001)");
  }
}

TEST_CASE("session's end: a realm that nobody serves, and a backend that does not come") {
  CHECK(client(SessionEnd::no_such_realm, Joined::no) == R"([3,{},"wamp.error.no_such_realm"] 1000)");
  CHECK(backend(SessionEnd::no_such_realm, Joined::no) == "nothing");
  CHECK(client(SessionEnd::backend_unreachable, Joined::no) == R"([3,{},"wamp.error.network_failure"] 1013)");
  CHECK(backend(SessionEnd::backend_unreachable, Joined::no) == "nothing");
}

TEST_CASE("session's end: a client whose backend is lost is told, GOODBYE once it has joined") {
  CHECK(client(SessionEnd::backend_lost, Joined::no) == "1001");
  CHECK(client(SessionEnd::backend_lost, Joined::yes) == "1001");
  CHECK(backend(SessionEnd::backend_lost, Joined::yes) == "nothing");
  CHECK(client(SessionEnd::backend_closed, Joined::yes) == "1001");
  CHECK(backend(SessionEnd::backend_closed, Joined::yes) == R"([6,{},"wamp.close.transport_lost"] 1001)");
  CHECK(client(SessionEnd::violation_of_backend, Joined::yes) == "1011");
  CHECK(client(SessionEnd::violation_of_backend, Joined::no) == R"([3,{},"wamp.close.transport_lost"] 1011)");
  CHECK(backend(SessionEnd::violation_of_backend, Joined::yes) == R"([3,{},"wamp.error.protocol_violation"] 1002)");
}

TEST_CASE("session's end: a router that stops says so to both") {
  for (const auto side : {client, backend}) {
    CHECK(side(SessionEnd::shutdown, Joined::no) == R"([3,{},"wamp.close.system_shutdown"] 1001)");
    CHECK(side(SessionEnd::shutdown, Joined::yes) == R"([6,{},"wamp.close.system_shutdown"] 1001)");
  }
}

TEST_CASE("session's end: a login that is over is told to both") {
  for (const auto side : {client, backend}) {
    CHECK(side(SessionEnd::logged_out, Joined::no) == R"([3,{},"wamp.close.logout"] 1000)");
    CHECK(side(SessionEnd::logged_out, Joined::yes) == R"([6,{},"wamp.close.logout"] 1000)");
  }
}

TEST_CASE("session's end: by what is wrong with a message") {
  CHECK(end_by_client(ValueFault::malformed) == SessionEnd::violation_of_client);
  CHECK(end_by_client(ValueFault::too_deep) == SessionEnd::violation_of_client);
  CHECK(end_by_client(ValueFault::inexpressible) == SessionEnd::violation_of_client);
  CHECK(end_by_client(ValueFault::not_utf8) == SessionEnd::not_utf8_of_client);
  CHECK(end_by_client(ValueFault::too_large) == SessionEnd::too_large_of_client);
}

TEST_CASE("own messages: in every serializer, with and without a text for people") {
  CHECK(abort_message(Serializer::json, "a.b", "no \"such\" thing") == R"([3,{"message":"no \"such\" thing"},"a.b"])");
  CHECK(goodbye_message(Serializer::json, "a.b") == R"([6,{},"a.b"])");
  CHECK(error_message(Serializer::json, 48, 7814135, "a.b") == R"([8,48,7814135,{},"a.b"])");
  for (const Serializer to : kSerializers) {
    CHECK(goodbye_message(to, "a.b", "why") == translated(Serializer::json, to, R"([6,{"message":"why"},"a.b"])"));
    CHECK(error_message(to, 68, 1, "a") == translated(Serializer::json, to, R"([8,68,1,{},"a"])"));
  }
}

TEST_CASE("failed message: a request of the client is answered with ERROR, where it is answered at all") {
  CHECK(failed(Sender::client, R"([48,7,{},"a",["x"]])") == "client [8,48,7" + kTooLarge);
  CHECK(failed(Sender::client, R"([64,7,{},"a"])") == "client [8,64,7" + kTooLarge);
  CHECK(failed(Sender::client, R"([32,7,{},"a"])") == "client [8,32,7" + kTooLarge);
  CHECK(failed(Sender::client, R"([16,7,{"acknowledge":true},"a",["x"]])") == "client [8,16,7" + kTooLarge);
  for (const char* silent :
       {R"([16,7,{},"a",["x"]])", R"([16,7,{"acknowledge":false},"a"])", R"([16,7,{"acknowledge":1},"a",[true]])",
        R"([16,7,{"acknowledge":true,"acknowledge":false},"a"])",
        R"([16,7,{"a":{"acknowledge":true}},"a",[{"acknowledge":true}],{"acknowledge":true}])"})
    CHECK(failed(Sender::client, silent) == "dropped");
}

TEST_CASE("failed message: the other side of a call gets an ERROR that it can use") {
  CHECK(failed(Sender::client, "[70,9,{},[1]]") == "backend [8,68,9" + kTooLarge);
  CHECK(failed(Sender::client, R"([8,68,9,{},"a.b",[1]])") == "backend [8,68,9" + kTooLarge);
  CHECK(failed(Sender::backend, "[50,7,{},[1]]") == "client [8,48,7" + kTooLarge);
  CHECK(failed(Sender::backend, "[68,9,3,{},[1]]") == "backend [8,68,9" + kTooLarge);
  CHECK(failed(Sender::backend, R"([8,48,7,{},"a.b",[1]])") == "client [8,48,7" + kTooLarge);
}

TEST_CASE("failed message: an event is dropped, and what nobody waits for ends the session") {
  CHECK(failed(Sender::backend, "[36,1,2,{},[1]]") == "dropped");
  for (const char* other : {"[2,1,{}]", "[4,\"a\",{}]", "[33,1,2]", "[1000,1]", R"([6,{},"a"])"})
    CHECK(failed(Sender::backend, other) == "session ends");
  for (const char* other : {"[1,\"a\",{}]", "[34,1,2]", "[1000,1]", "[50,1,{}]"})
    CHECK(failed(Sender::client, other) == "session ends");
  CHECK(failed(Sender::client, "[48]") == "session ends");  // without an id
  CHECK(failed(Sender::client, R"([48,7,{},"a"])", ValueFault::malformed) == "session ends");
  CHECK(failed(Sender::client, R"([48,7,{},"a"])", ValueFault::inexpressible) ==
        "client [8,48,7,{},\"wamp.error.invalid_payload\"]");
}
