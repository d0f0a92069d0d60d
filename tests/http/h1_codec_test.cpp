// What tables cannot say: verbs from inside events, and what a connection costs.
#include "router/http/h1_codec.h"

#include <doctest/doctest.h>

#include "router/http/h1_client_codec.h"
#include "router/http/limits.h"
#include "tests/http/verb_recorder.h"
#include "tests/support/chopper.h"
#include "tests/support/counted_heap.h"

namespace zeroway::test {
namespace {

constexpr std::string_view kGet =
    "GET /index.html?a=b HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nCookie: session=0123456789abcdef\r\n\r\n";

// A session that answers at once and notes nothing.
class Answering : public CodecEvents {
 public:
  explicit Answering(H1Codec& codec) : codec_(codec) {}
  RequestTerms head(CodecStream, Head&, Last, Kind) override { return {}; }
  void data(CodecStream, Bytes) override {}
  void end(CodecStream stream, Head&) override {
    codec_.head(stream, reply_, Last::no);
    codec_.data(stream, as_bytes("hello"));
    codec_.end(stream, none_);
  }
  void reset(CodecStream, const Error&) override { FAIL("reset"); }

 private:
  H1Codec& codec_;
  Head reply_{{":status", "200"}, {"content-length", "5"}, {"content-type", "text/plain"}};
  Head none_;
};

// Notes what begins.
class Beginning : public CodecEvents {
 public:
  RequestTerms head(CodecStream, Head& head, Last, Kind) override {
    heard += "head " + std::string(head.path()) + "\n";
    return {};
  }
  void begun(std::string_view target) override { heard += "begun " + std::string(target) + "\n"; }
  void data(CodecStream, Bytes) override {}
  void end(CodecStream, Head&) override {}
  void reset(CodecStream, const Error&) override { heard += "reset\n"; }

  std::string heard;
};

TEST_CASE("h1 codec: the first line of a head is told once, and only while the rest has not come") {
  const HttpLimits limits;
  const auto heard = [&](std::initializer_list<std::string_view> pieces) {
    H1Codec codec(limits, "http");
    Beginning session;
    std::string waiting;
    for (const std::string_view piece : pieces) {
      waiting += piece;
      waiting.erase(0, codec.read(as_bytes(waiting), session));
    }
    return session.heard;
  };
  CHECK(heard({kGet}) == "head /index.html?a=b\n");
  CHECK(heard({"GET /ws HTTP/1.1\r"}).empty());
  CHECK(heard({"GET /ws HT", "TP/1.1\r\nHo"}) == "begun /ws\n");
  CHECK(heard({"GET /ws HTTP/1.1\r\n", "Host: a", "\r\n", "A: b\r\n", "\r\n"}) == "begun /ws\nhead /ws\n");
  CHECK(heard({"GET /ws HTTP/9\r\nHost"}) == "reset\n");
  CHECK(heard({"GET /ws HTTP/1.1\r\nHost: a\n"}) == "reset\n");  // RFC 9112 §2.2
}

TEST_CASE("h1 codec: an idle connection costs under 2 KiB, however large its last request was") {
  const HttpLimits limits;
  std::string large(kGet.substr(0, kGet.size() - 2));
  for (int i = 0; i < 100; ++i) large += "x-field: some value of some length\r\n";
  large += "\r\n";
  for (const auto request : {kGet, std::string_view(large)}) {
    const auto before = heap.live_bytes;
    H1Codec codec(limits, "http");
    {
      Answering session(codec);
      CHECK(codec.read(as_bytes(request), session) == request.size());
      std::string().swap(codec.output());
    }
    CHECK(codec.phase() == CodecPhase::idle);
    CHECK(heap.live_bytes - before + sizeof(codec) < 2048);
  }
}

TEST_CASE("h1 codec: a request and its reply allocate nothing once warm") {
  const HttpLimits limits;
  H1Codec codec(limits, "http");
  Answering session(codec);
  std::size_t before = 0;
  for (int i = 0; i < 10; ++i) {
    if (i == 3) before = heap.allocations;
    const auto taken = codec.read(as_bytes(kGet), session);
    if (taken != kGet.size()) FAIL("not all was read");
    codec.output().clear();
  }
  CHECK(heap.allocations == before);
}

TEST_CASE("h1 codec: a reply may end inside every event") {
  const HttpLimits limits;
  const std::string input =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n";
  enum class Where { head, data };
  for (const auto where : {Where::head, Where::data}) {
    for_each_chopping(input, [&](const Chopping& chopping) {
      H1Codec codec(limits, "http");
      VerbRecorder verbs;
      const auto answer = [&](CodecStream stream) {
        Head head{{":status", "200"}};
        Head none;
        codec.head(stream, head, Last::yes);
        codec.end(stream, none);
      };
      std::string text =
          "head POST /1 authority=a content-length=5 · head POST /2 authority=a · head GET /3 authority=a last";
      if (where == Where::head) {
        verbs.on_head = [&](CodecStream stream, Last) { answer(stream); };
      } else {
        verbs.on_data = [&](CodecStream stream, Bytes) { answer(stream); };
        text.clear();
      }
      std::string kept;
      for (const auto piece : chopping.pieces) {
        kept += piece;
        kept.erase(0, codec.read(as_bytes(kept), verbs));
      }
      CAPTURE(chopping.name);
      CHECK(kept.empty());
      CHECK(codec.output().find("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") == 0);
      if (where == Where::head) {
        CHECK(verbs.text() == text);
        CHECK(codec.phase() == CodecPhase::idle);
      } else {
        CHECK(verbs.text().ends_with("head GET /3 authority=a last · end"));
        CHECK(codec.phase() == CodecPhase::reply);
      }
    });
  }
}

TEST_CASE("h1 codec: a reply is taken back while nothing of it has left, and no other one with it") {
  const HttpLimits limits;
  H1Codec codec(limits, "http");
  VerbRecorder verbs;
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto say = [&](const char* length, std::string_view bytes) {
    Head head{{":status", "200"}, {"content-length", length}};
    codec.head(verbs.stream, head, Last::no);
    codec.data(verbs.stream, as_bytes(bytes));
  };
  const auto end = [&] {
    Head none;
    codec.end(verbs.stream, none);
  };
  const std::string first = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
  const std::string second = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nde";

  CHECK(codec.read(as_bytes(get), verbs) == get.size());
  CHECK_FALSE(codec.take_back(1));  // nothing was said
  say("3", "abc");
  end();
  CHECK_FALSE(codec.take_back(1));  // all was said
  CHECK(codec.read(as_bytes(get), verbs) == get.size());
  CHECK_FALSE(codec.take_back(2));
  codec.drain();
  say("9", "x");
  CHECK_FALSE(codec.take_back(1));
  CHECK(codec.take_back(2));
  CHECK_FALSE(codec.take_back(2));
  CHECK(codec.output() == first);
  CHECK(codec.phase() == CodecPhase::reply);

  Head hints{{":status", "103"}};
  codec.head(2, hints, Last::no);
  say("2", "d");
  CHECK(codec.take_back(2));
  CHECK(codec.output() == first + "HTTP/1.1 103 Early Hints\r\n\r\n");
  say("2", "d");
  CHECK_FALSE(codec.flush(0, verbs));
  codec.output().clear();
  codec.data(2, as_bytes("e"));
  CHECK_FALSE(codec.take_back(2));
  end();
  CHECK(codec.output() == "e");
  CHECK(codec.phase() == CodecPhase::closed);
}

TEST_CASE("h1 codec: a WebSocket that was accepted is not taken back, one that was refused is") {
  const HttpLimits limits;
  const std::string request =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const bool is_accepted : {false, true}) {
    H1Codec codec(limits, "http");
    VerbRecorder verbs;
    CHECK(codec.read(as_bytes(get), verbs) == get.size());
    Head ok{{":status", "200"}};
    Head none;
    codec.head(1, ok, Last::yes);
    codec.end(1, none);
    CHECK(codec.read(as_bytes(request), verbs) == request.size());
    Head reply{{":status", is_accepted ? "200" : "403"}};
    if (is_accepted) {
      codec.accept_web_socket(2, reply, {});
    } else {
      codec.head(2, reply, Last::no);
    }
    const std::string said = codec.output();
    CHECK(codec.take_back(2) == !is_accepted);
    CHECK((codec.output() == said) == is_accepted);
    if (is_accepted) continue;
    Head failed{{":status", "502"}};
    codec.head(2, failed, Last::yes);
    codec.end(2, none);
    CHECK(codec.output() ==
          "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    CHECK(codec.phase() == CodecPhase::idle);
  }
}

TEST_CASE("h1 codec: a small rest of a body behind its reply is discarded, a larger one or a late one ends it") {
  const HttpLimits limits;
  const auto answered = [&](H1Codec& codec, const std::string& framing) {
    VerbRecorder verbs;
    verbs.on_head = [&](CodecStream stream, Last) {
      Head head{{":status", "401"}, {"content-length", "0"}};
      Head none;
      codec.head(stream, head, Last::yes);
      codec.end(stream, none);
    };
    const std::string input = "POST / HTTP/1.1\r\nHost: a\r\n" + framing;
    CHECK(codec.read(as_bytes(input), verbs) == input.size());
  };
  VerbRecorder verbs;
  H1Codec small(limits, "http"), large(limits, "http"), endless(limits, "http"), late(limits, "http");
  answered(small, "Content-Length: 3\r\n\r\nab");
  CHECK(small.phase() == CodecPhase::rest);
  CHECK(small.read(as_bytes("c"), verbs) == 1);
  CHECK(small.phase() == CodecPhase::idle);
  answered(large, "Content-Length: " + std::to_string(kMaxDiscardedBody + 1) + "\r\n\r\n");
  CHECK(large.phase() == CodecPhase::closed);
  answered(endless, "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1000\r\n" + std::string(4'096, 'x') + "\r\n";
  std::uint64_t taken = 0;
  for (; endless.phase() == CodecPhase::rest && taken < 2 * kMaxDiscardedBody; taken += 4'096) {
    CHECK(endless.read(as_bytes(chunk), verbs) == chunk.size());
  }
  CHECK(endless.phase() == CodecPhase::closed);
  CHECK(taken == kMaxDiscardedBody + 4'096);
  answered(late, "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
  CHECK(late.phase() == CodecPhase::rest);
  late.timed_out(verbs);
  CHECK(late.phase() == CodecPhase::closed);
  CHECK(verbs.text().empty());
}

TEST_CASE("h1 codec: a page in place of a large rest of the body says that the connection ends") {
  const HttpLimits limits;
  const auto output_of = [&](const char* status, std::uint64_t rest) {
    H1Codec codec(limits, "http");
    VerbRecorder verbs;
    verbs.on_head = [&](CodecStream stream, Last) {
      Head head{{":status", status}, {"content-length", "2"}};
      Head none;
      codec.head(stream, head, Last::no);
      codec.data(stream, as_bytes("no"));
      codec.end(stream, none);
    };
    const std::string input = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(rest) + "\r\n\r\n";
    CHECK(codec.read(as_bytes(input), verbs) == input.size());
    CHECK((codec.phase() == CodecPhase::closed) == (rest > kMaxDiscardedBody));
    return std::string(codec.output());
  };
  const std::string page = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n";
  CHECK(output_of("404", kMaxDiscardedBody) == page + "\r\nno");
  CHECK(output_of("404", kMaxDiscardedBody + 1) == page + "connection: close\r\n\r\nno");
  // Its backend may take all of the body yet.
  CHECK(output_of("200", kMaxDiscardedBody + 1) == "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno");
}

TEST_CASE("h1 codec: a reply that refuses the request's content is the connection's last, and the content is dropped") {
  const HttpLimits limits;
  const std::string framings[] = {"Content-Length: 6\r\n\r\nhello!", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
  for (const std::string& framing : framings) {
    H1Codec codec(limits, "http");
    VerbRecorder verbs;
    verbs.on_head = [&](CodecStream stream, Last) {
      Head head{{":status", "413"}, {"content-length", "2"}};
      Head none;
      codec.refuse_content(stream);
      codec.head(stream, head, Last::no);
      codec.data(stream, as_bytes("no"));
      codec.end(stream, none);
    };
    const std::string input = "POST / HTTP/1.1\r\nHost: a\r\n" + framing + "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(codec.read(as_bytes(input), verbs) == input.size());
    CHECK(verbs.text().find("data") == std::string::npos);
    CHECK(codec.output() == "HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
    CHECK(codec.phase() == CodecPhase::closed);
  }
}

TEST_CASE("h1 codec: reset inside every event closes, and nothing more is told") {
  const HttpLimits limits;
  const std::string input =
      "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET";
  const Error lost{Fault::backend, Code::backend_lost, false, ""};
  for (int where = 0; where < 3; ++where) {
    H1Codec codec(limits, "http");
    VerbRecorder verbs;
    verbs.on_head = [&](CodecStream stream, Last) {
      if (where == 0) codec.reset(stream, lost);
    };
    verbs.on_data = [&](CodecStream stream, Bytes) {
      if (where == 1) codec.reset(stream, lost);
    };
    verbs.on_end = [&](CodecStream stream) { codec.reset(stream, lost); };
    CHECK(codec.read(as_bytes(input), verbs) == input.size());
    CHECK(codec.phase() == CodecPhase::closed);
    CHECK_FALSE(codec.wants_input());
    const std::string_view all = "head POST /1 authority=a · data \"hello\" · end";
    const std::size_t sizes[] = {all.find(" · data"), all.find(" · end"), all.size()};
    CHECK(verbs.text() == all.substr(0, sizes[where]));
  }
}

TEST_CASE("h1 codec: who is refused before the head was told has the name that was read, only while it is told") {
  HttpLimits limits;
  limits.max_head = 1'024;
  struct Case {
    std::string says, method, path;
  };
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  const Case cases[] = {
      {"GET /no-host?a HTTP/1.1\r\n\r\n", "GET", "/no-host?a"},
      {"HEAD /large HTTP/1.1\r\nHost: a\r\nX: " + std::string(2'000, 'y'), "HEAD", "/large"},
      {"GET http://a/b\" HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", "GET", "http://a/b\""},
      {"GET /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n" + upgrade + "\r\n", "GET", "/chat"},
      {"GET /ws HTTP/1.1\r\nHost: a\r\n" + upgrade + "\r\n", "GET", "/ws"},
      {"GET / a HTTP/1.1\r\n", "", ""},
      {"GET /" + std::string(2'000, 'p'), "", ""},
      {"\x16\x03", "", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.says);
    H1Codec codec(limits, "http");
    VerbRecorder verbs;
    int resets = 0;
    verbs.on_reset = [&](CodecStream, const Error&) {
      ++resets;
      CHECK(codec.refused().method == one.method);
      CHECK(codec.refused().path == one.path);
    };
    static_cast<void>(codec.read(as_bytes(one.says), verbs));
    CHECK(resets == 1);
    CHECK(codec.refused().method.empty());
    CHECK(codec.refused().path.empty());
  }
}

// An owner that notes nothing.
class Silent : public ReplyEvents {
 public:
  void head(CodecStream, Head&, Last) override {}
  void data(CodecStream, Bytes) override {}
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream, Head&) override {}
  void reset(CodecStream, const Error&) override { FAIL("reset"); }
  void credit(CodecStream, std::uint32_t) override {}
};

TEST_CASE("h1 client: a request and its reply allocate nothing once warm, and an idle connection costs under 1.5 KiB") {
  const ClientCodecSettings settings;
  const Head get{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
  const auto live = heap.live_bytes;
  H1ClientCodec codec(settings);
  Silent silent;
  const std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  std::size_t before = 0;
  for (int i = 0; i < 10; ++i) {
    if (i == 3) before = heap.allocations;
    (void)codec.open(get, Last::yes, Kind::request);
    const auto size = codec.output().size();
    codec.output().clear();
    codec.written(size, silent);
    if (codec.read(as_bytes(reply), silent) != reply.size()) FAIL("not all was read");
  }
  CHECK(heap.allocations == before);
  std::string().swap(codec.output());
  CHECK(heap.live_bytes - live + sizeof(codec) < 1'536);
}

}  // namespace
}  // namespace zeroway::test
