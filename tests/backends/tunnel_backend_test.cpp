// Messages of a WebSocket in, bytes of a tunnel out, and the way back.
#include "router/backends/tunnel_backend.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/backends/tunnel_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Joined final : TunnelClient<FakeTunnels> {
  void piece(Bytes bytes, MessageKind kind, Last last) override {
    said += (kind == MessageKind::binary ? "binary " : "text ") + std::string(as_text(bytes)) +
            (last == Last::yes ? " · " : " … ");
  }
  void credit(std::uint32_t bytes) override { said += "credit " + std::to_string(bytes) + " · "; }

  Joined& ask(Kind kind = Kind::web_socket, std::string_view protocols = "") {
    Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":path", "/ssh"}};
    head.add("x-forwarded-for", "192.0.2.1");
    if (!protocols.empty()) head.add("sec-websocket-protocol", protocols);
    stream = backend.open({head, Last::no, kind, Attempt::first, route, client}, {this, 1});
    return *this;
  }
  Joined& accept() {
    Head head{{":status", "200"}, {"x-of-tunnel", "1"}};
    from()->head(head, Last::no);
    return *this;
  }
  Joined& send(const std::string& bytes, MessageKind kind = MessageKind::binary, Last last = Last::yes) {
    backend.piece(stream.key, as_bytes(bytes), kind, last);
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

  TunnelBackend backend{loop, inner};
};

}  // namespace

TEST_CASE("tunnel backend: a WebSocket opens a tunnel at the same path, without the fields of the handshake") {
  Joined j;
  j.ask(Kind::web_socket, "chat, binary");
  CHECK(j.tunnelled() == "open tunnel · ");
  CHECK(j.inner->seen.find(":protocol") == "tcp");
  CHECK(j.inner->seen.path() == "/ssh");
  CHECK(j.inner->seen.has("x-forwarded-for"));
  CHECK_FALSE(j.inner->seen.has("sec-websocket-protocol"));
  j.from()->accepted({"s1", "s1"});
  CHECK(j.accept().heard() == "accepted s1 · head 200 binary · ");
}

TEST_CASE("tunnel backend: binary messages are bytes, cut as they come, and credit passes") {
  Joined j;
  CHECK(j.ask().accept().heard() == "head 200 - · ");
  j.tunnelled();
  j.send("ab", MessageKind::binary, Last::no).send("c");
  CHECK(j.tunnelled() == "data ab · data c · ");
  j.send("");
  CHECK(j.heard() == "credit 1 · ");
  j.from()->data(as_bytes(std::string("xyz")));
  j.from()->credit(3);
  CHECK(j.heard() == "binary xyz · credit 3 · ");
  j.backend.credit(j.stream.key, 3);
  CHECK(j.tunnelled() == "credit 3 · ");
}

TEST_CASE("tunnel backend: a text message is closed with 1003") {
  Joined j;
  j.ask().accept().tunnelled();
  j.heard();
  j.send("hello", MessageKind::text);
  CHECK(j.heard() == "end 1003 · ");
  CHECK(j.tunnelled() == "reset 8 · ");
  CHECK(j.backend.size() == 0);
  CHECK(j.from() == nullptr);
}

TEST_CASE("tunnel backend: the server's end is Close 1000, and ends the client's direction in order") {
  Joined j;
  j.ask().accept().tunnelled();
  j.heard();
  Head none;
  j.from()->end(none);
  CHECK(j.heard() == "end 1000 · ");
  CHECK(j.tunnelled() == "end · ");
  CHECK(j.backend.size() == 0);
}

TEST_CASE("tunnel backend: the client's Close ends its direction; what the server still sends is dropped") {
  for (const Head& orderly : {Head{}, Head{{"close-code", "1000"}}, Head{{"close-code", "1001"}}}) {
    Joined j;
    j.ask().accept().tunnelled();
    j.heard();
    j.close(orderly);
    CHECK(j.heard() == "end - · ");
    CHECK(j.tunnelled() == "end · ");
    j.from()->data(as_bytes(std::string("late")));
    CHECK(j.tunnelled() == "credit 4 · ");
    Head none;
    j.from()->end(none);
    CHECK(j.backend.size() == 0);
    CHECK(j.heard().empty());
  }
  Joined lost;
  lost.ask().accept().tunnelled();
  lost.close(Head{{"close-code", "1006"}});
  CHECK(lost.tunnelled() == "reset 8 · ");
  CHECK(lost.backend.size() == 0);
}

TEST_CASE("tunnel backend: resets pass, and a stale key finds nothing") {
  Joined j;
  j.ask().accept().tunnelled();
  j.heard();
  j.from()->reset({Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(j.heard() == "reset backend_lost: gone · ");
  CHECK(j.from() == nullptr);
  j.send("ab").close();
  CHECK(j.tunnelled().empty());

  Joined cancelled;
  cancelled.ask().tunnelled();
  cancelled.backend.reset(cancelled.stream.key, ResetCode::cancel);
  CHECK(cancelled.tunnelled() == "reset 8 · ");
  CHECK(cancelled.backend.size() == 0);
}

TEST_CASE("tunnel backend: a refusal of the tunnel is the answer to the WebSocket") {
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

TEST_CASE("tunnel backend: other requests than WebSockets are told at the end of the turn to upgrade") {
  Joined j;
  j.ask(Kind::request);
  CHECK(j.heard().empty());
  j.turn();
  CHECK(j.heard().starts_with("reset upgrade_required: "));
  CHECK(j.tunnelled().empty());
}

TEST_CASE("tunnel backend: it ends with its plan, and its tunnels with it") {
  auto inner = std::make_shared<FakeTunnels>();
  {
    Joined j;
    auto other = std::make_unique<TunnelBackend>(j.loop, inner);
    Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":path", "/"}};
    ExchangeFinder& finder = j;
    CHECK(other->open({head, Last::no, Kind::web_socket, Attempt::first, j.route, j.client}, {&finder, 1}).is_open());
  }
  CHECK(inner->said == "open tunnel · reset 8 · ");
}
