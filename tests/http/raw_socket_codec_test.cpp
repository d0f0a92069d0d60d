// The codec of a RawSocket, as a script of bytes and verbs.
#include "router/http/raw_socket_codec.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/support/chopper.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

using Type = RawSocketPrefix::Type;

std::string frame(std::string_view payload, Type type = Type::message) {
  const RawSocketWord word = raw_socket_prefix({type, payload.size()});
  return std::string(word.begin(), word.end()) + std::string(payload);
}

class Heard final : public CodecEvents {
 public:
  RequestTerms head(CodecStream, Head& head, Last, Kind kind) override {
    asked = head;
    add(kind == Kind::web_socket ? "web socket" : "?");
    return {};
  }
  void data(CodecStream, Bytes) override { add("data"); }
  void piece(CodecStream, Bytes bytes, MessageKind kind, Last last) override {
    message_ += as_text(bytes);
    if (pays != nullptr) pays->credit(1, message_credit(bytes.size()));
    if (last == Last::yes) add((kind == MessageKind::text ? "text " : "binary ") + std::exchange(message_, {}));
  }
  void end(CodecStream, Head& trailers) override {
    add("end " + std::string(trailers.find("close-code").value_or("-")));
  }
  void reset(CodecStream, const Error& error) override { add("reset: " + error.detail); }
  void broken(const Error& error, Breach) override { add("broken: " + error.detail); }

  // What was heard since the last call.
  std::string take() { return std::exchange(all_, {}); }

  Head asked;
  Codec* pays = nullptr;

 private:
  void add(const std::string& verb) { all_ += (all_.empty() ? "" : " · ") + verb; }
  std::string all_, message_;
};

RawSocketEntry entry() { return {.scheme = "http", .authority = "wamp.test", .path = "/ws", .patience = 5s}; }

struct Client {
  explicit Client(const RawSocketEntry& with = entry()) : codec(with) {}

  // As a session does: what was not read comes again.
  Client& say(std::string_view bytes) {
    kept += bytes;
    kept.erase(0, codec.read(as_bytes(kept), heard));
    return *this;
  }
  Client& accept(const WebSocketTerms& terms = {}, std::string_view protocol = "") {
    Head head{{":status", "200"}};
    if (protocol.empty()) protocol = *heard.asked.find("sec-websocket-protocol");
    head.add("sec-websocket-protocol", protocol);
    codec.accept_web_socket(1, head, terms);
    return say("");
  }
  Client& open(std::string_view offer = "7ff30000") {
    say(from_hex(offer)).accept();
    heard.take();
    written();
    return *this;
  }
  Client& told(std::string_view bytes, Last last = Last::yes) {
    static_cast<Codec&>(codec).piece(1, as_bytes(bytes), MessageKind::binary, last);
    return *this;
  }
  Client& end() {
    Head none;
    codec.end(1, none);
    return *this;
  }
  std::string written() { return std::exchange(codec.output(), {}); }
  Time tick(Clock::duration after) { return codec.tick(start + after, heard); }

  const Time start = Clock::now();
  Heard heard;
  RawSocketCodec codec;
  std::string kept;
};

}  // namespace

TEST_CASE("raw socket codec: an offer opens a WebSocket of WAMP, and is answered when a backend has accepted") {
  struct Case {
    const char *offer, *protocol, *answer;
  };
  for (const auto& [offer, protocol, answer] :
       {Case{"7ff10000", "wamp.2.json", "7ff10000"}, Case{"7f020000", "wamp.2.msgpack", "7ff20000"},
        Case{"7f930000", "wamp.2.cbor", "7ff30000"}}) {
    const std::string bytes = from_hex(offer);
    for_each_chopping(bytes, [&](const Chopping& chopping) {
      CAPTURE(chopping.name);
      Client client;
      for (const auto piece : chopping.pieces) client.say(piece);
      CHECK(client.heard.take() == "web socket");
      std::string head;
      for (const Field field : client.heard.asked)
        head += std::string(field.name) + "=" + std::string(field.value) + " ";
      CHECK(head == std::string(":method=CONNECT :protocol=websocket :scheme=http :authority=wamp.test :path=/ws "
                                "sec-websocket-version=13 sec-websocket-protocol=") +
                        protocol + " ");
      CHECK(client.written().empty());
      CHECK_FALSE(client.codec.wants_input());
      client.accept();
      CHECK(to_hex(client.written()) == answer);
      CHECK(client.codec.wants_input());
    });
  }
}

TEST_CASE("raw socket codec: the answer announces what is enforced, of the listener and of the route the less") {
  struct Case {
    std::size_t of_listener, of_route;
    const char* answer;
  };
  for (const auto& [of_listener, of_route, answer] :
       {Case{16 << 20, 16 << 20, "7ff30000"}, Case{16 << 20, 0, "7ff30000"}, Case{16 << 20, 64 << 20, "7ff30000"},
        Case{100'000, 16 << 20, "7f730000"}, Case{16 << 20, 131'072, "7f830000"}, Case{512, 131'072, "7f030000"},
        Case{16 << 20, 100, "7f030000"}}) {
    RawSocketEntry with = entry();
    with.most = of_listener;
    Client client(with);
    client.say(from_hex("7ff30000")).accept({.max_message_size = of_route});
    CHECK(to_hex(client.written()) == answer);
  }
  RawSocketEntry small = entry();
  small.most = 512;
  Client client(small);
  client.open().say(frame(std::string(512, 'x')));
  CHECK(client.heard.take() == "binary " + std::string(512, 'x'));
  client.say(frame(std::string(513, 'x')));
  CHECK(client.heard.take() == "broken: RawSocket: a message longer than was announced");
  CHECK(client.codec.phase() == CodecPhase::closed);
  CHECK_FALSE(client.codec.ends_by_reset());
}

TEST_CASE("raw socket codec: what is not served is refused in RawSocket's words, and nobody is asked") {
  RawSocketEntry only_json = entry();
  only_json.served = {};
  only_json.served.add(Serializer::json);
  RawSocketEntry full = entry();
  full.is_full = true;
  struct Case {
    RawSocketEntry with;
    const char *bytes, *answer, *why;
  };
  for (const auto& [with, text, answer, why] :
       {Case{entry(), "7ff00000", "7f100000", "its serializer is not served"},
        Case{entry(), "7ff40000", "7f100000", "its serializer is not served"},
        Case{only_json, "7ff30000", "7f100000", "its serializer is not served"},
        Case{entry(), "7ff30100", "7f300000", "reserved bits are set"},
        Case{entry(), "7ff30001", "7f300000", "reserved bits are set"},
        Case{full, "7ff30000", "7f400000", "too many connections are open"},
        Case{entry(), "00000161", "", "no RawSocket"}, Case{entry(), "47", "", "no RawSocket"}}) {
    const std::string bytes = from_hex(text);
    for_each_chopping(bytes, [&, answer = answer, why = why, &with = with](const Chopping& chopping) {
      CAPTURE(chopping.name);
      Client client(with);
      for (const auto piece : chopping.pieces) client.say(piece);
      CHECK(client.heard.take() == std::string("broken: RawSocket: ") + why);
      CHECK(to_hex(client.written()) == answer);
      CHECK(client.codec.phase() == CodecPhase::closed);
    });
  }
}

TEST_CASE("raw socket codec: frames are messages of the offered serializer, however they are cut") {
  const std::string sent = from_hex("7ff10000") + frame("[1]") + frame("") + frame("ab", Type::ping) + frame("c") +
                           frame("d", Type::pong) + frame(std::string(300, 'x'));
  for_each_chopping(sent, [&](const Chopping& chopping) {
    CAPTURE(chopping.name);
    Client client;
    client.heard.pays = &client.codec;
    bool is_accepted = false;
    for (const auto piece : chopping.pieces) {
      client.say(piece);
      if (!is_accepted && !client.heard.asked.is_empty()) client.accept();
      is_accepted = !client.heard.asked.is_empty();
    }
    CHECK(client.heard.take() == "web socket · text [1] · text  · text c · text " + std::string(300, 'x'));
    CHECK(client.written() == from_hex("7ff10000") + frame("ab", Type::pong));
    CHECK(client.kept.empty());
  });
}

TEST_CASE("raw socket codec: without credit nothing is read, and messages pass in pieces") {
  Client client;
  client.open();
  const std::string message(kOpeningWindow + 100, 'x');
  client.say(frame(message));
  CHECK(client.heard.take().empty());
  CHECK(client.kept.size() == 100);
  CHECK_FALSE(client.codec.wants_input());
  client.codec.credit(1, 99);
  client.say("");
  CHECK(client.kept.size() == 1);
  client.codec.credit(1, 10);
  client.say(frame("next"));
  CHECK(client.heard.take() == "binary " + message + " · binary next");
}

TEST_CASE("raw socket codec: pieces to the client leave as one frame, within what it takes") {
  Client client;
  client.open("7f030000");
  client.told("ab", Last::no).told("c");
  CHECK(client.written() == frame("abc"));
  client.told(std::string(512, 'x'));
  CHECK(client.written() == frame(std::string(512, 'x')));
  client.told("kept").told(std::string(513, 'y')).told("never");
  static_cast<void>(client.tick(0s));
  CHECK(client.heard.take() == "broken: RawSocket: a message for it is longer than the 512 bytes that it takes");
  CHECK(client.written() == frame("kept"));
  CHECK(client.codec.phase() == CodecPhase::closed);
}

TEST_CASE("raw socket codec: broken frames and JSON that is no UTF-8 close the connection") {
  Client reserved;
  reserved.open().say(frame("a") + from_hex("10000000"));
  CHECK(reserved.heard.take() == "binary a · broken: RawSocket: a frame with reserved bits or of an unknown type");
  for (const char* text : {"\xff", "a\xc3", "\xed\xa0\x80"}) {
    Client json;
    json.open("7ff10000").say(frame("[\"é\"]") + frame(text));
    CHECK(json.heard.take() == "text [\"é\"] · broken: RawSocket: a message of JSON that is no UTF-8");
    CHECK(json.codec.phase() == CodecPhase::closed);
  }
  Client binary;
  binary.open("7ff30000").say(frame("\xff"));
  CHECK(binary.heard.take() == "binary \xff");
}

TEST_CASE("raw socket codec: a backend that refuses closes the connection; one without room is told so") {
  struct Case {
    const char *status, *answer;
  };
  for (const auto& [status, answer] :
       {Case{"404", ""}, Case{"403", ""}, Case{"502", ""}, Case{"503", "7f400000"}, Case{"429", "7f400000"}}) {
    Client client;
    client.say(from_hex("7ff30000"));
    Head head{{":status", status}};
    client.codec.head(1, head, Last::no);
    client.codec.data(1, as_bytes(std::string("a page")));
    client.end();
    CHECK(to_hex(client.written()) == answer);
    CHECK(client.codec.phase() == CodecPhase::closed);
  }
  Client other;
  other.say(from_hex("7ff30000")).accept({}, "wamp.2.json");
  static_cast<void>(other.tick(0s));
  CHECK(other.heard.take() == "web socket · broken: RawSocket: its backend does not speak wamp.2.cbor");
  CHECK(to_hex(other.written()) == "7f100000");
}

TEST_CASE("raw socket codec: the backend's end closes behind what was said, its reset breaks the connection") {
  Client client;
  client.open().told("bye").end();
  CHECK(client.written() == frame("bye"));
  CHECK(client.codec.phase() == CodecPhase::closed);
  CHECK_FALSE(client.codec.ends_by_reset());

  Client lost;
  lost.open().codec.reset(1, {Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(lost.codec.ends_by_reset());
  CHECK(lost.codec.phase() == CodecPhase::closed);
}

TEST_CASE("raw socket codec: the client's end is a Close between two frames, and a loss elsewhere") {
  Client client;
  client.open().codec.input_ended(client.heard);
  CHECK(client.heard.take() == "end 1000");
  client.told("last");
  CHECK(client.written() == frame("last"));
  client.end();
  CHECK(client.codec.phase() == CodecPhase::closed);

  Client inside;
  inside.open().say(frame("abc").substr(0, 5));
  inside.codec.input_ended(inside.heard);
  CHECK(inside.heard.take() == "reset: it ended inside a frame");
  CHECK(inside.codec.phase() == CodecPhase::closed);

  Client asking;
  asking.say(from_hex("7ff30000")).codec.input_ended(asking.heard);
  CHECK(asking.heard.take() == "web socket · reset: it ended before its answer");

  Client half;
  half.say(from_hex("7ff3")).codec.input_ended(half.heard);
  CHECK(half.heard.take() == "broken: RawSocket: it ended inside its handshake");

  Client silent;
  silent.codec.input_ended(silent.heard);
  CHECK(silent.heard.take().empty());
  CHECK(silent.codec.phase() == CodecPhase::closed);
}

TEST_CASE("raw socket codec: handshakes and closings have their time, open sessions have no end of it") {
  Client offering;
  offering.say(from_hex("7f"));
  CHECK(offering.tick(0s) == offering.start + 5s);
  CHECK(offering.tick(4s) == offering.start + 5s);
  CHECK(offering.tick(5s) == Time::max());
  CHECK(offering.heard.take() == "broken: RawSocket: its handshake took too long");

  Client asking;
  asking.say(from_hex("7ff30000"));
  CHECK(asking.tick(0s) == Time::max());  // it waits for somebody to take it
  asking.codec.credit(1, 0);
  CHECK(asking.tick(10s) == asking.start + 15s);
  CHECK(asking.tick(15s) == Time::max());
  CHECK(asking.heard.take() == "web socket · reset: the backend did not answer");

  Client open;
  open.open();
  CHECK(open.tick(1h) == Time::max());
  open.codec.input_ended(open.heard);
  CHECK(open.tick(1h) == open.start + 1h + 2s);
  CHECK(open.tick(1h + 2s) == Time::max());
  CHECK(open.heard.take() == "end 1000 · reset: closing took too long");
}

TEST_CASE("raw socket codec: a router that leaves ends its side between two messages, and still hears the client") {
  Client client;
  client.open().told("half", Last::no);
  client.codec.drain();
  CHECK_FALSE(client.codec.has_output_ended());
  client.told("+half");
  CHECK(client.written() == frame("half+half"));
  CHECK(client.codec.has_output_ended());
  client.told("never").say(frame("heard") + frame("!", Type::ping));
  CHECK(client.heard.take() == "binary heard");
  CHECK(client.written().empty());
  client.codec.input_ended(client.heard);
  CHECK(client.heard.take() == "end 1000");
  client.end();
  CHECK(client.codec.phase() == CodecPhase::closed);

  Client fresh;
  fresh.codec.drain();
  CHECK(fresh.codec.phase() == CodecPhase::closed);

  Client asking;
  asking.say(from_hex("7ff30000")).codec.hand_over(1);
  CHECK(asking.codec.phase() == CodecPhase::timed);
  asking.accept();
  CHECK(to_hex(asking.written()) == "7ff30000");
  CHECK(asking.codec.has_output_ended());
}
