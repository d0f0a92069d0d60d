// A WebSocket's limits, credit, fragments and time: what the conformance tables cannot say.
#include "router/http/ws_codec.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <fstream>

#include "tests/http/ws_peer.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

using namespace std::chrono_literals;

std::string many(std::size_t size, char c = '*') { return std::string(size, c); }

constexpr Time kStart = Time{} + 1h;

const WebSocketSettings kUsual;
const WsDeflateTerms kDeflate;

// --- limits

TEST_CASE("ws codec: a message may be as large as the limit, and a byte more is 1009 before it has come") {
  WebSocketSettings settings;
  settings.max_message_size = 1000;
  for_each_chopping(frame(kText, many(1000)) + part(kText, many(500)) + frame(kContinuation, many(500)),
                    [&](const Chopping& chopping) {
                      EchoWorker worker(settings, {});
                      for (const auto piece : chopping.pieces) worker.feed(piece);
                      CHECK(worker.client.text() == text(many(1000)) + " · " + text(many(1000)));
                    });
  EchoWorker whole(settings, {});
  whole.feed(frame(kText, many(1001)).substr(0, 8));  // its head
  CHECK(whole.client.text() == closed(1009));
  CHECK(whole.told == "broken");
  EchoWorker fragments(settings, {});
  fragments.feed(part(kText, many(600)) + frame(kContinuation, many(401)).substr(0, 8));
  CHECK(fragments.client.text() == closed(1009));
}

TEST_CASE("ws codec: a frame may be as large as its own limit") {
  WebSocketSettings settings;
  settings.max_frame_size = 100;
  EchoWorker worker(settings, {});
  worker.feed(part(kText, many(100)) + frame(kContinuation, many(100)) + frame(kPing, many(125)));
  CHECK(worker.client.text() == text(many(200)) + " · " + shown("pong", many(125)));
  worker.feed(frame(kText, many(101)).substr(0, 6));
  CHECK(worker.told == text(many(200)) + " · broken");
  CHECK(worker.client.text().ends_with(closed(1009)));
}

TEST_CASE("ws codec: the largest sizes there are do not overflow a limit") {
  EchoWorker worker(kUsual, {});
  worker.feed(part(kBinary, many(10)) + std::string("\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14));
  CHECK(worker.client.text() == closed(1009));
}

TEST_CASE("ws codec: a deflate bomb is 1009 once it has passed the limit, and never lies in memory") {
  WebSocketSettings settings;
  settings.max_message_size = 1 << 20;
  ClientDeflate client;
  const auto bomb = frame(kBinary, client.message(many(256 << 20, '\0')), {.reserved = 4});
  CHECK(bomb.size() < 300'000);
  EchoWorker worker(settings, kDeflate);
  worker.echoes = false;
  for (const auto piece : chop(bomb, 65'536)) worker.feed(piece);
  CHECK(worker.client.text() == closed(1009));
  CHECK(worker.told == "broken");
  CHECK(worker.received <= 1 << 20);
  CHECK(worker.largest_piece <= kInflatePiece);
}

TEST_CASE("ws codec: 0 is no limit") {
  WebSocketSettings settings;
  settings.max_message_size = 0;
  EchoWorker worker(settings, {}, UINT64_MAX);
  worker.gives_credit = false;
  worker.echoes = false;
  for (int i = 0; i < 32; ++i) worker.feed(part(i == 0 ? kBinary : kContinuation, many(1 << 20)));
  worker.feed(frame(kContinuation));
  CHECK(worker.told == binary(many(32 << 20)));
}

TEST_CASE("ws codec: with fail_by_drop what is wrong gets no Close") {
  WebSocketSettings settings;
  settings.fail_by_drop = true;
  for (const auto& wrong :
       {frame(3), frame(kText, "\xff"), close_frame(1005), frame(kText, "x", {.is_masked = false})}) {
    EchoWorker worker(settings, {});
    worker.feed(wrong);
    CHECK(worker.client.text() == "");
    CHECK(worker.told == "broken");
    CHECK(worker.codec.is_over());
  }
}

// --- credit

TEST_CASE("ws codec: pieces keep to the worker's credit, and pings pass between frames") {
  EchoWorker worker(kUsual, {}, 10);
  worker.gives_credit = worker.echoes = false;
  worker.feed(frame(kPing, "1") + part(kBinary, many(6)) + frame(kPing, "2") + frame(kContinuation, many(10)) +
              frame(kPing, "3"));
  CHECK(worker.received == 10);
  CHECK(worker.client.text() == shown("pong", "1") + " · " + shown("pong", "2"));
  CHECK_FALSE(worker.codec.wants_input());
  worker.credit(5);
  CHECK(worker.received == 15);
  CHECK_FALSE(worker.codec.wants_input());
  worker.credit(1);
  CHECK(worker.told == binary(many(16)));
  CHECK(worker.client.text().ends_with(shown("pong", "3")));
  CHECK(worker.codec.wants_input());
  worker.feed(frame(kPing, "4"));  // no credit is left, and none is needed
  CHECK(worker.client.text().ends_with(shown("pong", "4")));
}

TEST_CASE("ws codec: what was inflated waits for credit, and goes on at a tick when no input is left") {
  ClientDeflate client;
  const auto message = many(100'000);
  EchoWorker worker(kUsual, kDeflate, 1000);
  worker.gives_credit = worker.echoes = false;
  worker.feed(frame(kText, client.message(message), {.reserved = 4}));
  CHECK(worker.received == 1000);
  CHECK_FALSE(worker.codec.wants_input());
  worker.codec.credit(50'000);
  worker.tick(Time{} + 1h);
  CHECK(worker.received == 51'000);
  worker.codec.credit(49'000);  // to the byte: its end is told with it
  worker.tick(Time{} + 1h);
  CHECK(worker.told == text(message));
  CHECK(worker.codec.wants_input());
}

TEST_CASE("ws codec: any credit, in any portions, gives the same messages") {
  ClientDeflate client;
  std::string input = frame(kText, client.message(many(5000)), {.reserved = 4});
  input += part(kBinary, many(300)) + frame(kPing) + frame(kContinuation, many(700)) + frame(kText);
  for (unsigned portion = 1; portion < 3000; portion = portion * 2 + 1) {
    for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, input.size()}) {
      EchoWorker worker(kUsual, kDeflate, 0);
      worker.gives_credit = worker.echoes = false;
      for (const auto piece : chop(input, cut)) worker.feed(piece);
      std::size_t given = 0;
      while (given < 6000) {
        CHECK(worker.received == given);
        worker.credit(std::min<unsigned>(portion, 6000 - static_cast<unsigned>(given)));
        given = std::min<std::size_t>(given + portion, 6000);
      }
      worker.credit(1);  // for the message without a byte
      CHECK(worker.told == text(many(5000)) + " · " + binary(many(1000)) + " · " + text(""));
    }
  }
}

TEST_CASE("ws codec: a message without a byte takes one of the credit") {
  const std::string three = frame(kText) + frame(kText) + frame(kText);
  for (const std::size_t cut : {std::size_t{1}, three.size()}) {
    EchoWorker worker(kUsual, {}, 2);
    worker.gives_credit = worker.echoes = false;
    for (const auto piece : chop(three, cut)) worker.feed(piece);
    CHECK(worker.told == text("") + " · " + text(""));
    CHECK_FALSE(worker.codec.wants_input());
    worker.codec.credit(2);
    worker.tick(Time{} + 1h);
    CHECK(worker.told == text("") + " · " + text("") + " · " + text(""));
    CHECK(worker.codec.wants_input());
    worker.feed(part(kBinary, "a") + frame(kContinuation));
    CHECK(worker.received == 1);
    worker.credit(1);
    CHECK(worker.told.ends_with(binary("a")));
  }
}

// --- what goes out

TEST_CASE("ws codec: pieces go out as they come; the last ends the message") {
  EchoWorker worker(kUsual, {});
  worker.codec.piece(as_bytes("one "), MessageKind::text, Last::no);
  worker.codec.piece(as_bytes(""), MessageKind::text, Last::no);
  worker.codec.piece(as_bytes("message"), MessageKind::text, Last::no);
  worker.codec.piece(as_bytes(""), MessageKind::text, Last::yes);
  worker.codec.piece(as_bytes(""), MessageKind::binary, Last::yes);
  worker.flush();
  CHECK(worker.client.text() == text("one message") + " · " + binary(""));
  CHECK(worker.client.frames == 4);
}

TEST_CASE("ws codec: a compressed message in pieces, and an empty one") {
  EchoWorker worker(kUsual, kDeflate);
  const auto random = [] {
    std::mt19937 numbers(1);
    std::string made;
    while (made.size() < 200'000) made += static_cast<char>(numbers());
    return made;
  }();
  for (const auto piece : chop(random, 7'777)) worker.codec.piece(as_bytes(piece), MessageKind::binary, Last::no);
  worker.codec.piece({}, MessageKind::binary, Last::yes);
  worker.codec.piece({}, MessageKind::text, Last::yes);
  worker.codec.piece({}, MessageKind::text, Last::no);
  worker.codec.piece({}, MessageKind::text, Last::yes);
  worker.codec.piece(as_bytes("hi"), MessageKind::text, Last::yes);
  worker.flush();
  CHECK(worker.client.text() == binary(random) + " · " + text("") + " · " + text("") + " · " + text("hi"));
}

TEST_CASE("ws codec: auto_fragment_size cuts what is larger") {
  WebSocketSettings settings;
  settings.auto_fragment_size = 1000;
  for (const auto& deflate : {std::optional<WsDeflateTerms>{}, std::optional(kDeflate)}) {
    EchoWorker worker(settings, deflate);
    worker.codec.piece(as_bytes(many(1000)), MessageKind::text, Last::yes);
    worker.flush();
    CHECK(worker.client.frames == 1);
    worker.codec.piece(as_bytes(many(2500)), MessageKind::text, Last::yes);
    worker.flush();
    CHECK(worker.client.text() == text(many(1000)) + " · " + text(many(2500)));
    CHECK(worker.client.frames == (deflate ? 2 : 4));
    CHECK(worker.client.largest <= 1000);
  }
}

// --- closing

std::string closing_of(const Head& trailers) {
  EchoWorker worker(kUsual, {});
  worker.client.shows_reasons = true;
  worker.codec.end(trailers);
  worker.flush();
  return worker.client.text();
}

TEST_CASE("ws codec: the worker's end is a Close with its code, or 1000") {
  CHECK(closing_of({}) == closed(1000));
  CHECK(closing_of({{"close-code", "1012"}, {"close-reason", "restart"}}) == closed(1012, "restart"));
  CHECK(closing_of({{"close-code", "4999"}}) == closed(4999));
  CHECK(closing_of({{"close-code", "1005"}}) == closed(1000));
  for (const char* illegal : {"1006", "1015", "999", "5000", "65536", "99999999999", "x", "1000x", "-1"}) {
    CHECK(closing_of({{"close-code", illegal}}) == closed(1011));
  }
  const std::string umlauts = [] {
    std::string made;
    while (made.size() < 200) made += "ü";
    return made;
  }();
  CHECK(closing_of({{"close-reason", umlauts}}) == closed(1000, umlauts.substr(0, 122)));  // no character is cut
  CHECK(closing_of({{"close-reason", many(123)}}) == closed(1000, many(123)));
  CHECK(closing_of({{"close-reason", "\xff"}}) == closed(1000));
}

TEST_CASE("ws codec: what no field's value may hold reaches the worker as spaces, and the client as it said it") {
  const std::string reason("a\r\nb\0c\x7f\x01", 8);
  EchoWorker worker(kUsual, {});
  worker.client.shows_reasons = true;
  worker.feed(close_frame(1000, reason));
  worker.flush();
  CHECK(worker.told == closed(1000, "a  b c  "));
  CHECK(worker.client.text() == closed(1000, reason));
}

TEST_CASE("ws codec: after our Close messages are read and dropped until theirs") {
  ClientDeflate client;
  const auto packed = frame(kText, client.message(many(100'000)), {.reserved = 4});
  for_each_chopping(
      packed + frame(kBinary, many(200'000)) + part(kText, "half") + frame(kPing, "x") + close_frame(1000),
      [&](const Chopping& chopping) {
        EchoWorker worker(kUsual, kDeflate, 0);
        worker.codec.end({});
        for (const auto piece : chopping.pieces) {
          CHECK_FALSE(worker.codec.is_over());
          CHECK(worker.codec.wants_input());
          worker.feed(piece);
        }
        CHECK(worker.codec.is_over());
        CHECK(worker.client.text() == closed(1000));
        CHECK(worker.told == "");
      });
}

TEST_CASE("ws codec: a worker that is lost is 1011, also in the middle of a message each way") {
  ClientDeflate client;
  const auto packed = frame(kBinary, client.message(many(100'000)), {.reserved = 4});
  EchoWorker worker(kUsual, kDeflate, 100);
  worker.gives_credit = worker.echoes = false;
  worker.codec.piece(as_bytes("half a mess"), MessageKind::text, Last::no);
  worker.feed(packed);
  CHECK_FALSE(worker.codec.wants_input());
  worker.codec.reset(Error{Fault::backend, Code::backend_lost, false, ""});
  CHECK(worker.codec.wants_input());
  worker.codec.piece(as_bytes("late"), MessageKind::text, Last::yes);
  worker.codec.end({});
  worker.feed({});
  CHECK(worker.client.text() == closed(1011));
  worker.feed(close_frame(1011));
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws codec: draining is 1001, and the worker hears the client's answer") {
  EchoWorker worker(kUsual, {});
  worker.feed(part(kText, "half a message"));
  worker.codec.drain();
  worker.codec.drain();
  worker.codec.piece(as_bytes("late"), MessageKind::text, Last::yes);
  worker.feed(frame(kContinuation, " and its end") + close_frame(1001, "bye"));
  CHECK(worker.client.text() == closed(1001));
  CHECK(worker.told == closed(1001, "bye"));
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws codec: a hand-over is 1012, and the worker gets what the client sent before its own Close") {
  EchoWorker worker(kUsual, {});
  worker.echoes = false;
  worker.feed(part(kText, "half a "));
  worker.codec.hand_over();
  worker.codec.hand_over();
  worker.codec.piece(as_bytes("late"), MessageKind::text, Last::yes);
  worker.feed(frame(kContinuation, "message") + frame(kText, "another") + close_frame(1012));
  CHECK(worker.told == text("half a message") + " · " + text("another") + " · " + closed(1012));
  CHECK(worker.client.text() == closed(1012));
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws codec: a hand-over waits for the end of the message that is being written") {
  EchoWorker worker(kUsual, {});
  worker.codec.piece(as_bytes("half a "), MessageKind::text, Last::no);
  worker.codec.hand_over();
  worker.flush();
  CHECK(worker.client.text() == "");
  worker.codec.piece(as_bytes("message"), MessageKind::text, Last::yes);
  worker.codec.piece(as_bytes("late"), MessageKind::text, Last::yes);
  worker.flush();
  CHECK(worker.client.text() == text("half a message") + " · " + closed(1012));
}

TEST_CASE("ws codec: after a hand-over compressed messages wait for the worker's credit, and the Close behind them") {
  EchoWorker worker(kUsual, kDeflate, 0);
  worker.gives_credit = false;
  worker.codec.hand_over();
  ClientDeflate client;
  worker.feed(frame(kText, client.message("squeezed"), {.reserved = 4}));
  worker.feed(close_frame(1012));
  CHECK(worker.told == "");
  worker.credit(1'000);
  worker.tick(kStart);
  CHECK(worker.told == text("squeezed") + " · " + closed(1012));
}

TEST_CASE("ws codec: after a hand-over no second Close is sent, whoever ends") {
  EchoWorker ended(kUsual, {});
  ended.codec.hand_over();
  ended.codec.end({});
  ended.feed(frame(kText, "nobody hears this") + close_frame(1012));
  CHECK(ended.client.text() == closed(1012));
  CHECK(ended.told == "");
  CHECK(ended.codec.is_over());
  EchoWorker drained(kUsual, {});
  drained.codec.hand_over();
  drained.codec.drain();
  drained.feed(frame(3));
  CHECK(drained.client.text() == closed(1012));
  CHECK(drained.told == "broken");
}

TEST_CASE("ws codec: a client that does not answer the Close of a hand-over is lost in time") {
  EchoWorker worker(kUsual, {});
  worker.codec.hand_over();
  worker.tick(kStart);
  worker.tick(kStart + kUsual.close_handshake_timeout);
  CHECK(worker.told == "lost");
}

// Of a client that breaks a rule after a message: told of both, the worker has said nothing yet.
struct Asked : EchoWorker {
  Asked() : EchoWorker(kUsual, {}) {
    echoes = answers_end = false;
    feed(frame(kText, "good") + frame(3) + frame(kPing) + frame(kText, "late"));
    CHECK(told == text("good") + " · broken");
    CHECK(client.text() == "");
  }
  void answer() {
    codec.piece(as_bytes("answer"), MessageKind::text, Last::yes);
    flush();
    CHECK(client.text() == text("answer"));
  }
};

TEST_CASE("ws codec: what came before a broken rule is answered, until the worker's end (RFC 6455 §7.1.7)") {
  Asked worker;
  worker.tick(kStart);
  worker.answer();
  worker.tick(kStart + 2s);
  worker.codec.end(Head{{"close-code", "4000"}});
  worker.flush();
  CHECK(worker.client.text() == text("answer") + " · " + closed(1002));
  CHECK(worker.codec.is_over());
  worker.tick(kStart + 1h);
  CHECK(worker.told == text("good") + " · broken");
}

TEST_CASE("ws codec: a worker that fails, or a router that leaves, changes nothing about a broken rule") {
  Asked worker;
  worker.codec.drain();
  worker.answer();
  worker.codec.reset(Error{Fault::backend, Code::backend_lost, false, {}});
  worker.flush();
  CHECK(worker.client.text() == text("answer") + " · " + closed(1002));
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws codec: a worker that never ends what was broken off is told to stop, and the client gets its Close") {
  Asked worker;
  worker.tick(kStart);
  CHECK(worker.due == kStart + kLastAnswers);
  worker.answer();
  worker.tick(worker.due - 1ms);
  CHECK_FALSE(worker.codec.is_over());
  worker.tick(kStart + kLastAnswers);
  CHECK(worker.client.text() == text("answer") + " · " + closed(1002));
  CHECK(worker.told == text("good") + " · broken · lost");
  CHECK(worker.codec.is_over());
  worker.codec.piece(as_bytes("late"), MessageKind::text, Last::yes);
  worker.codec.end({});
  CHECK(worker.output == "");
}

TEST_CASE("ws codec: a client that ends its direction after a broken rule still gets the answer") {
  Asked worker;
  worker.codec.input_ended(worker);
  worker.answer();
  worker.codec.end({});
  worker.flush();
  CHECK(worker.client.text() == text("answer") + " · " + closed(1002));
  CHECK(worker.told == text("good") + " · broken");
  CHECK(worker.codec.is_over());
}

TEST_CASE("ws codec: a client that is gone without a Close is lost, once") {
  EchoWorker worker(kUsual, {});
  worker.codec.input_ended(worker);
  worker.codec.input_ended(worker);
  CHECK(worker.told == "lost");
  CHECK(worker.codec.is_over());
  EchoWorker broken(kUsual, {});
  broken.feed(frame(3));
  broken.codec.input_ended(broken);
  CHECK(broken.told == "broken");
}

TEST_CASE("ws codec: a client that closed waits for the worker's last word, not for ever") {
  EchoWorker worker(kUsual, {});
  worker.answers_end = false;
  worker.feed(close_frame(1000));
  CHECK(worker.told == closed(1000));
  worker.codec.input_ended(worker);  // it has said all it had to
  worker.tick(Time{} + 1h);
  CHECK_FALSE(worker.codec.is_over());
  CHECK(worker.due == Time{} + 1h + 2s);
  worker.tick(worker.due);
  CHECK(worker.codec.is_over());
  CHECK(worker.told == closed(1000) + " · lost");
}

// --- time

TEST_CASE("ws codec: pings after quiet intervals, each with its number; a pong begins the next") {
  WebSocketSettings settings;
  settings.auto_ping_size = 20;
  EchoWorker worker(settings, {});
  worker.tick(kStart);
  CHECK(worker.due == kStart + 30s);
  worker.tick(kStart + 29s);
  CHECK(worker.client.last_ping == "");
  worker.tick(kStart + 30s);
  const auto first = worker.client.last_ping;
  CHECK(first.size() == 20);
  CHECK(first.substr(8, 4) == std::string("\0\0\0\x01", 4));
  CHECK(worker.due == kStart + 40s);
  worker.feed(frame(kPong, first));
  worker.tick(kStart + 35s);
  CHECK(worker.due == kStart + 65s);
  worker.tick(kStart + 65s);
  CHECK(worker.client.last_ping.substr(8, 4) == std::string("\0\0\0\x02", 4));
  worker.feed(frame(kPong, first));  // not the one that is asked for
  worker.feed(frame(kPong));
  worker.tick(kStart + 74s);
  CHECK(worker.told == "");
  worker.tick(kStart + 75s);
  CHECK(worker.told == "lost");
  CHECK(worker.codec.is_over());
  CHECK(worker.client.text() == "");
}

TEST_CASE("ws codec: data begins the interval anew and is as good as a pong, unless switched off") {
  for (const bool restarts : {true, false}) {
    WebSocketSettings settings;
    settings.auto_ping_restart_on_any_traffic = restarts;
    EchoWorker worker(settings, {});
    worker.tick(kStart);
    worker.feed(part(kText, "x"));
    worker.tick(kStart + 20s);
    CHECK(worker.due == kStart + (restarts ? 50s : 30s));
    worker.tick(kStart + 50s);
    CHECK(worker.client.last_ping.size() == 12);
    worker.feed(frame(kContinuation, many(100)).substr(0, 50));  // some of a frame is data too
    worker.tick(kStart + 55s);
    worker.tick(kStart + 60s);
    CHECK(worker.told == (restarts ? "" : "lost"));
  }
}

TEST_CASE("ws codec: a pong that lies behind what waits for credit is not late") {
  EchoWorker worker(kUsual, {}, 10);
  worker.gives_credit = worker.echoes = false;
  worker.tick(kStart);
  worker.feed(frame(kBinary, many(100)));
  worker.tick(kStart);
  worker.tick(kStart + 30s);
  worker.tick(kStart + 40s);
  worker.tick(kStart + 50s);
  CHECK(worker.told == "");
  worker.credit(90);
  worker.tick(kStart + 55s);
  worker.tick(kStart + 85s);
  worker.tick(kStart + 95s);
  CHECK(worker.told.ends_with("lost"));
}

TEST_CASE("ws codec: each timeout can be switched off") {
  WebSocketSettings settings;
  settings.auto_ping_interval = settings.auto_ping_timeout = settings.close_handshake_timeout = 0ms;
  EchoWorker worker(settings, {});
  worker.tick(kStart);
  CHECK(worker.due == Time::max());
  worker.codec.end({});
  worker.tick(kStart);
  CHECK(worker.due == Time::max());
  settings.auto_ping_interval = 30s;
  EchoWorker patient(settings, {});
  patient.tick(kStart);
  patient.tick(kStart + 30s);
  CHECK(patient.client.last_ping.size() == 12);
  CHECK(patient.due == Time::max());
}

TEST_CASE("ws codec: a Close that is not answered in time is given up") {
  EchoWorker worker(kUsual, {});
  worker.tick(kStart);
  worker.codec.end({{"close-code", "1012"}});
  worker.tick(kStart + 1s);
  CHECK(worker.due == kStart + 3s);
  worker.feed(frame(kText, "not a Close"));
  worker.tick(kStart + 3s);
  CHECK(worker.codec.is_over());
  CHECK(worker.told == "");
  EchoWorker draining(kUsual, {});
  draining.codec.drain();
  draining.tick(kStart);
  draining.tick(kStart + 2s);
  CHECK(draining.told == "lost");
}

// --- memory

std::size_t live_bytes() { return mallinfo2().uordblks; }

// Of the whole address space: zlib's blocks are not the heap's.
std::size_t mapped_bytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * 4096;
}

TEST_CASE("ws codec: an idle one costs 6 KiB, with compression 40, and after a rest no zlib's memory") {
  const WebSocketSettings settings;
  const auto before = live_bytes();
  WsCodec plain(settings, {}, kOpeningWindow, *std::make_unique<std::string>());
  CHECK(live_bytes() - before + sizeof plain < 6 * 1024);

  std::string random;
  std::mt19937 numbers(1);
  while (random.size() < 300'000) random += static_cast<char>(numbers());
  ClientDeflate client;
  const auto message = frame(kBinary, client.message(random), {.reserved = 4});
  const auto next = frame(kBinary, client.message(random.substr(random.size() - 30'000)), {.reserved = 4});
  CHECK(next.size() < 1000);  // it refers back
  EchoWorker worker(settings, kDeflate);
  worker.echoes = false;
  worker.tick(kStart);
  const auto idle = live_bytes();
  worker.feed(message);
  worker.forget();
  worker.codec.piece(as_bytes("hi"), MessageKind::text, Last::yes);  // the reader's own memory comes later
  const auto busy = mapped_bytes();
  CHECK(worker.codec.tick(kStart + 1s, worker) == kStart + 3s);
  const auto due = worker.codec.tick(kStart + 3s, worker);
  CHECK(live_bytes() - idle < 35 * 1024);
  CHECK(mapped_bytes() + 290'000 < busy);
  CHECK(due == kStart + 31s);
  worker.codec.piece(as_bytes("hi"), MessageKind::text, Last::yes);
  worker.feed(next);
  CHECK(worker.client.text() == text("hi") + " · " + text("hi"));
  CHECK(worker.told == binary(random.substr(random.size() - 30'000)));
}

}  // namespace
}  // namespace zeroway::test
