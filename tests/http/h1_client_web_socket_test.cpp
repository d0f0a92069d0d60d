// A WebSocket to an origin: the handshake, frames both ways, and every kind of end.
#include <doctest/doctest.h>

#include <chrono>

#include "proto/limits.h"
#include "router/http/h1_client_codec.h"
#include "router/http/ws_handshake.h"
#include "tests/http/case_file.h"
#include "tests/http/reply_recorder.h"
#include "tests/http/ws_peer.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

using namespace std::chrono_literals;
using End = ClientCodec::InputEnd;

constexpr Time kStart = Time{} + 1h;
// Of RFC 6455 §1.3.
constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

// "the sample nonce" again and again: keys and masks that a test can foresee.
class Sample final : public Randomness {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(kNonce[at_++ % kNonce.size()]);
  }

 private:
  static constexpr std::string_view kNonce = "the sample nonce";
  std::size_t at_ = 0;
};

std::string from_origin(unsigned opcode, std::string_view payload = {}) {
  return frame(opcode, payload, {.is_masked = false});
}

std::string switching(std::string_view fields = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         std::string(kAccept) + "\r\n" + std::string(fields) + "\r\n";
}

// An origin that reads frames with the codec's server role, and notes what it gets.
class Origin : public WsEvents {
 public:
  explicit Origin(const WebSocketSettings& settings) : codec(settings, {}, 1'000'000, output) {}
  void feed(std::string_view bytes) {
    kept_ += bytes;
    kept_.erase(0, codec.read(as_bytes(kept_), *this));
  }
  void piece(Bytes bytes, MessageKind kind, Last last) override {
    message_ += as_text(bytes);
    if (last == Last::no) return;
    const auto message = std::exchange(message_, {});
    note(shown(kind == MessageKind::text ? "text" : "binary", message));
    if (echoes) codec.piece(as_bytes(message), kind, Last::yes);
  }
  void end(Head& trailers) override {
    note("end " + std::string(trailers.find("close-code").value_or("none")) + " " +
         std::string(trailers.find("close-reason").value_or("")));
    codec.end(trailers);
  }
  void blamed(const Error& error) override { note("blamed " + error.detail); }
  void reset(const Error& error) override { note("reset " + error.detail); }
  [[nodiscard]] std::string taken() { return std::exchange(told, {}); }

  std::string output, told;
  WsCodec codec;
  bool echoes = false;

 private:
  void note(const std::string& what) { told += (told.empty() ? "" : " · ") + what; }
  std::string kept_, message_;
};

struct Socket {
  explicit Socket(std::string_view protocols = {}) {
    settings.random = &random;
    Head head{
        {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/ws"}};
    if (!protocols.empty()) head.add("sec-websocket-protocol", protocols);
    stream = codec.open(head, Last::no, Kind::web_socket);
  }
  // What the codec wants to send, written.
  std::string sent() {
    const auto bytes = std::exchange(codec.output(), {});
    codec.written(bytes.size(), verbs);
    return bytes;
  }
  void feed(std::string_view bytes) {
    kept += bytes;
    kept.erase(0, codec.read(as_bytes(kept), verbs));
  }
  void open() {
    (void)sent();
    feed(switching());
    CHECK(verbs.text() == "head 200");
  }
  // Frames there and back until nothing moves.
  void pump() {
    for (auto bytes = sent(); !bytes.empty() || !origin.output.empty(); bytes = sent()) {
      origin.feed(bytes);
      feed(std::exchange(origin.output, {}));
    }
  }

  Sample random;
  ClientCodecSettings settings;
  H1ClientCodec codec{settings};
  ReplyRecorder verbs;
  Origin origin{settings.web_sockets};
  CodecStream stream = 0;
  std::string kept;
};

// --- the handshake

TEST_CASE("h1 client WebSocket: the key is new for each handshake, and only the right answer opens it") {
  Socket socket;
  CHECK(accept_key(kKey) == kAccept);
  CHECK(socket.sent().find("sec-websocket-key: " + std::string(kKey) + "\r\n") != std::string::npos);
  socket.feed(switching());
  CHECK(socket.verbs.text() == "head 200");
  CHECK(socket.codec.room() == 0);

  SystemRandomness random;
  ClientCodecSettings settings;
  settings.random = &random;
  std::string first;
  for (int i = 0; i < 2; ++i) {
    H1ClientCodec codec(settings);
    (void)codec.open(Head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":authority", "a"}, {":path", "/"}},
                     Last::no, Kind::web_socket);
    CHECK(codec.output() != first);
    first = codec.output();
  }
}

TEST_CASE("h1 client WebSocket: a 101 that breaks a rule of RFC 6455 §4.1 is no answer") {
  const std::string accept = "Sec-WebSocket-Accept: " + std::string(kAccept) + "\r\n";
  const std::string upgrade = "Upgrade: websocket\r\n", connection = "Connection: upgrade\r\n";
  const std::string bad[] = {
      upgrade + connection,
      upgrade + connection + "Sec-WebSocket-Accept: " + std::string(kKey) + "\r\n",
      upgrade + connection + accept + accept,
      upgrade + accept,
      connection + accept,
      "Upgrade: h2c\r\n" + connection + accept,
      upgrade + connection + accept + "Sec-WebSocket-Extensions: permessage-deflate\r\n",
      upgrade + connection + accept + "Sec-WebSocket-Protocol: other\r\n",
      upgrade + connection + accept + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n",
  };
  for (const auto& fields : bad) {
    CAPTURE(fields);
    Socket socket("chat, superchat");
    (void)socket.sent();
    socket.feed("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n" + from_origin(kText, "x"));
    CHECK(socket.verbs.text() == "reset backend_protocol");
    CHECK(socket.codec.is_finished());
    CHECK(socket.codec.output().empty());
  }
}

TEST_CASE("h1 client WebSocket: the subprotocol that the origin chose is told, and other fields too") {
  Socket socket("chat, superchat");
  (void)socket.sent();
  socket.feed(switching("Sec-WebSocket-Protocol: superchat\r\nSet-Cookie: a=1\r\n"));
  CHECK(socket.verbs.text() == "head 200 sec-websocket-protocol=superchat set-cookie=a=1");
}

TEST_CASE("h1 client WebSocket: a refusal is an ordinary reply, and the connection serves the next request") {
  Socket socket;
  (void)socket.sent();
  socket.feed("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
  CHECK(socket.verbs.text() == "head 404 content-length=2 · data \"no\" · end");
  CHECK(socket.codec.room() == 1);
}

TEST_CASE("h1 client WebSocket: 200 without an upgrade does not look like an open WebSocket") {
  for (const char* status : {"200 OK", "204 No Content", "299 ?"}) {
    Socket socket;
    (void)socket.sent();
    socket.feed(std::string("HTTP/1.1 ") + status + "\r\nContent-Length: 2\r\n\r\nhi");
    CHECK(socket.verbs.text() == "reset backend_protocol");
    CHECK(socket.codec.is_finished());
  }
}

TEST_CASE("h1 client WebSocket: interim heads before the 101 are told") {
  Socket socket;
  (void)socket.sent();
  socket.feed("HTTP/1.1 103 Early Hints\r\n\r\n" + switching());
  CHECK(socket.verbs.text() == "head 103 · head 200");
}

// --- messages

TEST_CASE("h1 client WebSocket: frames right behind the 101 are messages, however the bytes are cut") {
  const std::string bytes = switching() + from_origin(kText, "hello") + from_origin(kBinary, std::string(300, 'x')) +
                            frame(kText, "a", {.is_final = false, .is_masked = false}) + from_origin(kPing, "p") +
                            from_origin(kContinuation, "b") + from_origin(kText);
  for_each_chopping(bytes, [&](const Chopping& chopping) {
    CAPTURE(chopping.name);
    Socket socket;
    (void)socket.sent();
    for (const auto piece : chopping.pieces) socket.feed(piece);
    CHECK(socket.verbs.text() == "head 200 · text \"hello\" · binary 300 · text \"ab\" · text \"\"");
    CHECK(socket.kept.empty());
  });
}

TEST_CASE("h1 client WebSocket: what is sent is masked, with a mask of its own for each frame (RFC 6455 §5.3)") {
  Socket socket;
  socket.open();
  socket.codec.piece(socket.stream, as_bytes("hi"), MessageKind::text, Last::yes);
  socket.codec.piece(socket.stream, as_bytes("hi"), MessageKind::text, Last::yes);
  const std::string masked{'h' ^ 't', 'i' ^ 'h'}, masked_again{'h' ^ 's', 'i' ^ 'a'};
  const std::string begin = "\x81\x82";  // final text; masked, two bytes
  CHECK(escape(socket.sent()) == escape(begin + "the " + masked + begin + "samp" + masked_again));
}

TEST_CASE("h1 client WebSocket: an origin in the codec's server role understands all of it, and answers") {
  Socket socket;
  socket.open();
  socket.origin.echoes = true;
  const std::string large(100'000, 'y');
  socket.codec.piece(socket.stream, as_bytes("hel"), MessageKind::text, Last::no);
  socket.codec.piece(socket.stream, as_bytes("lo"), MessageKind::text, Last::yes);
  socket.codec.piece(socket.stream, {}, MessageKind::binary, Last::yes);
  socket.codec.credit(socket.stream, 200'000);
  socket.codec.piece(socket.stream, as_bytes(large), MessageKind::binary, Last::yes);
  socket.pump();
  CHECK(socket.origin.taken() == text("hello") + " · " + binary("") + " · " + binary(large));
  CHECK(socket.verbs.text() == "text \"hello\" · binary \"\" · binary 100000");
}

TEST_CASE("h1 client WebSocket: the origin's ping is answered, with a mask") {
  Socket socket;
  socket.open();
  socket.feed(from_origin(kPing, "x"));
  CHECK(escape(socket.sent()) == escape(std::string("\x8a\x81the ") + static_cast<char>('x' ^ 't')));
}

TEST_CASE("h1 client WebSocket: pieces before the origin has accepted are ignored") {
  Socket socket;
  (void)socket.sent();
  socket.codec.piece(socket.stream, as_bytes("x"), MessageKind::text, Last::yes);
  socket.codec.data(socket.stream, as_bytes("x"));
  CHECK(socket.codec.output().empty());
}

TEST_CASE("h1 client WebSocket: messages are told within the credit, and credit is what has left") {
  Socket socket;
  socket.open();
  std::size_t told = 0;
  socket.verbs.on_data = [&](CodecStream, Bytes bytes) { told += bytes.size(); };
  socket.feed(from_origin(kBinary, std::string(100'000, 'x')));
  CHECK(told == kFirstReplyWindow);
  CHECK_FALSE(socket.codec.wants_input());
  socket.codec.credit(socket.stream, 100'000);
  CHECK(socket.codec.wants_input());
  socket.feed({});
  CHECK(told == 100'000);

  socket.codec.piece(socket.stream, as_bytes(std::string(1'000, 'x')), MessageKind::text, Last::no);
  socket.codec.piece(socket.stream, {}, MessageKind::text, Last::yes);
  CHECK(socket.verbs.credited == 0);
  (void)socket.sent();
  CHECK(socket.verbs.credited == 1'001);
}

// --- ends

TEST_CASE("h1 client WebSocket: the origin's Close is answered, and told with code and reason") {
  Socket socket;
  socket.open();
  socket.feed(from_origin(kText, "bye") + from_origin(kClose, "\x0f\xa0" + std::string("why")) + "more");
  CHECK(socket.verbs.text() == "text \"bye\" · end close-code=4000 close-reason=why");
  CHECK(socket.codec.is_finished());
  socket.origin.feed(socket.sent());
  CHECK(socket.origin.taken() == "end 4000 why");
}

TEST_CASE("h1 client WebSocket: a Close without a code has no code on the way either") {
  Socket socket;
  socket.open();
  socket.feed(from_origin(kClose));
  CHECK(socket.verbs.text() == "end");
}

TEST_CASE("h1 client WebSocket: our end is a Close with its code and reason, and the origin's answer ends the stream") {
  Socket socket;
  socket.open();
  socket.codec.end(socket.stream, Head{{"close-code", "4001"}, {"close-reason", "done"}});
  CHECK(socket.verbs.text().empty());
  socket.pump();
  CHECK(socket.origin.taken() == "end 4001 done");
  CHECK(socket.verbs.text() == "end");
  CHECK(socket.codec.is_finished());
}

TEST_CASE("h1 client WebSocket: after our end, an origin that leaves without a Close or never answers is an end, too") {
  Socket leaving;
  leaving.open();
  leaving.codec.end(leaving.stream, Head{});
  leaving.codec.input_ended(End::broken, leaving.verbs);
  CHECK(leaving.verbs.text() == "end");

  Socket silent;
  silent.open();
  silent.codec.end(silent.stream, Head{});
  const Time due = silent.codec.tick(kStart, silent.verbs);
  CHECK(due == kStart + silent.settings.web_sockets.close_handshake_timeout);
  CHECK(silent.verbs.text().empty());
  (void)silent.codec.tick(due, silent.verbs);
  CHECK(silent.verbs.text() == "end");
  CHECK(silent.codec.is_finished());
}

TEST_CASE("h1 client WebSocket: codes that may not be sent are never sent (RFC 6455 §7.4.1)") {
  for (const char* code : {"1006", "1015", "0", "70000", "x"}) {
    Socket socket;
    socket.open();
    socket.codec.end(socket.stream, Head{{"close-code", code}});
    socket.origin.feed(socket.sent());
    CHECK(socket.origin.taken() == "end 1011 ");
  }
}

TEST_CASE("h1 client WebSocket: an origin that is lost without a Close resets the stream") {
  for (const auto how : {End::orderly, End::broken}) {
    Socket socket;
    socket.open();
    socket.codec.input_ended(how, socket.verbs);
    CHECK(socket.verbs.text() == "reset backend_lost");
    CHECK(socket.codec.is_finished());
  }
}

TEST_CASE("h1 client WebSocket: a connection that ends before the 101 is a lost origin") {
  Socket socket;
  (void)socket.sent();
  socket.codec.input_ended(End::orderly, socket.verbs);
  CHECK(socket.verbs.text() == "reset backend_lost");
}

TEST_CASE("h1 client WebSocket: a broken rule resets the stream, behind the messages before it, with a Close") {
  const std::string wrong[] = {
      frame(kText, "masked"),
      from_origin(kContinuation, "of nothing"),
      frame(kText, "x", {.reserved = 4, .is_masked = false}),
      from_origin(3),
      from_origin(kText, "\xff"),
      from_origin(kClose, "\x03"),
  };
  for (const auto& bytes : wrong) {
    for (const bool has_message : {false, true}) {
      CAPTURE(escape(bytes));
      Socket socket;
      socket.open();
      if (has_message) socket.feed(from_origin(kText, "good"));
      socket.feed(bytes + from_origin(kText, "more"));
      CHECK(socket.verbs.text() == std::string(has_message ? "text \"good\" · " : "") + "reset backend_protocol");
      CHECK(socket.codec.is_finished());
      socket.origin.feed(socket.sent());
      const auto told = socket.origin.taken();
      CHECK((told.starts_with("end 1002") || told.starts_with("end 1007")));
    }
  }
}

TEST_CASE("h1 client WebSocket: a client that is lost is a lost connection for the origin, other resets are 1011") {
  Socket lost;
  lost.open();
  lost.codec.piece(lost.stream, as_bytes("x"), MessageKind::text, Last::yes);
  lost.codec.reset(lost.stream, ResetCode::cancel);
  CHECK(lost.codec.output().empty());
  CHECK(lost.codec.is_finished());

  Socket failed;
  failed.open();
  failed.codec.piece(failed.stream, as_bytes("x"), MessageKind::text, Last::yes);
  failed.codec.reset(failed.stream, ResetCode::internal_error);
  CHECK(failed.codec.is_finished());
  failed.origin.feed(failed.sent());
  CHECK(failed.origin.taken() == text("x") + " · end 1011 ");
  CHECK(failed.verbs.text().empty());
}

TEST_CASE("h1 client WebSocket: reset inside an event is the last word") {
  for (const auto code : {ResetCode::cancel, ResetCode::internal_error}) {
    Socket socket;
    socket.verbs.on_data = [&](CodecStream stream, Bytes) { socket.codec.reset(stream, code); };
    socket.open();
    socket.feed(from_origin(kText, "one") + from_origin(kText, "two") + from_origin(kClose));
    CHECK(socket.verbs.text() == "text \"one\"");
    CHECK(socket.codec.is_finished());
  }
}

TEST_CASE("h1 client WebSocket: a ping goes out after a quiet interval, and an origin without a pong is lost") {
  Socket socket;
  socket.open();
  Time due = socket.codec.tick(kStart, socket.verbs);
  CHECK(due == kStart + socket.settings.web_sockets.auto_ping_interval);
  due = socket.codec.tick(due, socket.verbs);
  CHECK(socket.sent().starts_with("\x89\x8c"));
  (void)socket.codec.tick(due, socket.verbs);
  CHECK(socket.verbs.text() == "reset backend_lost");
  CHECK(socket.codec.is_finished());
}

}  // namespace
}  // namespace zeroway::test
