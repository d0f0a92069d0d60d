#include "router/wamp/translated_session.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/limits.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr std::string_view kHello = R"([1,"realm1",{"roles":{"caller":{}}}])";
constexpr std::string_view kWelcome = R"([2,9129137332,{"roles":{"dealer":{}}}])";

// Both sides write and read JSON; what goes through the session is in their serializers.
class Sides {
 public:
  Sides(Serializer client, Serializer backend, std::size_t most_client = 1'000, std::size_t most_backend = 1'000)
      : backend_(backend), most_backend_(most_backend), session_(translator_, client, most_client) {}

  std::string client(std::string_view json) {
    return raw_client(translated(Serializer::json, session_.client(), json));
  }
  std::string backend(std::string_view json) { return raw_backend(translated(Serializer::json, backend_, json)); }
  std::string raw_client(std::string_view message) {
    const Passage passage = session_.from_client(as_bytes(message), kind_of(session_.client()));
    if (passage.action != Passage::Action::open) return text_of(passage);
    return "open " + passage.realm + " · " + text_of(session_.hello(as_bytes(message), backend_, most_backend_));
  }
  std::string raw_backend(std::string_view message) {
    return text_of(session_.from_backend(as_bytes(message), kind_of(backend_)));
  }
  // Until the client is joined.
  Sides& join() {
    REQUIRE(client(kHello) == "open realm1 · to backend " + std::string(kHello));
    REQUIRE(backend(kWelcome) == "to client " + std::string(kWelcome));
    return *this;
  }
  TranslatedSession& session() { return session_; }

  static MessageKind kind_of(Serializer serializer) {
    return is_text(serializer) ? MessageKind::text : MessageKind::binary;
  }

 private:
  [[nodiscard]] std::string text_of(const Passage& passage) const {
    const auto json = [&](Serializer from) { return translated(from, Serializer::json, as_text(passage.bytes)); };
    switch (passage.action) {
      case Passage::Action::open:
        return "open";
      case Passage::Action::to_client:
        return "to client " + json(session_.client());
      case Passage::Action::to_backend:
        return "to backend " + json(session_.backend());
      case Passage::Action::nothing:
        return "nothing";
      case Passage::Action::end:
        break;
    }
    return "end " + std::to_string(end_for_client(passage.why, session_.joined()).close_code) + ": " +
           std::string(passage.detail);
  }

  Translator translator_;
  Serializer backend_;
  std::size_t most_backend_;
  TranslatedSession session_;
};

}  // namespace

TEST_CASE("translated session: a call and its result pass between every pair of serializers") {
  for (const Serializer client : kSerializers)
    for (const Serializer backend : kSerializers) {
      CAPTURE(name_of(client));
      CAPTURE(name_of(backend));
      Sides sides(client, backend);
      sides.join();
      CHECK(sides.client(R"([48,1,{"x_own":[]},"a.b",["\u0000AP8=",-1,2.5]])") ==
            R"(to backend [48,1,{"x_own":[]},"a.b",["\u0000AP8=",-1,2.5]])");
      CHECK(sides.backend("[50,1,{},[7]]") == "to client [50,1,{},[7]]");
      CHECK(sides.client(R"([6,{},"wamp.close.normal"])") == R"(to backend [6,{},"wamp.close.normal"])");
      CHECK(sides.backend(R"([6,{},"wamp.close.goodbye_and_out"])") ==
            R"(to client [6,{},"wamp.close.goodbye_and_out"])");
      CHECK(sides.session().is_between());
    }
}

TEST_CASE("translated session: between two sides of one serializer the bytes stay as they are") {
  Sides sides(Serializer::json, Serializer::json);
  sides.join();
  const std::string odd = "[ 48 , 1,{},\"a\\u0062\", [1.50e1, {\"k\":1,\"k\":2}] ]";
  const Passage passage = sides.session().from_client(as_bytes(odd), MessageKind::text);
  CHECK(passage.action == Passage::Action::to_backend);
  CHECK(as_text(passage.bytes) == odd);
}

TEST_CASE("translated session: behind two GOODBYEs the same transport carries another session, also of another realm") {
  Sides sides(Serializer::json, Serializer::cbor);
  sides.join();
  CHECK(sides.backend(R"([6,{},"wamp.close.close_realm"])").starts_with("to client"));
  CHECK(sides.client(R"([6,{},"wamp.close.goodbye_and_out"])").starts_with("to backend"));
  CHECK(sides.client(R"([1,"realm2",{}])") == R"(open realm2 · to backend [1,"realm2",{}])");
}

TEST_CASE("translated session: what is no HELLO, or a second one, ends with 1002") {
  CHECK(Sides(Serializer::json, Serializer::cbor).client(R"([48,1,{},"a"])") ==
        "end 1002: the first message is no HELLO");
  CHECK(Sides(Serializer::json, Serializer::cbor).raw_client("[1,\"a\"") == "end 1002: cut off");
  CHECK(Sides(Serializer::json, Serializer::cbor).raw_client("[1,\"\xff\"]") == "end 1007: a string that is not UTF-8");
  for (const Serializer backend : {Serializer::json, Serializer::cbor}) {
    Sides sides(Serializer::json, backend);
    sides.join();
    CHECK(sides.client(kHello) == "end 1002: a message that may not come now");
    CHECK(sides.raw_client("{}").starts_with("end 1002: "));
    CHECK(sides.raw_client("[\"48\"]").starts_with("end 1002: "));
  }
}

TEST_CASE("translated session: a client that goes on before its WELCOME breaks the rules") {
  Sides sides(Serializer::json, Serializer::cbor);
  CHECK(sides.client(kHello).starts_with("open realm1"));
  CHECK(sides.client(R"([16,1,{},"a"])") == "end 1002: a message that may not come now");
}

TEST_CASE("translated session: ABORT passes, and nothing behind it") {
  Sides refused(Serializer::json, Serializer::cbor);
  CHECK(refused.client(kHello).starts_with("open realm1"));
  CHECK(refused.backend(R"([3,{},"wamp.error.not_authorized"])") == R"(to client [3,{},"wamp.error.not_authorized"])");
  CHECK(refused.session().is_over());
  CHECK(refused.client(kHello) == "end 1002: a message that may not come now");
  Sides given_up(Serializer::json, Serializer::cbor);
  CHECK(given_up.client(R"([3,{},"wamp.close.normal"])") == "nothing");
  CHECK(given_up.session().is_over());
}

TEST_CASE("translated session: text for a binary serializer, and the other way round, ends with 1002") {
  Sides text(Serializer::cbor, Serializer::cbor);
  CHECK(text.session().from_client(as_bytes("[1]"), MessageKind::text).why == SessionEnd::violation_of_client);
  Sides binary(Serializer::json, Serializer::cbor);
  CHECK(binary.session().from_client(as_bytes("[1]"), MessageKind::binary).why == SessionEnd::violation_of_client);
  binary.join();
  CHECK(binary.session().from_backend(as_bytes("[1]"), MessageKind::text).why == SessionEnd::violation_of_backend);
}

TEST_CASE("translated session: nesting at the limit passes, one more level ends with 1002") {
  const auto nested = [](std::size_t depth) {
    return R"([48,1,{},"a",)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "]";
  };
  Sides sides(Serializer::json, Serializer::cbor, 10'000, 10'000);
  sides.join();
  CHECK(sides.raw_client(nested(kDeepestValue)).starts_with("to backend"));
  CHECK(sides.raw_client(nested(kDeepestValue + 1)) == "end 1002: lists and maps too deep in each other");
}

TEST_CASE("translated session: what is too large for its receiver is answered in its stead, whatever the serializers") {
  const std::string large = "[\"" + std::string(200, 'x') + "\"]";
  for (const Serializer backend : kSerializers) {
    Sides sides(Serializer::json, backend, 100, 150);
    sides.join();
    CHECK(sides.client("[48,1,{},\"a\"," + large + "]") ==
          R"(to client [8,48,1,{},"wamp.error.payload_size_exceeded"])");
    CHECK(sides.backend("[50,1,{}," + large + "]") == R"(to client [8,48,1,{},"wamp.error.payload_size_exceeded"])");
    CHECK(sides.backend("[68,5,6,{}," + large + "]") == R"(to backend [8,68,5,{},"wamp.error.payload_size_exceeded"])");
    CHECK(sides.client("[70,5,{}," + large + "]") == R"(to backend [8,68,5,{},"wamp.error.payload_size_exceeded"])");
    CHECK(sides.backend("[36,1,2,{}," + large + "]") == "nothing");
    CHECK(sides.client("[16,1,{},\"a\"," + large + "]") == "nothing");
    CHECK(sides.client("[1000," + large + "]") == "end 1009: longer than a message may be");
  }
}

TEST_CASE("translated session: what has no form in the other serializer is answered so, too") {
  Sides sides(Serializer::json, Serializer::msgpack);
  sides.join();
  CHECK(sides.client(R"([48,1,{},"a",[18446744073709551616]])") ==
        R"(to client [8,48,1,{},"wamp.error.invalid_payload"])");
  CHECK(sides.raw_backend(from_hex("94320180"
                                   "91cb7ff8000000000000")) == R"(to client [8,48,1,{},"wamp.error.invalid_payload"])");
  CHECK(sides.raw_backend(from_hex("94320180"
                                   "91d40100")) == R"(to client [8,48,1,{},"wamp.error.invalid_payload"])");
}

TEST_CASE("translated session: a backend that breaks the rules ends it with 1011") {
  for (const Serializer backend : {Serializer::json, Serializer::cbor}) {
    Sides sides(Serializer::json, backend);
    sides.join();
    CHECK(sides.backend(kWelcome) == "end 1011: a message that may not come now");
    CHECK(sides.raw_backend("\x01").starts_with("end 1011: "));
  }
  Sides early(Serializer::json, Serializer::cbor);
  CHECK(early.client(kHello).starts_with("open"));
  CHECK(early.backend("[36,1,2,{}]") == "end 1011: a message that may not come now");
}

TEST_CASE("translated session: a HELLO that is too large for the backend ends with 1009") {
  for (const Serializer backend : kSerializers) {
    Sides sides(Serializer::json, backend, 1'000, 20);
    CHECK(sides.client(kHello) == "open realm1 · end 1009: longer than a message may be");
  }
}
