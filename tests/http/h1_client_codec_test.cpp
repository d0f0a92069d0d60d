// What the table of replies cannot say: credit, early replies, verbs from inside events, retries, WebSockets aside.
#include "router/http/h1_client_codec.h"

#include <doctest/doctest.h>

#include "proto/limits.h"
#include "tests/http/reply_recorder.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

using End = ClientCodec::InputEnd;

const ClientCodecSettings kUsual;
const Head kGet{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
const Head kPost{{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

std::string many(std::size_t size) { return std::string(size, '*'); }

// A connection with its owner: keeps what read() left, and what was not written.
struct Owner {
  CodecStream get() { return codec.open(kGet, Last::yes, Kind::request); }
  void write(std::size_t most = SIZE_MAX) {
    pending += codec.output();
    codec.output().clear();
    const auto size = std::min(most, pending.size());
    sent += pending.substr(0, size);
    pending.erase(0, size);
    codec.written(size, verbs);
  }
  void feed(std::string_view bytes) {
    kept += bytes;
    kept.erase(0, codec.read(as_bytes(kept), verbs));
  }

  H1ClientCodec codec{kUsual};
  ReplyRecorder verbs;
  std::string kept, pending, sent;
};

// --- the idle-close race and retries

TEST_CASE("h1 client: a connection that closes before a byte of the request was written makes a retry safe") {
  for (const auto how : {End::orderly, End::broken}) {
    Owner owner;
    const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
    owner.codec.input_ended(how, owner.verbs);
    CHECK(owner.verbs.text() == "reset backend_lost safe");
    CHECK_FALSE(owner.codec.has_reply_begun(stream));
    CHECK(owner.codec.is_finished());
    CHECK(owner.codec.output().empty());
  }
}

TEST_CASE("h1 client: once a byte was written, nothing proves that the origin did not act") {
  Owner owner;
  const auto stream = owner.get();
  owner.write(1);
  owner.codec.input_ended(End::broken, owner.verbs);
  CHECK(owner.verbs.text() == "reset backend_lost");
  CHECK_FALSE(owner.codec.has_reply_begun(stream));
}

TEST_CASE("h1 client: a reply that came before its request is not its reply, and a retry is safe") {
  Owner owner;
  const auto stream = owner.get();
  owner.feed("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  CHECK(owner.verbs.text() == "reset backend_lost safe");
  CHECK_FALSE(owner.codec.has_reply_begun(stream));
  CHECK(owner.codec.is_finished());
}

TEST_CASE("h1 client: any byte on an idle connection finishes it") {
  Owner owner;
  CHECK(owner.codec.room() == 1);
  owner.feed("\n");
  CHECK(owner.codec.room() == 0);
  CHECK(owner.codec.is_finished());
  CHECK(owner.verbs.text().empty());
}

TEST_CASE("h1 client: the end of an idle connection is no event") {
  Owner owner;
  owner.get();
  owner.write();
  owner.feed(kOk);
  CHECK(owner.codec.room() == 1);
  (void)owner.verbs.text();
  owner.codec.input_ended(End::broken, owner.verbs);
  CHECK(owner.codec.is_finished());
  CHECK(owner.verbs.text().empty());
}

TEST_CASE("h1 client: a reply has begun with its first byte, an interim reply's too") {
  Owner owner;
  const auto stream = owner.get();
  owner.write();
  CHECK_FALSE(owner.codec.has_reply_begun(stream));
  owner.feed("H");
  CHECK(owner.codec.has_reply_begun(stream));
  owner.codec.input_ended(End::orderly, owner.verbs);
  CHECK(owner.codec.has_reply_begun(stream));
  CHECK_FALSE(owner.codec.has_reply_begun(0));
}

// --- early replies (RFC 9112 §9.3)

TEST_CASE("h1 client: an early reply is told at once; when it ends first, the upload is given up") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  owner.codec.data(stream, as_bytes("ab"));
  owner.write();
  owner.feed("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nno");
  CHECK(owner.verbs.text() == "head 413 content-length=4 · data \"no\"");
  owner.codec.data(stream, as_bytes("cd"));
  CHECK(owner.codec.output() == "2\r\ncd\r\n");  // until then client and origin may talk as they like
  owner.feed("no");
  CHECK(owner.verbs.text() == "data \"no\" · end");
  CHECK(owner.codec.is_finished());
  CHECK(owner.codec.output().empty());
  owner.codec.data(stream, as_bytes("ef"));
  owner.codec.end(stream, Head{});
  CHECK(owner.codec.output().empty());
}

TEST_CASE("h1 client: a reply to a request that was not written as a whole finishes the connection") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  owner.codec.data(stream, as_bytes(many(100)));
  owner.codec.end(stream, Head{});
  owner.write(50);
  owner.feed(kOk);
  CHECK(owner.verbs.text() == "head 200 content-length=2 · data \"hi\" · end");
  CHECK(owner.codec.is_finished());
  const auto credited = owner.verbs.credited;
  owner.write();
  CHECK(owner.verbs.credited == credited);
}

TEST_CASE("h1 client: a complete reply that came before the connection broke is the answer") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  owner.codec.data(stream, as_bytes(many(100)));
  owner.write(50);
  owner.feed("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\nno");
  owner.codec.input_ended(End::orderly, owner.verbs);
  CHECK(owner.verbs.text() == "head 401 · data \"no\" · end");
}

TEST_CASE("h1 client: 100 is told as an interim head, and no body was asked for before") {
  Owner owner;
  Head head = kPost;
  head.add("content-length", "2");
  head.add("expect", "100-continue");
  const auto stream = owner.codec.open(head, Last::no, Kind::request);
  owner.write();
  CHECK(owner.sent.find("expect: 100-continue\r\n") != std::string::npos);
  CHECK(owner.verbs.credited == 0);
  owner.feed("HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(owner.verbs.text() == "head 100");
  owner.codec.data(stream, as_bytes("ab"));
  owner.write();
  owner.feed(kOk);
  CHECK(owner.verbs.text() == "head 200 content-length=2 · data \"hi\" · end");
  CHECK(owner.codec.room() == 1);
}

TEST_CASE("h1 client: a final reply instead of 100 finishes the connection") {
  Owner owner;
  Head head = kPost;
  head.add("content-length", "2");
  head.add("expect", "100-continue");
  (void)owner.codec.open(head, Last::no, Kind::request);
  owner.write();
  owner.feed("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
  CHECK(owner.verbs.text() == "head 417 content-length=0 last · end");
  CHECK(owner.codec.is_finished());
}

TEST_CASE("h1 client: endless interim replies are cut off") {
  Owner owner;
  owner.get();
  owner.write();
  const std::string one = "HTTP/1.1 103 Early Hints\r\nlink: " + many(10'000) + "\r\n\r\n";
  std::size_t told = 0;
  owner.verbs.on_head = [&](CodecStream, int) { ++told; };
  for (int i = 0; i < 30; ++i) owner.feed(one);
  CHECK(told == 26);
  CHECK(owner.verbs.text().ends_with("reset backend_protocol"));
  CHECK(owner.codec.is_finished());
}

// --- credit

TEST_CASE("h1 client: no byte of a reply is told beyond its credit, however it is framed") {
  const std::string body = many(3 * kFirstReplyWindow);
  const std::string length = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const std::string until_close = "HTTP/1.1 200 OK\r\n\r\n" + body;
  std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 0x1000) chunks += "1000\r\n" + body.substr(at, 0x1000) + "\r\n";
  chunks += "0\r\n\r\n";
  for (const auto& reply : {length, until_close, chunks}) {
    for (const std::size_t size : {std::size_t{1'000}, std::size_t{65'536}, reply.size()}) {
      Owner owner;
      std::size_t told = 0;
      owner.verbs.on_data = [&](CodecStream, Bytes bytes) { told += bytes.size(); };
      const auto stream = owner.get();
      owner.write();
      for (const auto piece : chop(reply, size)) {
        if (owner.codec.wants_input()) {
          owner.feed(piece);
        } else {
          owner.kept += piece;
        }
      }
      CHECK(told == kFirstReplyWindow);
      CHECK_FALSE(owner.codec.wants_input());
      owner.codec.credit(stream, 10);
      CHECK(owner.codec.wants_input());
      owner.feed({});
      CHECK(told == kFirstReplyWindow + 10);
      CHECK_FALSE(owner.codec.wants_input());
      owner.codec.credit(stream, 1'000'000);
      owner.feed({});
      CHECK(told == body.size());
      CHECK(owner.codec.wants_input());
      CHECK(owner.kept.empty());
      owner.codec.input_ended(End::orderly, owner.verbs);
      CHECK(owner.verbs.text().ends_with(" · end"));
    }
  }
}

TEST_CASE("h1 client: the end of a reply needs no credit") {
  Owner owner;
  owner.get();
  owner.write();
  owner.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" + many(65'536) + "\r\n0\r\n\r\n");
  CHECK(owner.verbs.text() == "head 200 · data 65536 · end");
  CHECK(owner.codec.room() == 1);
}

TEST_CASE("h1 client: credit for the body is what has left, all of it in the end and never more") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  CHECK(owner.verbs.credited == 0);
  owner.write();
  CHECK(owner.verbs.credited == 0);
  owner.codec.data(stream, as_bytes(many(10'000)));
  owner.write(5'000);
  CHECK(owner.verbs.credited > 4'900);
  CHECK(owner.verbs.credited <= 5'000);
  owner.write();
  CHECK(owner.verbs.credited == 10'000);
}

TEST_CASE("h1 client: a body in tiny chunks does not let the output grow") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  std::uint64_t given = 0;
  std::size_t largest = 0;
  for (int turn = 0; turn < 1'000; ++turn) {
    for (; given < kOpeningWindow + owner.verbs.credited; ++given) owner.codec.data(stream, as_bytes("x"));
    largest = std::max(largest, owner.pending.size() + owner.codec.output().size());
    owner.write(10'000);
  }
  CHECK(largest < 7 * kOpeningWindow);
  CHECK(owner.verbs.credited > 1'000'000);
}

// --- verbs from inside events

TEST_CASE("h1 client: the next request may be opened inside the end of the reply") {
  for_each_chopping(kOk, [&](const Chopping& chopping) {
    Owner owner;
    CAPTURE(chopping.name);
    int ends = 0;
    owner.verbs.on_end = [&](CodecStream) {
      if (++ends < 3) CHECK(owner.get() == static_cast<CodecStream>(ends + 1));
    };
    owner.get();
    for (int i = 0; i < 3; ++i) {
      owner.write();
      for (const auto piece : chopping.pieces) owner.feed(piece);
    }
    CHECK(ends == 3);
    CHECK(owner.codec.room() == 1);
  });
}

TEST_CASE("h1 client: bytes behind a reply are never the next request's, and the end tells it") {
  Owner owner;
  owner.verbs.on_end = [&](CodecStream) { CHECK(owner.codec.room() == 0); };
  owner.get();
  owner.write();
  owner.feed(std::string(kOk) + "H");
  CHECK(owner.verbs.text() == "head 200 content-length=2 · data \"hi\" · end");
}

TEST_CASE("h1 client: reset inside every event is the last word, and finishes the connection") {
  const std::string reply =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  enum class Where { interim, head, data };
  for (const auto where : {Where::interim, Where::head, Where::data}) {
    for_each_chopping(reply, [&](const Chopping& chopping) {
      Owner owner;
      CAPTURE(chopping.name);
      const auto give_up = [&](CodecStream stream) { owner.codec.reset(stream, ResetCode::cancel); };
      owner.verbs.on_head = [&](CodecStream stream, int status) {
        if (where == (status == 100 ? Where::interim : Where::head)) give_up(stream);
      };
      owner.verbs.on_data = [&](CodecStream stream, Bytes) { give_up(stream); };
      owner.get();
      owner.write();
      for (const auto piece : chopping.pieces) owner.feed(piece);
      owner.codec.input_ended(End::orderly, owner.verbs);
      const auto text = owner.verbs.text();
      CHECK(text.find("· end") == std::string::npos);
      CHECK(text.find("reset") == std::string::npos);
      CHECK((text == "head 100") == (where == Where::interim));
      CHECK(owner.codec.is_finished());
    });
  }
}

TEST_CASE("h1 client: reset drops the rest of the request, and stale verbs are ignored") {
  Owner owner;
  const auto stream = owner.codec.open(kPost, Last::no, Kind::request);
  owner.codec.data(stream, as_bytes("ab"));
  owner.codec.reset(stream, ResetCode::cancel);
  CHECK(owner.codec.output().empty());
  CHECK(owner.codec.is_finished());
  owner.codec.data(stream, as_bytes("cd"));
  owner.codec.piece(stream, as_bytes("cd"), MessageKind::text, Last::yes);
  owner.codec.end(stream, Head{});
  owner.codec.credit(stream, 10);
  owner.codec.reset(stream, ResetCode::cancel);
  CHECK(owner.codec.output().empty());
  CHECK(owner.verbs.text().empty());
}

TEST_CASE("h1 client: verbs of an earlier stream do not reach the next one") {
  Owner owner;
  const auto first = owner.get();
  owner.write();
  owner.feed(kOk);
  const auto second = owner.get();
  CHECK(second != first);
  owner.codec.reset(first, ResetCode::cancel);
  CHECK_FALSE(owner.codec.is_finished());
  owner.write();
  owner.feed(kOk);
  CHECK(owner.codec.room() == 1);
}

}  // namespace
}  // namespace zeroway::test
