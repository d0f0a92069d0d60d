// Messages of a session in, frames of a RawSocket out, and the way back.
#include "router/backends/raw_socket_backend.h"

#include <doctest/doctest.h>

#include <string>

#include "proto/limits.h"
#include "router/wamp/raw_socket.h"
#include "tests/backends/tunnel_bench.h"
#include "tests/support/chopper.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

using Type = RawSocketPrefix::Type;

std::string frame(std::string_view payload, Type type = Type::message) {
  const RawSocketWord word = raw_socket_prefix({type, payload.size()});
  return std::string(word.begin(), word.end()) + std::string(payload);
}

// The bytes of a tunnel come in any pieces: they are joined, and credit is summed.
struct SummedTunnels final : FakeTunnels {
  void data(StreamKey, Bytes some) override { bytes += as_text(some); }
  void credit(StreamKey, std::uint32_t more) override { credited += more; }

  std::string bytes;
  std::uint64_t credited = 0;
};

struct Joined final : TunnelClient<SummedTunnels> {
  explicit Joined(const RawSocketTerms& terms = {}) : backend(loop, inner, terms) {}

  void piece(Bytes bytes, MessageKind kind, Last last) override {
    message += as_text(bytes);
    if (pays) backend.credit(stream.key, message_credit(bytes.size()));
    if (last == Last::no) return;
    said += (kind == MessageKind::binary ? "binary " : "text ") + std::exchange(message, {}) + " · ";
    if (closes_at_message) close();
  }
  void credit(std::uint32_t bytes) override { credited += bytes; }

  Joined& ask(std::string_view protocol = "wamp.2.cbor", Kind kind = Kind::web_socket) {
    Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":path", "/ws"}};
    head.add("sec-websocket-version", "13");
    head.add("x-forwarded-for", "192.0.2.1");
    if (!protocol.empty()) head.add("sec-websocket-protocol", protocol);
    stream = backend.open({head, Last::no, kind, Attempt::first, route, client}, {this, 1});
    return *this;
  }
  Joined& connect() {
    Head head{{":status", "200"}};
    from()->accepted({"s1", "s1"});
    from()->head(head, Last::no);
    return *this;
  }
  // What the server says.
  Joined& say(std::string_view bytes) {
    from()->data(as_bytes(bytes));
    return *this;
  }
  Joined& open(std::string_view protocol = "wamp.2.cbor", std::string_view answer = "7ff30000") {
    ask(protocol).connect().say(from_hex(answer));
    heard();
    inner->bytes.clear();
    inner->said.clear();
    return *this;
  }
  Joined& send(std::string_view bytes, Last last = Last::yes) {
    backend.piece(stream.key, as_bytes(bytes), MessageKind::binary, last);
    return *this;
  }
  Joined& close(const Head& trailers = {}) {
    has_ended = true;
    backend.end(stream.key, trailers);
    return *this;
  }
  Joined& turn() {
    loop.stop();
    loop.run();
    return *this;
  }
  Joined& wait_until_over() {
    Timer guard(loop, [this] { loop.stop(); });
    guard.set(std::chrono::milliseconds(20'000));
    Timer look(loop, [this, &look] {
      if (is_over || backend.size() == 0) return loop.stop();
      look.set(std::chrono::milliseconds(10));
    });
    look.set(std::chrono::milliseconds(10));
    loop.run();
    return *this;
  }
  std::string written() { return std::exchange(inner->bytes, {}); }

  RawSocketBackend backend;
  std::string message;
  std::uint64_t credited = 0;
  bool pays = false, closes_at_message = false;
};

}  // namespace

TEST_CASE(
    "raw socket backend: the handshake says the serializer of the opening, and the session is accepted behind it") {
  struct Case {
    const char *protocol, *offer, *answer;
  };
  for (const auto& [protocol, offer, answer] :
       {Case{"wamp.2.json", "7ff10000", "7f010000"}, Case{"wamp.2.msgpack", "7ff20000", "7ff20000"},
        Case{"wamp.2.cbor", "7ff30000", "7f530000"}}) {
    Joined j;
    j.ask(protocol);
    CHECK(j.tunnelled() == "open tunnel · ");
    CHECK(to_hex(j.written()) == offer);
    CHECK(j.inner->seen.find(":protocol") == "tcp");
    CHECK(j.inner->seen.has("x-forwarded-for"));
    CHECK_FALSE(j.inner->seen.has("sec-websocket-protocol"));
    CHECK_FALSE(j.inner->seen.has("sec-websocket-version"));
    j.connect();
    CHECK(j.heard() == "accepted s1 · ");
    j.say(from_hex(answer));
    CHECK(j.heard() == std::string("head 200 ") + protocol + " · ");
    CHECK(j.inner->credited == 4);
    CHECK(j.backend.size() == 1);
  }
}

TEST_CASE("raw socket backend: it announces the power of two that it enforces") {
  Joined j({.most = 100'000});
  j.ask();
  CHECK(to_hex(j.written()) == "7f730000");
  j.connect().say(from_hex("7ff30000")).heard();
  j.say(frame(std::string(65'536, 'x')));
  CHECK(j.heard() == "binary " + std::string(65'536, 'x') + " · ");
  j.say(frame(std::string(65'537, 'x')).substr(0, 4));
  CHECK(j.heard() == "reset backend_protocol: server s1: a message longer than was announced · ");
  CHECK(j.tunnelled() == "open tunnel · reset 8 · ");
  CHECK(j.backend.size() == 0);
}

TEST_CASE("raw socket backend: a refused handshake is told in words, with the server's name") {
  struct Case {
    const char *answer, *words;
  };
  for (const auto& [answer, words] :
       {Case{"7f100000",
             "backend_protocol: server s1: refuses the handshake of RawSocket: its serializer is not served"},
        Case{"7f200000",
             "backend_protocol: server s1: refuses the handshake of RawSocket: its limit of a message's length is not "
             "acceptable"},
        Case{"7f300000", "backend_protocol: server s1: refuses the handshake of RawSocket: reserved bits are set"},
        Case{"7f400000",
             "backend_refused: server s1: refuses the handshake of RawSocket: too many connections are open"},
        Case{"7fa00000", "backend_protocol: server s1: refuses the handshake of RawSocket: error 10 of its own"},
        Case{"7ff10000", "backend_protocol: server s1: answers with serializer 1, not with cbor"},
        Case{"7ff30001", "backend_protocol: server s1: answers the handshake of RawSocket with reserved bits"},
        Case{"48", "backend_protocol: server s1: does not speak RawSocket"},
        Case{"485454502f312e31", "backend_protocol: server s1: does not speak RawSocket"}}) {
    const std::string bytes = from_hex(answer);
    const std::string why = words;  // clang 14 captures no structured binding
    for_each_chopping(bytes, [&](const Chopping& chopping) {
      CAPTURE(chopping.name);
      Joined j;
      j.ask().connect().heard();
      for (const auto piece : chopping.pieces)
        if (j.from()) j.say(piece);
      CHECK(j.heard() == std::string("reset ") + why + " · ");
      CHECK(j.tunnelled() == "open tunnel · reset 8 · ");
      CHECK(j.backend.size() == 0);
    });
  }
}

TEST_CASE("raw socket backend: a server that closes before its answer, or gives none in time, is said to") {
  Joined closed;
  closed.ask().connect().heard();
  Head none;
  closed.say(from_hex("7ff3")).from()->end(none);
  CHECK(closed.heard() == "reset backend_lost: server s1: closed before it answered the handshake of RawSocket · ");
  CHECK(closed.backend.size() == 0);

  Joined silent({.connect = std::chrono::milliseconds(50)});
  silent.ask().connect().heard();
  silent.wait_until_over();
  CHECK(silent.heard() == "reset backend_timeout: server s1: no answer to the handshake of RawSocket within 50 ms · ");
  CHECK(silent.tunnelled() == "open tunnel · reset 8 · ");

  Joined unreachable;
  unreachable.ask().from()->reset({Fault::backend, Code::no_backend, false, "nobody there"});
  CHECK(unreachable.heard() == "reset no_backend: nobody there · ");
  CHECK(unreachable.backend.size() == 0);
}

TEST_CASE("raw socket backend: frames from the server are messages, however they are cut") {
  const std::string sent = from_hex("7ff10000") + frame("[1]") + frame("") + frame("ab", Type::ping) + frame("c") +
                           frame("d", Type::pong) + frame(std::string(300, 'x'));
  for_each_chopping(sent, [&](const Chopping& chopping) {
    CAPTURE(chopping.name);
    Joined j;
    j.pays = true;
    j.ask("wamp.2.json").connect().written();
    for (const auto piece : chopping.pieces) j.say(piece);
    CHECK(j.heard() ==
          "accepted s1 · head 200 wamp.2.json · text [1] · text  · text c · text " + std::string(300, 'x') + " · ");
    CHECK(j.written() == frame("ab", Type::pong));
    CHECK(j.inner->credited == sent.size());
  });
}

TEST_CASE("raw socket backend: pieces of a message are gathered, and leave as one frame") {
  Joined j;
  j.open();
  j.send("ab", Last::no).send("", Last::no);
  CHECK(j.written().empty());
  CHECK(j.credited == 3);
  j.send("c").send("").send("d");
  CHECK(j.written() == frame("abc") + frame("") + frame("d"));
  CHECK(j.credited == 6);
}

TEST_CASE("raw socket backend: a pong passes a message that is not whole yet") {
  Joined j;
  j.open();
  j.send("ab", Last::no).say(frame("!", Type::ping)).send("c");
  CHECK(j.written() == frame("!", Type::pong) + frame("abc"));
}

TEST_CASE("raw socket backend: a long message leaves as the server takes it, and the client waits meanwhile") {
  Joined j;
  j.open();
  const std::string piece(65'536, 'x');
  for (std::size_t n = 0; n < 15; ++n) {
    j.send(piece, Last::no);
    CHECK(j.credited == (n + 1) * piece.size());  // or the rest could not come
  }
  j.send(piece);
  const std::size_t opening = kOpeningWindow - 4;
  std::string sent = j.written();
  CHECK(sent.size() == opening);
  CHECK(j.credited == 15 * piece.size());
  j.send("next");
  while (sent.size() < 16 * piece.size() + 4 + 8) {
    j.from()->credit(100'000);
    const std::string more = j.written();
    REQUIRE(!more.empty());
    CHECK(more.size() <= 100'000);
    sent += more;
  }
  std::string whole;
  for (int n = 0; n < 16; ++n) whole += piece;
  CHECK((sent == frame(whole) + frame("next")));
  CHECK(j.credited == 16 * piece.size() + 4);
}

TEST_CASE("raw socket backend: a message longer than the server takes is Close 1009, and nothing of it is sent") {
  Joined j;
  j.open("wamp.2.cbor", "7f030000");
  const std::string longest(512, 'x');
  j.send(longest).send("ab", Last::no).send(longest);
  CHECK(j.heard() == "end 1009 · ");
  CHECK(j.written() == frame(longest));
  CHECK(j.tunnelled() == "end · ");
  j.say(frame("late"));
  CHECK(j.heard().empty());
  Head none;
  j.from()->end(none);
  CHECK(j.backend.size() == 0);
  CHECK(j.tunnelled().empty());
}

TEST_CASE("raw socket backend: the client's Close ends the tunnel behind what waits") {
  for (const Head& orderly : {Head{}, Head{{"close-code", "1000"}}, Head{{"close-code", "1001"}}}) {
    Joined j;
    j.open();
    const std::string piece(70'000, 'x');
    j.send(piece).send("half", Last::no).close(orderly);
    CHECK(j.heard() == "end - · ");
    CHECK(j.tunnelled().empty());
    const std::uint64_t before = j.inner->credited;
    j.say(frame("late"));
    CHECK(j.inner->credited == before + 8);
    j.from()->credit(100'000);
    CHECK((j.written() == frame(piece)));
    CHECK(j.tunnelled() == "end · ");
    Head none;
    j.from()->end(none);
    CHECK(j.backend.size() == 0);
    CHECK(j.tunnelled().empty());
    CHECK(j.heard().empty());
  }
  Joined lost;
  lost.open().close(Head{{"close-code", "1006"}});
  CHECK(lost.tunnelled() == "reset 8 · ");
  CHECK(lost.backend.size() == 0);
}

TEST_CASE("raw socket backend: a client that closes inside a message leaves no credit behind") {
  Joined j;
  j.open();
  const std::uint64_t before = j.inner->credited;
  j.closes_at_message = true;
  const std::string bytes = frame("abc") + frame("never heard");
  j.say(bytes);
  CHECK(j.heard() == "binary abc · end - · ");
  CHECK(j.inner->credited == before + bytes.size());
  CHECK(j.tunnelled() == "end · ");
}

TEST_CASE("raw socket backend: the server's end is Close 1000 between two frames, and a loss inside one") {
  Joined j;
  j.open();
  Head none;
  j.from()->end(none);
  CHECK(j.heard() == "end 1000 · ");
  CHECK(j.tunnelled() == "end · ");
  CHECK(j.backend.size() == 0);

  for (const char* part : {"00", "00000002", "0000000261", "0100000261"}) {
    Joined lost;
    lost.open().say(from_hex(part)).from()->end(none);
    CHECK(lost.heard() == "reset backend_lost: server s1: closed inside a frame · ");
    CHECK(lost.tunnelled() == "reset 8 · ");
    CHECK(lost.backend.size() == 0);
  }
}

TEST_CASE("raw socket backend: resets pass, and a stale key finds nothing") {
  Joined j;
  j.open().from()->reset({Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(j.heard() == "reset backend_lost: gone · ");
  CHECK(j.from() == nullptr);
  j.send("ab").close();
  CHECK(j.written().empty());
  CHECK(j.tunnelled().empty());

  Joined cancelled;
  cancelled.ask().tunnelled();
  cancelled.backend.reset(cancelled.stream.key, ResetCode::cancel);
  CHECK(cancelled.tunnelled() == "reset 8 · ");
  CHECK(cancelled.backend.size() == 0);
}

TEST_CASE("raw socket backend: a server that pings and lets the pongs wait gets no more credit") {
  Joined j;
  j.open();
  const std::string ping = frame(std::string(4'000, 'p'), Type::ping);
  const std::uint64_t before = j.inner->credited;
  for (int n = 0; n < 40; ++n) j.say(ping);
  const std::uint64_t credited = j.inner->credited - before;
  CHECK(credited >= kOpeningWindow);
  CHECK(credited <= kOpeningWindow + 65'536 + ping.size());
  j.from()->credit(1'000'000);
  CHECK(j.inner->credited - before == 40 * ping.size());
  CHECK(j.written().size() == 40 * ping.size());
}

TEST_CASE("raw socket backend: a refusal of the tunnel is the answer to the WebSocket") {
  Joined j;
  j.ask();
  Head head{{":status", "503"}};
  j.from()->head(head, Last::no);
  j.from()->data(as_bytes(std::string("busy")));
  Head none;
  j.has_ended = true;
  j.from()->end(none);
  CHECK(j.heard() == "head 503 - · data busy · end - · ");
  CHECK(j.backend.size() == 0);
}

TEST_CASE("raw socket backend: what names no one subprotocol of WAMP is refused at the end of the turn") {
  for (const char* other : {"", "wamp.2.json, wamp.2.cbor", "chat"}) {
    Joined j;
    j.ask(other);
    CHECK(j.heard().empty());
    j.turn();
    CHECK(j.heard() == "reset upgrade_required: no WebSocket of one subprotocol of WAMP · ");
    CHECK(j.tunnelled().empty());
  }
  Joined plain;
  plain.ask("wamp.2.json", Kind::request).turn();
  CHECK(plain.heard() == "reset upgrade_required: no WebSocket of one subprotocol of WAMP · ");
}

TEST_CASE("raw socket backend: it ends with its plan, and its RawSockets with it") {
  Joined j;
  auto other = std::make_unique<RawSocketBackend>(j.loop, j.inner);
  Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {"sec-websocket-protocol", "wamp.2.json"}};
  ExchangeFinder& finder = j;
  CHECK(other->open({head, Last::no, Kind::web_socket, Attempt::first, j.route, j.client}, {&finder, 1}).is_open());
  other.reset();
  CHECK(j.tunnelled() == "open tunnel · reset 8 · ");
}
