// WebSocket text is UTF-8 (RFC 6455 §8.1, RFC 3629), and what is not is refused at its first wrong byte.
#include <doctest/doctest.h>

#include <vector>

#include "tests/http/ws_cases.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

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
                                     "\x80\xbf\x80",
                                     "\x80\xbf\x80\xbf",
                                     "\x80\xbf\x80\xbf\x80",
                                     "\xfc\x20",
                                     "\xfc\x80\x80\x80\x80\xaf",
                                     "\xf8\x87\xbf\xbf\xbf",
                                     "\xfc\x83\xbf\xbf\xbf\xbf",
                                     "\xf8\x80\x80\x80\x80",
                                     "\xfc\x80\x80\x80\x80\x80",
                                     "\xed\xa0\x80\xed\xbf\xbf",
                                     "\xed\xad\xbf\xed\xb0\x80",
                                     "\xed\xad\xbf\xed\xbf\xbf",
                                     "\xed\xae\x80\xed\xb0\x80",
                                     "\xed\xae\x80\xed\xbf\xbf",
                                     "\xed\xaf\xbf\xed\xb0\x80",
                                     "\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80",
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

TEST_CASE("ws conformance: a string cut anywhere is text only between its characters") {
  const std::string whole = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf0\x9f\x98\x80";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto start = whole.substr(0, size);
    const auto name = "the first " + std::to_string(size);
    const bool is_between = size == whole.size() || (static_cast<unsigned char>(whole[size]) & 0xc0U) != 0x80;
    run(is_between ? echoed(name, frame(kText, start), text(start)) : broken(name, frame(kText, start), 1007));
  }
}

TEST_CASE("ws conformance: empty fragments in a text, anywhere") {
  run({echoed("three empty ones", part(kText, "") + part(kContinuation, "") + frame(kContinuation), text("")),
       echoed("empty around", part(kText, "") + part(kContinuation, "middle") + frame(kContinuation), text("middle")),
       echoed("empty within a character", part(kText, "\xce") + part(kContinuation, "") + frame(kContinuation, "\xba"),
              text("\xce\xba"))});
}

TEST_CASE("ws conformance: lonely first bytes, and every stray continuation byte (RFC 3629 §3)") {
  for (unsigned byte = 0x80; byte <= 0xff; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    run(broken("before a space " + text(one), frame(kText, one + " "), 1007));
    run(broken("before a first byte " + text(one), frame(kText, one + "\xc3\xa4"), 1007));
  }
}

TEST_CASE("ws conformance: the last byte of a character is missing") {
  for (const std::string one : {"\xdf", "\xef\xbf", "\xf4\x8f\xbf", "\xe1\x80", "\xf1\x80\x80"}) {
    run(broken("at the end " + text(one), frame(kText, one), 1007));
    run(broken("before another " + text(one), frame(kText, one + "a"), 1007));
    run(broken("in a fragment before another " + text(one), part(kText, one) + frame(kContinuation, "a"), 1007));
  }
}

std::string character(unsigned code) {
  const auto tail = [code](unsigned shift) { return static_cast<char>(0x80U | (code >> shift & 0x3fU)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0U | code >> 6U), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0U | code >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xf0U | code >> 18U), tail(12), tail(6), tail(0)};
}

TEST_CASE("ws conformance: every character there is, and no surrogate") {
  std::string all;
  for (unsigned code = 0; code <= 0x10ffff; ++code) {
    if (code < 0xd800 || code > 0xdfff) all += character(code);
  }
  const auto input = frame(kText, all);
  for (const std::size_t cut : std::initializer_list<std::size_t>{997U, 65'536U}) {
    EchoWorker worker(kUsual, {});
    for (const auto piece : chop(input, cut)) worker.feed(piece);
    CHECK(worker.client.text() == text(all));
  }
  for (unsigned code = 0xd800; code <= 0xdfff; ++code) {
    EchoWorker worker(kUsual, {});
    worker.feed(frame(kText, character(code)));
    CHECK(worker.client.text() == closed(1007));
  }
}

TEST_CASE("ws conformance: characters that are none are text all the same, and special ones") {
  std::vector<unsigned> codes{0xfff9, 0xfffa, 0xfffb, 0xfffc, 0xfffd, 0xfeff, 0xfdd0, 0xfdef};
  for (unsigned plane = 0; plane <= 16; ++plane) {
    codes.push_back(plane << 16U | 0xfffeU);
    codes.push_back(plane << 16U | 0xffffU);
  }
  for (const unsigned code : codes) {
    run(echoed("U+" + std::to_string(code), frame(kText, character(code)), text(character(code))));
  }
}

}  // namespace
}  // namespace zeroway::test
