// The families of the conformance suites for WebSocket servers, strictly: each case run whole, byte by byte and in
// random cuts against an echoing worker. RFC 6455 §5 to §7, RFC 7692 §7.
#include <doctest/doctest.h>

#include <vector>

#include "tests/http/ws_peer.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

const WebSocketSettings kUsual;

struct Conformance {
  std::string name;
  std::string input;
  std::string sent;  // what the client gets
  std::string told;  // what the worker gets; "=" is the same as sent
};

void run(const Conformance& one, const WebSocketSettings& settings = kUsual,
         std::optional<WsDeflateTerms> deflate = {}) {
  for_each_chopping(one.input, [&](const Chopping& chopping) {
    EchoWorker worker(settings, deflate);
    for (const auto piece : chopping.pieces) worker.feed(piece);
    CHECK_MESSAGE(worker.client.text() == one.sent, one.name << ", " << chopping.name);
    const auto& told = one.told == "=" ? one.sent : one.told;
    CHECK_MESSAGE(worker.told == told, one.name << ", " << chopping.name);
  });
}

void run(const std::vector<Conformance>& cases) {
  for (const auto& one : cases) run(one);
}

std::string good_bye() { return close_frame(1000); }

std::string then(const std::string& first, const std::string& second) {
  return first.empty() ? second : first + " · " + second;
}

// A message that comes back, and a closing.
Conformance echoed(const std::string& name, const std::string& frames, const std::string& message) {
  return {name, frames + good_bye(), then(message, closed(1000)), "="};
}
// What breaks the rules after `before`; nothing behind it counts.
Conformance broken(const std::string& name, const std::string& frames, unsigned code = 1002,
                   const std::string& before = {}) {
  return {name, frames + frame(kPing, "late") + frame(kText, "late"), then(before, closed(code)),
          then(before, "broken")};
}

std::string many(std::size_t size, char c = '*') { return std::string(size, c); }

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
  run({"a close between fragments", part(kText, "fragment1") + good_bye() + frame(kContinuation, "fragment2"),
       closed(1000), "="});
}

TEST_CASE("ws conformance: good text (RFC 6455 §8.1)") {
  const std::vector<std::string> good{"Hello-µ@ßöäüàá-UTF-8!!",
                                      "κόσμε",
                                      "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
                                      std::string(1, '\0'),
                                      "\x7f",
                                      "\xc2\x80",
                                      "\xdf\xbf",
                                      "\xe0\xa0\x80",
                                      "\xed\x9f\xbf",
                                      "\xee\x80\x80",
                                      "\xef\xbf\xbd",
                                      "\xef\xbf\xbf",
                                      "\xef\xbf\xbe",
                                      "\xf0\x90\x80\x80",
                                      "\xf4\x8f\xbf\xbd",
                                      "\xf4\x8f\xbf\xbf",
                                      "\xf0\x9f\xbf\xbe",
                                      "\xf3\xbf\xbf\xbf",
                                      "\xef\xb7\x90",
                                      "\xf1\xaf\xbf\xbe"};
  for (const auto& one : good) {
    run(echoed("whole " + text(one), frame(kText, one), text(one)));
    std::string fragments;
    for (std::size_t at = 0; at < one.size(); ++at) {
      fragments += part(at == 0 ? kText : kContinuation, std::string_view(one).substr(at, 1));
    }
    run(echoed("a fragment for each byte " + text(one), fragments + frame(kContinuation), text(one)));
  }
}

TEST_CASE("ws conformance: bad text is refused at its first wrong byte (RFC 6455 §8.1)") {
  const std::vector<std::string> bad{"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64",
                                     "\xf8\x88\x80\x80\x80",
                                     "\xfc\x84\x80\x80\x80\x80",
                                     "\xf7\xbf\xbf\xbf",
                                     "\xfb\xbf\xbf\xbf\xbf",
                                     "\xfd\xbf\xbf\xbf\xbf\xbf",
                                     "\xf4\x90\x80\x80",
                                     "\x80",
                                     "\xbf",
                                     "\x80\xbf",
                                     "\x80\xbf\x80\xbf\x80\xbf",
                                     "\xc0\x20\xc1\x20",
                                     "\xe0\x20",
                                     "\xf0\x20",
                                     "\xf8\x20",
                                     "\xfe",
                                     "\xff",
                                     "\xfe\xfe\xff\xff",
                                     "\xc0\xaf",
                                     "\xe0\x80\xaf",
                                     "\xf0\x80\x80\xaf",
                                     "\xf8\x80\x80\x80\xaf",
                                     "\xc1\xbf",
                                     "\xe0\x9f\xbf",
                                     "\xf0\x8f\xbf\xbf",
                                     "\xc0\x80",
                                     "\xe0\x80\x80",
                                     "\xf0\x80\x80\x80",
                                     "\xed\xa0\x80",
                                     "\xed\xad\xbf",
                                     "\xed\xae\x80",
                                     "\xed\xaf\xbf",
                                     "\xed\xb0\x80",
                                     "\xed\xbe\x80",
                                     "\xed\xbf\xbf",
                                     "\xed\xa0\x80\xed\xb0\x80",
                                     "\xed\xaf\xbf\xed\xbf\xbf",
                                     "\xf5\x80\x80\x80"};
  for (const auto& one : bad) {
    run(broken("whole " + text(one), frame(kText, one), 1007));
    run(broken("behind good text " + text(one), frame(kText, "0123456789" + one), 1007));
    // Strict: the fragment itself is the end, not the message's.
    run(broken("in a fragment, and no more comes " + text(one), part(kText, one + "tail"), 1007));
    run(broken("in the second fragment " + text(one), part(kText, "0123456789") + part(kContinuation, one + "!"),
               1007));
  }
  for (const std::string one : {"\xce", "\xc2", "\xe1\xbd", "\xe0\xa0", "\xf0\x90\x80", "\xf4\x8f", "a\xce"}) {
    run(broken("cut off " + text(one), frame(kText, one), 1007));
    run(broken("cut off in the last fragment " + text(one), part(kText, "a") + frame(kContinuation, one), 1007));
    run(broken("cut off before an empty last " + text(one), part(kText, one) + frame(kContinuation), 1007));
    run(echoed("no matter when it is binary " + text(one), frame(kBinary, one), binary(one)));
  }
}

TEST_CASE("ws conformance: bad text in one frame is refused before its rest has come") {
  // The suites' fail-fast cases: the first octets of a frame, its end never sent.
  for (const std::string start :
       {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90", "\xed\xa0", "\xc0", "ok\xff"}) {
    const auto whole = frame(kText, start + many(1000));
    EchoWorker worker(kUsual, {});
    worker.feed(std::string_view(whole).substr(0, 8 + start.size() - 1));
    CHECK(worker.client.text() == "");
    worker.feed(std::string_view(whole).substr(8 + start.size() - 1, 1));
    CHECK(worker.client.text() == closed(1007));
    CHECK(worker.told == "broken");
  }
}

TEST_CASE("ws conformance: text is not looked at when that is switched off") {
  WebSocketSettings lenient;
  lenient.validate_utf8 = false;
  run(echoed("bad text", frame(kText, "\xff"), text("\xff")), lenient);
  run({"bad reason", close_frame(1000, "\xff"), closed(1000), closed(1000, "\xff")}, lenient);
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
  for (const unsigned code : {0U, 1U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65'535U}) {
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

// --- permessage-deflate

WsDeflateTerms terms(std::uint8_t ours = 15, std::uint8_t theirs = 15, bool our_takeover = true,
                     bool their_takeover = true) {
  return {our_takeover, their_takeover, ours, theirs, 8};
}

std::string packed(unsigned opcode, std::string_view payload) { return frame(opcode, payload, {.reserved = 4}); }

// Something to refer back to, and something that cannot be.
std::string sample(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string made;
  while (made.size() < size) {
    if (random() % 3 == 0) {
      made += std::to_string(random());
    } else {
      made += "{\"name\": \"value\", \"list\": [1, 2, 3]}";
    }
  }
  return made.substr(0, size);
}

TEST_CASE("ws conformance: compressed messages, every window and takeover (RFC 7692 §7.1)") {
  for (const int window : {8, 9, 10, 11, 12, 13, 14, 15}) {
    for (const bool takeover : {true, false}) {
      const auto agreed =
          terms(static_cast<std::uint8_t>(window), static_cast<std::uint8_t>(window), takeover, takeover);
      ClientDeflate client(std::max(window, 9), takeover);  // zlib's 9 is fit for 8
      std::string input, wanted;
      for (const std::size_t size :
           std::initializer_list<std::size_t>{16U, 64U, 256U, 1024U, 4096U, 8192U, 16'384U, 32'768U, 0U, 40'000U}) {
        const auto message = sample(size, static_cast<unsigned>(size));
        input += packed(kText, client.message(message));
        input += packed(kBinary, client.message(message));
        wanted = then(then(wanted, text(message)), binary(message));
      }
      run(echoed("window " + std::to_string(window), input, wanted), kUsual, agreed);
    }
  }
}

TEST_CASE("ws conformance: our compressor keeps to its window and forgets when it must") {
  for (const unsigned window : {8U, 9U, 12U, 15U}) {
    for (const bool takeover : {true, false}) {
      EchoWorker worker(kUsual, terms(static_cast<std::uint8_t>(window), 15, takeover, true));
      std::string wanted;
      for (unsigned i = 0; i < 20; ++i) {
        const auto message = sample(5'000 * i, 1);
        worker.feed(frame(kBinary, message));  // not compressed by the client: legal at any time
        wanted = then(wanted, binary(message));
      }
      CHECK(worker.client.text() == wanted);
      CHECK(worker.client.compressed == 19);
    }
  }
}

TEST_CASE("ws conformance: compressed fragments, RSV1 on the first only (RFC 7692 §6.1)") {
  ClientDeflate client;
  const auto message = sample(3'000, 7);
  const auto body = client.message(message);
  std::string input;
  for (std::size_t at = 0; at < body.size(); at += 100) {
    input += part(at == 0 ? kText : kContinuation, std::string_view(body).substr(at, 100), at == 0 ? 4 : 0);
    input += part(kContinuation, "");
  }
  input += frame(kContinuation);
  run(echoed("fragments", input, text(message)), kUsual, terms());
  run(broken("RSV1 on a continuation",
             part(kText, body.substr(0, 10), 4) + frame(kContinuation, body.substr(10), {.reserved = 4})),
      kUsual, terms());
  run(broken("RSV1 on a ping", frame(kPing, "x", {.reserved = 4})), kUsual, terms());
  run(broken("RSV1 on a close", frame(kClose, "\x03\xe8", {.reserved = 4})), kUsual, terms());
  for (const unsigned bits : {1U, 2U, 3U, 5U, 6U, 7U}) {
    run(broken("bits " + std::to_string(bits), frame(kText, body, {.reserved = bits})), kUsual, terms());
  }
}

TEST_CASE("ws conformance: a compressed message among others that are not") {
  ClientDeflate client;
  const auto first = client.message("Hello"), second = client.message("Hello");
  run(echoed("mixed", packed(kText, first) + frame(kText, "plain") + packed(kText, second),
             text("Hello") + " · " + text("plain") + " · " + text("Hello")),
      kUsual, terms());
}

TEST_CASE("ws conformance: the worked examples of RFC 7692 §7.2.3") {
  const auto hello = text("Hello");
  const std::string one("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  run(echoed("7.2.3.1", packed(kText, one), hello), kUsual, terms());
  run(echoed("7.2.3.1 in fragments", part(kText, one.substr(0, 3), 4) + frame(kContinuation, one.substr(3)), hello),
      kUsual, terms());
  run(echoed("7.2.3.2 shared window", packed(kText, one) + packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)),
             hello + " · " + hello),
      kUsual, terms());
  run(echoed("7.2.3.3 stored", packed(kText, std::string("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11)), hello),
      kUsual, terms());
  const std::string final("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  run(echoed("7.2.3.4 BFINAL", packed(kText, final), hello), kUsual, terms());
  run(echoed("7.2.3.4 BFINAL, then its window is still there",
             packed(kText, final) + packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)), hello + " · " + hello),
      kUsual, terms());
  run(echoed("7.2.3.5 two blocks",
             packed(kText, std::string("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13)), hello),
      kUsual, terms());
  run(echoed("7.2.3.6 empty", packed(kText, std::string(1, '\0')), text("")), kUsual, terms());
}

TEST_CASE("ws conformance: what does not inflate, or not to text") {
  run(broken("no deflate", packed(kBinary, "\xff\xff\xff\xff"), 1007), kUsual, terms());
  run(broken("a reference before the beginning", packed(kBinary, std::string("\xf2\x00\x11\x00\x00", 5)), 1007), kUsual,
      terms());
  ClientDeflate client;
  run(broken("bad text", packed(kText, client.message("abc\xff")), 1007), kUsual, terms());
  run(broken("a reference to a message that was to be forgotten",
             packed(kText, std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7)) +
                 packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)),
             1007, text("Hello")),
      kUsual, terms(15, 15, true, false));
}

}  // namespace
}  // namespace zeroway::test
