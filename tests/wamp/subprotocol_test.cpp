#include "router/wamp/subprotocol.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

using Verdict = SubprotocolChoice::Verdict;

// The subprotocol that is chosen, or why none is.
std::string chosen(std::string_view offered, SerializerSet served = SerializerSet::all(),
                   RequireSubprotocol require = RequireSubprotocol::yes) {
  const SubprotocolChoice choice = choose_subprotocol(offered, served, require);
  switch (choice.verdict) {
    case Verdict::chosen:
      return std::string(subprotocol_of(choice.serializer));
    case Verdict::assumed:
      return "assumed " + std::string(name_of(choice.serializer));
    case Verdict::none_fits:
      return "none fits";
    case Verdict::offered_twice:
      return "twice";
    case Verdict::malformed:
      break;
  }
  return "malformed";
}

SerializerSet only(Serializer serializer) {
  SerializerSet set;
  set.add(serializer);
  return set;
}

}  // namespace

TEST_CASE("subprotocol: the client's order decides") {
  CHECK(chosen("wamp.2.msgpack, wamp.2.json") == "wamp.2.msgpack");
  CHECK(chosen("wamp.2.json,wamp.2.msgpack") == "wamp.2.json");
  CHECK(chosen("foo,\twamp.2.cbor , wamp.2.json") == "wamp.2.cbor");
  CHECK(chosen(", ,wamp.2.json,") == "wamp.2.json");
}

TEST_CASE("subprotocol: one that the site does not serve is passed over, and batched ones always") {
  CHECK(chosen("wamp.2.cbor, wamp.2.json", only(Serializer::json)) == "wamp.2.json");
  CHECK(chosen("wamp.2.json.batched, wamp.2.msgpack") == "wamp.2.msgpack");
  CHECK(chosen("wamp.2.json.batched") == "none fits");
  CHECK(chosen("wamp.2.ubjson, wamp.2.flatbuffers") == "none fits");
  CHECK(chosen("WAMP.2.JSON") == "none fits");  // case matters (RFC 6455 §11.5)
}

TEST_CASE("subprotocol: without one that fits JSON is assumed only where none is required") {
  CHECK(chosen("") == "none fits");
  CHECK(chosen("", SerializerSet::all(), RequireSubprotocol::no) == "assumed json");
  CHECK(chosen("foo", SerializerSet::all(), RequireSubprotocol::no) == "assumed json");
  CHECK(chosen("", only(Serializer::cbor), RequireSubprotocol::no) == "none fits");
  CHECK(chosen("wamp.2.cbor", SerializerSet::all(), RequireSubprotocol::no) == "wamp.2.cbor");
}

TEST_CASE("subprotocol: a list that is none, or has one twice, is refused (RFC 6455 §4.1)") {
  CHECK(chosen("wamp.2.json, wamp.2.json") == "twice");
  CHECK(chosen("a, wamp.2.json, a") == "twice");
  for (const char* wrong : {"wamp.2.json wamp.2.cbor", "a;b", "a, \"b\"", "a\x7f"}) CHECK(chosen(wrong) == "malformed");
}

TEST_CASE("subprotocol: a refusal names what is served") {
  CHECK(subprotocol_refusal(Verdict::none_fits, SerializerSet::all()) ==
        "this WebSocket speaks one of the subprotocols wamp.2.json, wamp.2.msgpack, wamp.2.cbor");
  CHECK(subprotocol_refusal(Verdict::none_fits, only(Serializer::cbor)) ==
        "this WebSocket speaks one of the subprotocols wamp.2.cbor");
  CHECK(subprotocol_refusal(Verdict::offered_twice, SerializerSet::all()) ==
        "Sec-WebSocket-Protocol lists a subprotocol twice");
}
