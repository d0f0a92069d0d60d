// tests/cases/http1/origin_replies.txt: what an origin answers, and what is told of it.
//
//     ask: GET, HEAD or POST (with a body of two bytes)      origin: bytes; all of a case's lines together
//     ended: orderly, broken; absent = the connection stays     verbs: text        after: reusable, finished
#include <doctest/doctest.h>

#include "router/http/h1_client_codec.h"
#include "tests/http/case_file.h"
#include "tests/http/reply_recorder.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

void ask(H1ClientCodec& codec, ReplyRecorder& verbs, const std::string& method) {
  Head head{{":method", method}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
  if (method == "POST") head.add("content-length", "2");
  const auto stream = codec.open(head, method == "POST" ? Last::no : Last::yes, Kind::request);
  if (method == "POST") codec.data(stream, as_bytes("ab"));
  codec.end(stream, Head{});
  const auto size = codec.output().size();
  codec.output().clear();
  codec.written(size, verbs);
}

void feed(H1ClientCodec& codec, ReplyRecorder& verbs, const std::vector<std::string_view>& pieces) {
  std::string kept;
  for (const auto piece : pieces) {
    kept += piece;
    kept.erase(0, codec.read(as_bytes(kept), verbs));
  }
}

TEST_CASE("origin replies: each reply of the table is told as the table says, however it is cut") {
  ClientCodecSettings settings;
  settings.limits.max_head = 2'000;
  settings.limits.max_request_line = 200;
  settings.limits.max_fields = 20;
  for (const Case& one : read_cases("http1/origin_replies.txt")) {
    for_each_chopping(one.joined("origin"), [&](const Chopping& chopping) {
      CAPTURE(one.name);
      CAPTURE(chopping.name);
      H1ClientCodec codec(settings);
      ReplyRecorder verbs;
      ask(codec, verbs, one.joined("ask"));
      feed(codec, verbs, chopping.pieces);
      const auto ended = one.joined("ended");
      if (ended == "orderly") codec.input_ended(ClientCodec::InputEnd::orderly, verbs);
      if (ended == "broken") codec.input_ended(ClientCodec::InputEnd::broken, verbs);
      CHECK(verbs.text() == one.joined("verbs"));
      CHECK(codec.is_finished() == (one.joined("after") == "finished"));
      CHECK(codec.room() == (one.joined("after") == "reusable" ? 1 : 0));
      if (codec.room() == 0) return;
      ask(codec, verbs, "GET");
      feed(codec, verbs, {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"});
      CHECK(verbs.text() == "head 200 content-length=1 · data \"x\" · end");
    });
  }
}

}  // namespace
}  // namespace zeroway::test
