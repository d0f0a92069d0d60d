// A WebSocket's opening: what is asked, what is answered, and what the worker sees.
#include "router/http/ws_handshake.h"

#include <doctest/doctest.h>

#include "proto/head_rules.h"
#include "router/http/h1_codec.h"
#include "tests/http/verb_recorder.h"
#include "tests/http/ws_peer.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

// --- extensions

std::string agreed(std::string_view offer, const WebSocketDeflate& wishes = {}) {
  const Head head{{"sec-websocket-extensions", offer}};
  const auto extensions = agree_on_extensions(head, wishes);
  return extensions ? extensions->reply : "refused";
}

TEST_CASE("ws extensions: every parameter of permessage-deflate (RFC 7692 §7.1)") {
  const std::string plain = "permessage-deflate";
  CHECK(agreed("permessage-deflate") == plain);
  CHECK(agreed("x-other, permessage-deflate") == plain);
  CHECK(agreed("permessage-deflate; client_max_window_bits") == plain);
  CHECK(agreed("permessage-deflate; server_no_context_takeover") == plain + "; server_no_context_takeover");
  CHECK(agreed("permessage-deflate; client_no_context_takeover") == plain + "; client_no_context_takeover");
  CHECK(agreed("permessage-deflate ;client_max_window_bits = 10 ; server_max_window_bits=\"9\"") ==
        plain + "; server_max_window_bits=9; client_max_window_bits=10");
  for (const char* bits : {"8", "9", "10", "11", "12", "13", "14", "15"}) {
    CHECK(agreed(plain + "; server_max_window_bits=" + bits) == plain + "; server_max_window_bits=" + bits);
    CHECK(agreed(plain + "; client_max_window_bits=" + bits) == plain + "; client_max_window_bits=" + bits);
  }
}

TEST_CASE("ws extensions: an offer that breaks RFC 7692 is declined, and the next one may be taken") {
  for (const std::string parameter :
       {"server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08",
        "server_max_window_bits=+9", "client_max_window_bits=7", "client_max_window_bits=16",
        "client_max_window_bits=010", "client_max_window_bits=a", "server_no_context_takeover=1",
        "client_no_context_takeover=true", "unknown", "unknown=1", "client_max_window_bits; client_max_window_bits",
        "server_no_context_takeover; server_no_context_takeover",
        "server_max_window_bits=9; server_max_window_bits=9"}) {
    CHECK_MESSAGE(agreed("permessage-deflate; " + parameter) == "", parameter);
    CHECK_MESSAGE(agreed("permessage-deflate; " + parameter + ", permessage-deflate") == "permessage-deflate",
                  parameter);
  }
  CHECK(agreed("permessage-deflate; server_max_window_bits=10, permessage-deflate") ==
        "permessage-deflate; server_max_window_bits=10");  // the first good one
}

TEST_CASE("ws extensions: a field that is no list fails (RFC 6455 §9.1)") {
  for (const char* bad : {"permessage-deflate;", "permessage-deflate; =9", "permessage-deflate; a=", "a b", ";",
                          "a; b=\"c", "a; b=\"c d\"", "a/b", "permessage-deflate; client_max_window_bits==9"}) {
    CHECK_MESSAGE(agreed(bad) == "refused", bad);
  }
  CHECK(agreed("") == "");
  CHECK(agreed(" , ,permessage-deflate, ,") == "permessage-deflate");
}

TEST_CASE("ws extensions: our own wishes") {
  WebSocketDeflate wishes;
  wishes.request_no_context_takeover = true;
  CHECK(agreed("permessage-deflate", wishes) == "permessage-deflate; client_no_context_takeover");
  wishes = {};
  wishes.no_context_takeover = true;
  CHECK(agreed("permessage-deflate", wishes) == "permessage-deflate; server_no_context_takeover");
  wishes = {};
  wishes.max_window_bits = 10;
  CHECK(agreed("permessage-deflate", wishes) == "permessage-deflate");
  CHECK(agreed("permessage-deflate; server_max_window_bits=9", wishes) ==
        "permessage-deflate; server_max_window_bits=9");
  CHECK(agreed("permessage-deflate; server_max_window_bits=12", wishes) ==
        "permessage-deflate; server_max_window_bits=10");
  wishes = {};
  wishes.request_max_window_bits = 11;
  CHECK(agreed("permessage-deflate", wishes) == "");  // the client cannot be asked: no compression
  CHECK(agreed("permessage-deflate; client_max_window_bits", wishes) ==
        "permessage-deflate; client_max_window_bits=11");
  CHECK(agreed("permessage-deflate; client_max_window_bits=9", wishes) ==
        "permessage-deflate; client_max_window_bits=9");
  CHECK(agreed("permessage-deflate; client_max_window_bits=15", wishes) ==
        "permessage-deflate; client_max_window_bits=11");
  const Head head{{"sec-websocket-extensions", "permessage-deflate"}};
  CHECK(agree_on_extensions(head, std::nullopt)->reply == "");
}

// --- over HTTP/1.1

constexpr std::string_view kHost = "GET /chat?a=b HTTP/1.1\r\nHost: a.test\r\n";
constexpr std::string_view kAsk = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
constexpr std::string_view kVersion = "Sec-WebSocket-Version: 13\r\n";
constexpr std::string_view kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

std::string opening(std::string_view more = {}) {
  return std::string(kHost).append(kAsk).append(kVersion).append(kKey).append(more).append("\r\n");
}

// A session with a worker behind it that answers `status` and echoes.
class Session : public VerbRecorder {
 public:
  explicit Session(const WebSocketSettings& with_settings = {}, int with_status = 200)
      : settings(with_settings), codec(limits, "http"), status(with_status) {
    terms = request_terms(limits, settings);
    on_head = [this](CodecStream id, Last last) { answer(id, last); };
    on_reset = [this](CodecStream id, const Error& error) {
      if (error.code != Code::cancelled) refuse(id, error.code);
    };
    on_end = [this](CodecStream id) {
      Head none;
      codec.end(id, none);
    };
  }

  void feed(std::string_view piece) {
    kept += piece;
    for (std::size_t before = 0; before != kept.size();) {
      before = kept.size();
      kept.erase(0, codec.read(as_bytes(kept), *this));
    }
  }
  void piece(CodecStream id, Bytes bytes, MessageKind kind, Last last) override {
    add("message " + std::string(as_text(bytes)));
    said.append(as_text(bytes)).append(last == Last::yes ? "|" : "");
    codec.credit(id, static_cast<std::uint32_t>(bytes.size()));
    codec.piece(id, bytes, kind, last);
  }
  void answer(CodecStream id, Last last) {
    if (waits) return;
    const auto code = std::to_string(status);
    Head head{{":status", code}, {"content-length", "2"}, {"x-worker", "w"}};
    for (const auto& [name, value] : fields) head.add(name, value);
    Head none;
    if (status == 200 && last == Last::no) return codec.accept_web_socket(id, head, settings);
    codec.head(id, head, Last::no);
    codec.data(id, as_bytes("no"));
    codec.end(id, none);
  }
  void refuse(CodecStream id, Code code) {
    Head head{{":status", code == Code::forbidden ? "403" : code == Code::upgrade_required ? "426" : "400"}};
    Head none;
    if (is_open) return codec.reset(id, Error{Fault::client, code, false, ""});
    codec.head(id, head, Last::yes);
    codec.end(id, none);
  }

  const WebSocketSettings settings;
  const HttpLimits limits;
  H1Codec codec;
  int status;
  bool waits = false;
  bool is_open = false;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string kept, said;
};

TEST_CASE("ws handshake: RFC 6455's own example, and the worker's fields") {
  Session session;
  session.fields = {{"sec-websocket-protocol", "chat"}, {"set-cookie", "a=b"}};
  session.feed(
      opening("Sec-WebSocket-Protocol: news\r\nSec-WebSocket-Protocol: chat, other\r\nOrigin: http://b.test\r\n"
              "Sec-WebSocket-Extensions: permessage-deflate\r\nContent-Length: 0\r\n"));
  CHECK(session.text() ==
        "head CONNECT /chat?a=b protocol=websocket authority=a.test sec-websocket-protocol=news "
        "sec-websocket-protocol=chat, other origin=http://b.test");
  CHECK(session.codec.output() ==
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-worker: w\r\n"
        "set-cookie: a=b\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "sec-websocket-extensions: permessage-deflate\r\nsec-websocket-protocol: chat\r\n\r\n");
  CHECK(session.codec.phase() == CodecPhase::timed);
}

TEST_CASE("ws handshake: cut anywhere, with messages right behind it") {
  const auto input = opening() + frame(kText, "one") + frame(kText, "two") + close_frame(1000);
  for_each_chopping(input, [&](const Chopping& chopping) {
    Session session;
    for (const auto piece : chopping.pieces) session.feed(piece);
    CHECK_MESSAGE(session.said == "one|two|", chopping.name);
    CHECK(session.text().ends_with("end close-code=1000"));
    CHECK(session.codec.phase() == CodecPhase::closed);
    CHECK(session.codec.output().ends_with("\x88\x02\x03\xe8"));
  });
}

TEST_CASE("ws handshake: nothing is read before the worker has accepted") {
  Session session;
  session.waits = true;
  const auto early = frame(kText, "early");
  session.feed(opening() + early);
  CHECK(session.kept == early);
  CHECK_FALSE(session.codec.wants_input());
  CHECK(session.codec.output().empty());
  session.waits = false;
  session.answer(session.stream, Last::no);
  CHECK(session.codec.wants_input());
  session.feed({});
  CHECK(session.text().ends_with("message early"));
}

TEST_CASE("ws handshake: a refusal is the worker's own reply, and the connection goes on") {
  Session session({}, 404);
  session.fields = {{"x-reason", "mood"}};
  const auto early = std::string("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  session.feed(opening() + early + opening());
  const std::string reply = "HTTP/1.1 404 Not Found\r\nx-worker: w\r\nx-reason: mood\r\ncontent-length: 2\r\n\r\nno";
  CHECK(session.codec.output() == reply + reply + reply);
  CHECK(session.codec.phase() == CodecPhase::idle);
}

std::string reply_to(std::string_view input, const WebSocketSettings& settings = {}) {
  Session session(settings);
  session.feed(input);
  const auto& out = session.codec.output();
  const bool goes_on = session.codec.phase() == CodecPhase::idle || session.codec.phase() == CodecPhase::timed;
  return out.substr(9, 3) + (goes_on ? "" : " closed");
}

std::string with(std::string_view version, std::string_view key, std::string_view more = {}) {
  return std::string(kHost).append(kAsk).append(version).append(key).append(more).append("\r\n");
}

TEST_CASE("ws handshake: keys (RFC 6455 §4.2.1)") {
  CHECK(reply_to(opening()) == "101");
  for (const char* key :
       {"", "Sec-WebSocket-Key:\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ===\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBs!SBub25jZQ==\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE5MTkx\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
    CHECK_MESSAGE(reply_to(with(kVersion, key)) == "400", key);
  }
}

TEST_CASE("ws handshake: versions (RFC 6455 §4.4)") {
  for (const char* version : {"", "Sec-WebSocket-Version: 12\r\n", "Sec-WebSocket-Version: 8\r\n",
                              "Sec-WebSocket-Version: 013\r\n", "Sec-WebSocket-Version: 13, 8\r\n"}) {
    CHECK_MESSAGE(reply_to(with(version, kKey)) == "426", version);
  }
  CHECK(reply_to(with("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n", kKey)) == "400");
  // The same connection may ask again.
  Session session;
  session.feed(with("Sec-WebSocket-Version: 7\r\n", kKey) + opening());
  const auto& out = session.codec.output();
  CHECK(out.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
  CHECK(out.find("upgrade: websocket\r\nconnection: upgrade\r\n") < out.find("HTTP/1.1 101"));
  CHECK(out.find("HTTP/1.1 101") != std::string::npos);
}

TEST_CASE("ws handshake: who asks for no WebSocket gets an ordinary answer") {
  const auto upgrade = [](std::string_view line, std::string_view fields) {
    Session session;
    session.feed(std::string(line).append("Host: a\r\n").append(fields).append(kVersion).append(kKey).append("\r\n"));
    return session.text().substr(0, 9) + session.codec.output().substr(9, 3);
  };
  CHECK(upgrade("GET / HTTP/1.1\r\n", kAsk) == "head CONN101");
  CHECK(upgrade("GET / HTTP/1.1\r\n", "Connection: upgrade\r\nUpgrade: h2c, WebSocket\r\n") == "head CONN101");
  CHECK(upgrade("GET / HTTP/1.1\r\n", "Upgrade: websocket\r\n") == "head GET 200");
  CHECK(upgrade("GET / HTTP/1.1\r\n", "Connection: upgrade\r\n") == "head GET 200");
  CHECK(upgrade("GET / HTTP/1.1\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n") == "head GET 200");
  CHECK(upgrade("GET / HTTP/1.1\r\n", "Connection: upgrade\r\nUpgrade: websocket/13\r\n") == "head GET 200");
  CHECK(upgrade("GET / HTTP/1.0\r\n", kAsk) == "head GET 200");
  CHECK(upgrade("HEAD / HTTP/1.1\r\n", kAsk) == "head HEAD200");
}

TEST_CASE("ws handshake: an opening with a body, or without a host, is refused") {
  CHECK(reply_to(opening("Content-Length: 5\r\n") + "hello") == "400 closed");
  CHECK(reply_to(opening("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n") == "400 closed");
  CHECK(
      reply_to(std::string("GET / HTTP/1.1\r\nHost:\r\n").append(kAsk).append(kVersion).append(kKey).append("\r\n")) ==
      "400 closed");
  CHECK(reply_to(opening("Sec-WebSocket-Extensions: a b\r\n")) == "400");
}

TEST_CASE("ws handshake: the worker chooses among what the client offered") {
  const auto chosen = [](std::string_view offered, const std::string& by_worker) {
    Session session;
    session.fields = {{"sec-websocket-protocol", by_worker}};
    session.feed(opening(offered));
    const auto& out = session.codec.output();
    const auto at = out.find("sec-websocket-protocol: ");
    return at == std::string::npos ? std::string("none") : out.substr(at + 24, out.find('\r', at) - at - 24);
  };
  CHECK(chosen("Sec-WebSocket-Protocol: a, b\r\n", "b") == "b");
  CHECK(chosen("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n", "b") == "b");
  CHECK(chosen("Sec-WebSocket-Protocol: a, b\r\n", "c") == "none");
  CHECK(chosen("Sec-WebSocket-Protocol: a, b\r\n", "B") == "none");
  CHECK(chosen("", "a") == "none");
  CHECK(chosen("Sec-WebSocket-Protocol: a\r\n", "") == "none");
}

TEST_CASE("ws handshake: a worker that took it and does not answer is given up") {
  using namespace std::chrono_literals;
  constexpr Time kStart = Time{} + 1h;
  Session session;
  session.waits = true;
  session.feed(opening());
  CHECK(session.codec.tick(kStart, session) == Time::max());  // it waits for a worker: the queue's business
  session.codec.credit(session.stream, 0);
  CHECK(session.codec.tick(kStart + 4s, session) == kStart + 9s);
  CHECK(session.codec.tick(kStart + 9s, session) == Time::max());
  CHECK(session.text().ends_with("reset cancelled"));
  CHECK(session.codec.phase() == CodecPhase::closed);
}

TEST_CASE("ws handshake: how long a worker may take is what the settings say, and 0 is for ever") {
  using namespace std::chrono_literals;
  constexpr Time kStart = Time{} + 1h;
  for (const Millis limit : {1500ms, 0ms}) {
    WebSocketSettings settings;
    settings.open_handshake_timeout = limit;
    Session session(settings);
    session.waits = true;
    session.feed(opening());
    session.codec.credit(session.stream, 0);
    CHECK(session.codec.tick(kStart, session) == (limit == 0ms ? Time::max() : kStart + limit));
    CHECK(session.codec.tick(kStart + 1499ms, session) > kStart);
    CHECK(session.codec.phase() == CodecPhase::timed);
    CHECK(session.codec.tick(kStart + 1500ms, session) == Time::max());
    CHECK(session.codec.phase() == (limit == 0ms ? CodecPhase::timed : CodecPhase::closed));
  }
}

TEST_CASE("ws handshake: a client that goes before the answer takes it back") {
  Session session;
  session.waits = true;
  session.feed(opening());
  session.codec.input_ended(session);
  CHECK(session.text().ends_with("reset cancelled"));
  CHECK(session.codec.phase() == CodecPhase::closed);
}

TEST_CASE("ws handshake: draining closes open ones with 1001, also those accepted later") {
  for (const bool is_late : {false, true}) {
    Session session;
    session.waits = is_late;
    session.feed(opening());
    session.codec.drain();
    if (is_late) session.waits = false, session.answer(session.stream, Last::no);
    CHECK(session.codec.output().ends_with("\r\n\r\n\x88\x02\x03\xe9"));
    session.feed(close_frame(1001));
    CHECK(session.codec.phase() == CodecPhase::closed);
  }
}

TEST_CASE("ws handshake: over HTTP/2 there is no key, and CONNECT stays") {
  Head head{{":method", "CONNECT"},
            {":scheme", "https"},
            {":authority", "a"},
            {":path", "/"},
            {":protocol", "websocket"},
            {"sec-websocket-version", "13"},
            {"sec-websocket-extensions", "permessage-deflate"},
            {"x", "1"}};
  const auto handshake = read_ws_connect(head);
  REQUIRE(handshake.has_value());
  CHECK(check_request_head(head).has_value());
  CHECK(head.size() == 6);
  Head reply{{":status", "200"}};
  CHECK(finish_ws_reply(*handshake, WebSocketDeflate{}, reply).has_value());
  CHECK_FALSE(reply.has("sec-websocket-accept"));
  CHECK(reply.find("sec-websocket-extensions") == "permessage-deflate");
  Head plain{{":status", "200"}};
  CHECK_FALSE(finish_ws_reply(*handshake, std::nullopt, plain).has_value());
  CHECK_FALSE(plain.has("sec-websocket-extensions"));
}

}  // namespace
}  // namespace zeroway::test
