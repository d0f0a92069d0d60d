// The families of the conformance suites for WebSocket servers, strictly: each case run whole, byte by byte and in
// random cuts against an echoing worker. RFC 6455 §5 to §7. Text is in ws_text_test.cpp, compression in
// ws_deflate_test.cpp.
#include <doctest/doctest.h>

#include <vector>

#include "tests/http/ws_cases.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

TEST_CASE("ws conformance: messages of all sizes of length (RFC 6455 §5.2)") {
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 125, 126, 127, 128, 65'535, 65'536}) {
    run(echoed("text " + std::to_string(size), frame(kText, many(size)), text(many(size))));
    run(echoed("binary " + std::to_string(size), frame(kBinary, many(size, '\xfe')), binary(many(size, '\xfe'))));
  }
  run(echoed("two messages", frame(kText, "one") + frame(kBinary, "two"), text("one") + " · " + binary("two")));
}

TEST_CASE("ws conformance: a length is in its shortest form, below 2^63 (RFC 6455 §5.2)") {
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 125}) {
    run(broken("16 bits for " + std::to_string(size), frame(kText, many(size), {.long_form = 126})));
  }
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 126, 65'535}) {
    run(broken("64 bits for " + std::to_string(size), frame(kText, many(size), {.long_form = 127})));
  }
  run(broken("2^63", std::string("\x82\xff\x80\0\0\0\0\0\0\0mask", 14)));
}

TEST_CASE("ws conformance: pings are answered in order with their payload (RFC 6455 §5.5.2, §5.5.3)") {
  const auto pong = [](std::string_view payload) { return shown("pong", payload); };
  const std::string bytes("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8);
  std::string pings, pongs;
  for (int i = 0; i < 10; ++i) {
    pings += frame(kPing, "payload " + std::to_string(i));
    pongs = then(pongs, pong("payload " + std::to_string(i)));
  }
  const auto only = [](const std::string& name, const std::string& input, const std::string& sent) {
    return Conformance{name, input + good_bye(), then(sent, closed(1000)), closed(1000)};
  };
  run({only("empty", frame(kPing), pong("")), only("text", frame(kPing, "Hello, world!"), pong("Hello, world!")),
       only("no text", frame(kPing, bytes), pong(bytes)), only("longest", frame(kPing, many(125)), pong(many(125))),
       only("ten", pings, pongs), only("a pong nobody asked for", frame(kPong), ""),
       only("a pong with payload nobody asked for", frame(kPong, "unsolicited"), ""),
       only("a pong, then a ping", frame(kPong, "unsolicited") + frame(kPing, "ping"), pong("ping")),
       broken("too long", frame(kPing, many(126))), broken("a pong too long", frame(kPong, many(126)))});
}

TEST_CASE("ws conformance: reserved bits without an extension (RFC 6455 §5.2)") {
  for (unsigned bits = 1; bits <= 7; ++bits) {
    for (const unsigned opcode : {kText, kBinary, kPing, kPong}) {
      run(broken("bits " + std::to_string(bits) + " on " + std::to_string(opcode),
                 frame(kText, "good") + frame(opcode, "bad", {.reserved = bits}), 1002, text("good")));
    }
    run(broken("close", frame(kClose, "\x03\xe8", {.reserved = bits})));
    run(broken("continuation", part(kText, "a") + frame(kContinuation, "b", {.reserved = bits})));
  }
}

TEST_CASE("ws conformance: reserved opcodes (RFC 6455 §5.2)") {
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    const auto name = "opcode " + std::to_string(opcode);
    run(broken(name + " empty", frame(opcode)));
    run(broken(name, frame(opcode, "payload")));
    run(broken(name + " after a message", frame(kText, "good") + frame(opcode, "bad"), 1002, text("good")));
    run(broken(name + " within a message", part(kText, "a") + frame(opcode, "bad") + frame(kContinuation, "b")));
  }
}

TEST_CASE("ws conformance: every client frame is masked (RFC 6455 §5.1)") {
  for (const unsigned opcode : {kText, kBinary, kPing, kPong, kClose}) {
    run(broken("opcode " + std::to_string(opcode),
               frame(opcode, opcode == kClose ? "\x03\xe8" : "bare", {.is_masked = false})));
    run(broken("empty, opcode " + std::to_string(opcode), frame(opcode, "", {.is_masked = false})));
  }
  run(broken("a fragment", part(kText, "a") + frame(kContinuation, "b", {.is_masked = false})));
  WebSocketSettings lenient;
  lenient.require_masked_client_frames = false;
  run(echoed("unless that is switched off", frame(kText, "bare", {.is_masked = false}), text("bare")), lenient);
}

TEST_CASE("ws conformance: fragments (RFC 6455 §5.4)") {
  const auto pong = shown("pong", "ping!");
  run({broken("a ping in fragments", part(kPing, "frag") + frame(kContinuation, "ment")),
       broken("a pong in fragments", part(kPong, "frag") + frame(kContinuation, "ment")),
       broken("a close in fragments", part(kClose, "\x03\xe8") + frame(kContinuation, "bye")),
       echoed("two", part(kText, "frag1") + frame(kContinuation, "frag2"), text("frag1frag2")),
       echoed("two, binary", part(kBinary, "frag1") + frame(kContinuation, "frag2"), binary("frag1frag2")),
       echoed("an empty first", part(kText, "") + frame(kContinuation, "frag2"), text("frag2")),
       echoed("an empty last", part(kText, "frag1") + frame(kContinuation, ""), text("frag1")),
       echoed("nothing but empty ones", part(kText, "") + part(kContinuation, "") + frame(kContinuation, ""), text("")),
       broken("a continuation of nothing, last", frame(kContinuation, "stray")),
       broken("a continuation of nothing", part(kContinuation, "stray")),
       broken("a continuation of nothing, then a message", frame(kContinuation, "stray") + frame(kText, "good")),
       broken("a continuation after a message", frame(kText, "good") + frame(kContinuation, "stray"), 1002,
              text("good")),
       broken("a continuation after fragments",
              part(kText, "a") + frame(kContinuation, "b") + part(kContinuation, "stray"), 1002, text("ab")),
       broken("a continuation of nothing, not last, then a message",
              part(kContinuation, "stray") + frame(kText, "good")),
       broken("a continuation of nothing, then a good message in fragments",
              part(kContinuation, "stray") + part(kText, "a") + frame(kContinuation, "b")),
       broken("a last continuation of nothing, then a good message in fragments",
              frame(kContinuation, "stray") + part(kText, "a") + frame(kContinuation, "b")),
       {"a message within fragments after a ping", part(kText, "a") + frame(kPing) + frame(kText, "b"),
        shown("pong", "") + " · " + closed(1002), "broken"},
       echoed("one byte in each", part(kText, "a") + part(kContinuation, "b") + frame(kContinuation, "c"), text("abc")),
       broken("a message within a message", part(kText, "frag1") + frame(kText, "frag2")),
       broken("fragments within a message", part(kText, "frag1") + part(kText, "frag2")),
       broken("binary within text", part(kText, "frag1") + frame(kBinary, "frag2"))});
  // Control frames between fragments: answered at once, before the message is complete at the client.
  for (const auto& [name, input] : std::vector<std::pair<std::string, std::string>>{
           {"ping between", part(kText, "frag1") + frame(kPing, "ping!") + frame(kContinuation, "frag2")},
           {"ping between more",
            part(kText, "fra") + part(kContinuation, "g1") + frame(kPing, "ping!") + frame(kContinuation, "frag2")}}) {
    run({name, input + good_bye(), pong + " · " + text("frag1frag2") + " · " + closed(1000),
         text("frag1frag2") + " · " + closed(1000)});
  }
  run({"two pings between",
       part(kText, "f1") + frame(kPing, "ping!") + part(kContinuation, "f2") + part(kContinuation, "f3") +
           frame(kPing, "ping!") + frame(kContinuation, "f4") + good_bye(),
       pong + " · " + pong + " · " + text("f1f2f3f4") + " · " + closed(1000), text("f1f2f3f4") + " · " + closed(1000)});
  run({"a pong nobody asked for between",
       part(kText, "f1") + frame(kPong, "?") + frame(kContinuation, "f2") + good_bye(),
       text("f1f2") + " · " + closed(1000), "="});
  run({"five fragments, pings between all",
       part(kText, "1") + frame(kPing, "a") + part(kContinuation, "2") + frame(kPing, "b") + part(kContinuation, "3") +
           frame(kPing, "c") + part(kContinuation, "4") + frame(kPing, "d") + frame(kContinuation, "5") + good_bye(),
       shown("pong", "a") + " · " + shown("pong", "b") + " · " + shown("pong", "c") + " · " + shown("pong", "d") +
           " · " + text("12345") + " · " + closed(1000),
       text("12345") + " · " + closed(1000)});
  run({"a close between fragments", part(kText, "fragment1") + good_bye() + frame(kContinuation, "fragment2"),
       closed(1000), "="});
}

TEST_CASE("ws conformance: nothing behind a Close counts (RFC 6455 §5.5.1)") {
  run({{"a message before", frame(kText, "Hello") + good_bye(), text("Hello") + " · " + closed(1000), "="},
       {"two", good_bye() + good_bye(), closed(1000), "="},
       {"a ping behind", good_bye() + frame(kPing, "x"), closed(1000), "="},
       {"a message behind", good_bye() + frame(kText, "x"), closed(1000), "="},
       {"garbage behind", good_bye() + "\xff\xff\xff\xff", closed(1000), "="},
       {"a large message before, a ping behind", frame(kText, many(65'536)) + good_bye() + frame(kPing, "x"),
        text(many(65'536)) + " · " + closed(1000), "="}});
}

TEST_CASE("ws conformance: what a Close may hold (RFC 6455 §5.5.1, §7.4)") {
  const auto reason = [](const std::string& why) {
    return Conformance{"reason " + why, close_frame(1000, why), closed(1000), closed(1000, why)};
  };
  run({{"nothing", frame(kClose), "close", "="},
       broken("one byte", frame(kClose, "a")),
       reason("Hello World!"),
       reason(many(123)),
       reason("κόσμε"),
       broken("a reason too long", close_frame(1000, many(124))),
       broken("a reason that is no text",
              close_frame(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64"),
              1007),
       broken("a reason cut off", close_frame(1000, "a\xce"), 1007)});
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U, 1013U, 1014U, 3000U,
                              3999U, 4000U, 4999U}) {
    run({"code " + std::to_string(code), close_frame(code), closed(code), "="});
  }
  for (const unsigned code :
       {0U, 1U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1099U, 1100U, 1999U, 2000U, 2999U, 5000U, 32'768U, 65'535U}) {
    run(broken("code " + std::to_string(code), close_frame(code)));
    run(broken("code with a reason " + std::to_string(code), close_frame(code, "why")));
  }
}

TEST_CASE("ws conformance: our answer to a Close repeats its reason") {
  EchoWorker worker(kUsual, {});
  worker.client.shows_reasons = true;
  worker.feed(close_frame(4000, "enough"));
  CHECK(worker.client.text() == closed(4000, "enough"));
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws conformance: large messages, whole and in fragments of every size") {
  const std::string large = [] {
    std::string made;
    while (made.size() < (4U << 20)) made += "κόσμε " + std::to_string(made.size());
    return made.substr(0, (4U << 20) / 6 * 6);
  }();
  for (const std::size_t size :
       std::initializer_list<std::size_t>{64U, 256U, 1024U, 4096U, 16'384U, 65'536U, 1U << 20, 4U << 20}) {
    std::string input;
    for (std::size_t at = 0; at < large.size(); at += size) {
      const bool is_last = at + size >= large.size();
      input +=
          frame(at == 0 ? kBinary : kContinuation, std::string_view(large).substr(at, size), {.is_final = is_last});
    }
    EchoWorker worker(kUsual, {});
    for (const auto piece : chop(input, 65'536)) worker.feed(piece);
    CHECK(worker.client.text() == binary(large));
    CHECK(worker.told == binary(large));
    CHECK(worker.largest_piece <= 65'536);
  }
}

TEST_CASE("ws conformance: text in fragments of every size, in pieces of every size") {
  const auto large = many(1 << 20, 'x');
  for (const std::size_t size : std::initializer_list<std::size_t>{64U, 1300U, 16'384U, 1U << 20}) {
    std::string input;
    for (std::size_t at = 0; at < large.size(); at += size) {
      input += frame(at == 0 ? kText : kContinuation, std::string_view(large).substr(at, size),
                     {.is_final = at + size >= large.size()});
    }
    for (const std::size_t piece : std::initializer_list<std::size_t>{64U, 997U, 2048U, 65'536U}) {
      EchoWorker worker(kUsual, {});
      for (const auto cut : chop(input, piece)) worker.feed(cut);
      CHECK(worker.client.text() == text(large));
    }
  }
}

TEST_CASE("ws conformance: messages of 64 KiB to 16 MiB, text and binary") {
  for (std::size_t size = 1 << 16; size <= 16U << 20; size *= 4) {
    for (const unsigned opcode : {kText, kBinary}) {
      const auto message = many(size, 'm');
      const auto input = frame(opcode, message);
      EchoWorker worker(kUsual, {});
      for (const auto piece : chop(input, 65'536)) worker.feed(piece);
      CHECK(worker.client.text() == (opcode == kText ? text(message) : binary(message)));
    }
  }
}

TEST_CASE("ws conformance: a thousand messages, one after the other") {
  for (const std::size_t size : std::initializer_list<std::size_t>{0U, 16U, 64U, 256U, 1024U, 4096U}) {
    for (const unsigned opcode : {kText, kBinary}) {
      EchoWorker worker(kUsual, {});
      std::string wanted;
      for (int count = 0; count < 1000; ++count) {
        worker.feed(frame(opcode, many(size)));
        wanted += (count == 0 ? "" : " · ") + (opcode == kText ? text(many(size)) : binary(many(size)));
      }
      CHECK(worker.client.text() == wanted);
    }
  }
}

}  // namespace
}  // namespace zeroway::test
