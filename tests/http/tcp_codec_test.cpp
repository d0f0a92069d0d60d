// The codecs of tunnels, as scripts of bytes and verbs.
#include "router/http/tcp_codec.h"

#include <doctest/doctest.h>

#include <string>

#include "router/http/tcp_client_codec.h"

using namespace zeroway;

namespace {

class Heard final : public CodecEvents, public ReplyEvents {
 public:
  RequestTerms head(CodecStream, Head& head, Last, Kind kind) override {
    for (const Field field : head) add(std::string(field.name) + "=" + std::string(field.value));
    add(kind == Kind::tunnel ? "tunnel" : "no tunnel");
    return {};
  }
  void head(CodecStream, Head& head, Last) override { add("head " + std::to_string(head.status())); }
  void data(CodecStream, Bytes bytes) override { add("data " + std::string(as_text(bytes))); }
  void piece(CodecStream, Bytes, MessageKind, Last) override { add("piece"); }
  void end(CodecStream, Head&) override { add("end"); }
  void reset(CodecStream, const Error&) override { add("reset"); }
  void credit(CodecStream, std::uint32_t bytes) override { add("credit " + std::to_string(bytes)); }

  // What was heard since the last call.
  std::string take() { return std::exchange(all_, {}); }

 private:
  void add(const std::string& verb) { all_ += (all_.empty() ? "" : " · ") + verb; }
  std::string all_;
};

const Error kGone{Fault::backend, Code::backend_lost, false, "gone"};

struct Client {
  Client() { codec.begin(heard); }
  void accept() {
    Head head{{":status", "200"}};
    codec.head(1, head, Last::no);
  }
  std::size_t read(const std::string& bytes) { return codec.read(as_bytes(bytes), heard); }
  void end() {
    Head none;
    codec.end(1, none);
  }

  Heard heard;
  TcpCodec codec{"http", "127.0.0.1:2222"};
};

}  // namespace

TEST_CASE("tcp codec: the head comes before the client's first byte") {
  Client client;
  CHECK(client.heard.take() ==
        ":method=CONNECT · :protocol=tcp · :scheme=http · :authority=127.0.0.1:2222 · :path=/ · tunnel");
  client.codec.begin(client.heard);
  CHECK(client.heard.take().empty());
  CHECK(client.codec.phase() == CodecPhase::reply);
}

TEST_CASE("tcp codec: bytes pass both ways, also before the backend has answered") {
  Client client;
  client.heard.take();
  CHECK(client.read("abc") == 3);
  CHECK(client.heard.take() == "data abc");
  client.accept();
  client.codec.data(1, as_bytes(std::string("xyz")));
  CHECK(client.codec.output() == "xyz");
  client.codec.data(2, as_bytes(std::string("of no stream")));
  CHECK(client.codec.output() == "xyz");
}

TEST_CASE("tcp codec: without credit nothing is read") {
  Client client;
  client.accept();
  CHECK(client.read(std::string(kOpeningWindow + 10, 'a')) == kOpeningWindow);
  CHECK_FALSE(client.codec.wants_input());
  CHECK(client.read("b") == 0);
  client.codec.credit(1, 4);
  CHECK(client.codec.wants_input());
  CHECK(client.read("bcdefg") == 4);
}

TEST_CASE("tcp codec: each direction has an end of its own") {
  SUBCASE("the client ends first") {
    Client client;
    client.accept();
    client.heard.take();
    client.codec.input_ended(client.heard);
    CHECK(client.heard.take() == "end");
    CHECK(client.codec.phase() == CodecPhase::reply);
    CHECK_FALSE(client.codec.has_output_ended());
    client.codec.data(1, as_bytes(std::string("late")));
    client.end();
    CHECK(client.codec.output() == "late");
    CHECK(client.codec.has_output_ended());
    CHECK(client.codec.phase() == CodecPhase::closed);
    CHECK_FALSE(client.codec.ends_by_reset());
  }
  SUBCASE("the backend ends first") {
    Client client;
    client.accept();
    client.end();
    CHECK(client.codec.has_output_ended());
    CHECK(client.codec.phase() == CodecPhase::reply);
    CHECK(client.read("more") == 4);
    client.codec.input_ended(client.heard);
    CHECK(client.codec.phase() == CodecPhase::closed);
  }
}

TEST_CASE("tcp codec: a refusal and a reset break the connection") {
  Client refused;
  Head head{{":status", "503"}};
  refused.codec.head(1, head, Last::no);
  refused.codec.data(1, as_bytes(std::string("a page")));
  CHECK(refused.codec.output().empty());
  CHECK(refused.codec.ends_by_reset());
  CHECK(refused.codec.phase() == CodecPhase::closed);
  CHECK(refused.read("dropped") == 7);

  Client lost;
  lost.accept();
  lost.codec.reset(1, kGone);
  CHECK(lost.codec.ends_by_reset());
}

namespace {

struct Server {
  Server() { static_cast<void>(codec.open(Head{}, Last::no, Kind::tunnel)); }
  std::size_t read(const std::string& bytes) { return codec.read(as_bytes(bytes), heard); }

  Heard heard;
  TcpClientCodec codec;
};

}  // namespace

TEST_CASE("tcp client codec: the connection itself is the acceptance, and the server may speak first") {
  Server server;
  CHECK(server.codec.room() == 0);
  CHECK(server.codec.is_finished());
  CHECK(server.read("SSH-2.0") == 7);
  CHECK(server.heard.take() == "head 200 · data SSH-2.0");
  static_cast<void>(server.codec.tick(Time{}, server.heard));
  CHECK(server.heard.take().empty());

  Server silent;
  static_cast<void>(silent.codec.tick(Time{}, silent.heard));
  CHECK(silent.heard.take() == "head 200");
}

TEST_CASE("tcp client codec: bytes of a server wait for their client and for credit") {
  TcpClientCodec early;
  Heard heard;
  CHECK(early.read(as_bytes(std::string("SSH")), heard) == 0);
  CHECK(heard.take().empty());

  Server server;
  CHECK(server.read(std::string(kFirstReplyWindow + 5, 'x')) == kFirstReplyWindow);
  CHECK_FALSE(server.codec.wants_input());
  server.codec.credit(1, 3);
  CHECK(server.read("abcde") == 3);
}

TEST_CASE("tcp client codec: what the kernel took is credit") {
  Server server;
  static_cast<void>(server.codec.tick(Time{}, server.heard));
  server.heard.take();
  server.codec.data(1, as_bytes(std::string("hello")));
  CHECK(server.codec.output() == "hello");
  server.codec.written(5, server.heard);
  CHECK(server.heard.take() == "credit 5");
}

TEST_CASE("tcp client codec: ends of both directions, in either order") {
  Server server;
  server.codec.end(1, Head{});
  CHECK(server.codec.has_output_ended());
  server.read("answer");
  server.heard.take();
  server.codec.input_ended(ClientCodec::InputEnd::orderly, server.heard);
  CHECK(server.heard.take() == "end");
  CHECK_FALSE(server.codec.ends_by_reset());

  Server other;
  other.codec.input_ended(ClientCodec::InputEnd::orderly, other.heard);
  CHECK(other.heard.take() == "head 200 · end");
  other.codec.data(1, as_bytes(std::string("more")));
  CHECK(other.codec.output() == "more");
  other.codec.end(1, Head{});
  CHECK(other.codec.has_output_ended());
}

TEST_CASE("tcp client codec: a reset of either side") {
  Server lost;
  static_cast<void>(lost.codec.tick(Time{}, lost.heard));
  lost.heard.take();
  lost.codec.input_ended(ClientCodec::InputEnd::broken, lost.heard);
  CHECK(lost.heard.take() == "reset");

  Server half_closed;
  half_closed.codec.input_ended(ClientCodec::InputEnd::orderly, half_closed.heard);
  half_closed.heard.take();
  half_closed.codec.input_ended(ClientCodec::InputEnd::broken, half_closed.heard);
  CHECK(half_closed.heard.take() == "reset");

  Server given_up;
  given_up.codec.data(1, as_bytes(std::string("never sent")));
  given_up.codec.reset(1, ResetCode::cancel);
  CHECK(given_up.codec.ends_by_reset());
  CHECK(given_up.codec.output().empty());
  CHECK(given_up.read("dropped") == 7);
}
