// What a client may not do too often, and what it may not leave undone: each is cut with ENHANCE_YOUR_CALM.
#include <doctest/doctest.h>

#include <random>

#include "router/http/limits.h"
#include "tests/http/h2_bench.h"

using namespace zeroway;
using namespace zeroway::test::h2;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kWhole = kEndHeaders | kEndStream;
constexpr const char* kGetTold = "head 1 :method=GET :scheme=http :authority=a.test :path=/";

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("h2: floods are cut with ENHANCE_YOUR_CALM, and told once") {
  struct Flood {
    std::string name;
    std::string before;
    std::function<std::string(std::uint32_t)> one;
    std::uint32_t most;
    const char* why;
  };
  const std::string opened = frame(kHeaders, kEndStream, 1, block(kGet));
  const std::vector<Flood> floods{
      {"rapid reset (CVE-2023-44487)", "", [](std::uint32_t n) { return get(2 * n + 1) + rst(2 * n + 1); }, kMaxResets,
       "begun and reset"},
      {"streams made to fail", "",
       [](std::uint32_t n) {
         return headers(2 * n + 1, with(kGet, {{"X", "y"}}), kWhole);
       },
       kMaxMalformed, "malformed"},
      {"PING", "", [](std::uint32_t) { return frame(kPing, 0, 0, "12345678"); }, kMaxPings, "PING"},
      {"SETTINGS", "",
       [](std::uint32_t) {
         return settings({{3, 7}});
       },
       kMaxSettingsFrames - 1, "SETTINGS"},
      {"empty DATA", post(1), [](std::uint32_t) { return data(1, ""); }, kMaxEmptyFrames, "empty"},
      {"PRIORITY", "", [](std::uint32_t n) { return frame(kPriorityType, 0, 2 * n + 3, number(0, 4) + "\x10"); },
       kMaxPriorityFrames, "PRIORITY"},
      {"WINDOW_UPDATE", post(1), [](std::uint32_t) { return window_update(1, 1); }, kMaxWindowUpdates, "WINDOW_UPDATE"},
      {"unknown types", "", [](std::uint32_t) { return frame(0xbb, 0, 0, "x"); }, kMaxUnknownFrames, "unknown"},
      {"CONTINUATION (CVE-2024-27316)", opened,
       [](std::uint32_t) { return frame(kContinuation, 0, 1, field("x", "y")); }, kMaxContinuations, "CONTINUATION"},
      {"empty CONTINUATION", opened, [](std::uint32_t) { return frame(kContinuation, 0, 1, ""); }, kMaxContinuations,
       "CONTINUATION"},
  };
  for (const Flood& flood : floods) {
    CAPTURE(flood.name);
    Silent bench;
    bench.hear(flood.before);
    for (std::uint32_t n = 0; n < flood.most; ++n) bench.hear(flood.one(n));
    CHECK_MESSAGE(bench.breaks == 0, bench.details);
    bench.hear(flood.one(flood.most) + flood.one(flood.most + 1));
    CAPTURE(bench.details);
    CHECK(bench.breaks == 1);
    CHECK(bench.breach == Breach::flood);
    CHECK(has(bench.details, flood.why));
    CHECK(has(bench.client.text(), "goaway ENHANCE_YOUR_CALM"));
    CHECK(bench.codec.phase() == CodecPhase::closed);
  }
}

TEST_CASE("h2: a rule that an honest client may break by mistake is told as one") {
  for (const std::string& wrong : {data(0, "x"), frame(kPing, 0, 1, "12345678"), frame(kHeaders, kWhole, 1, "\xff")}) {
    Silent bench;
    bench.hear(wrong);
    CHECK(bench.breaks == 1);
    CHECK(bench.breach == Breach::mistake);
  }
}

TEST_CASE("h2: a client may reset each stream whose reply has ended, as Go's does") {
  Silent bench;
  for (std::uint32_t id = 1; id < 10 * kMaxResets; id += 4) {
    bench.hear(post(id));
    bench.answer(id);
    bench.flush();
    bench.hear(rst(id));  // its request had not ended: the stream is still there
    bench.hear(get(id + 2));
    bench.answer(id + 2);
    bench.flush();
    bench.hear(rst(id + 2));
  }
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: resets of streams that are over are a flood when there are more of them than streams") {
  Silent bench;
  bench.hear(get(1));
  bench.answer(1);
  bench.flush();
  for (std::uint32_t n = 0; n < kMaxResets + kEarlyResetsPerStream; ++n) bench.hear(rst(1));
  CHECK(bench.breaks == 0);
  bench.hear(rst(1));
  CHECK(bench.breaks == 1);
}

TEST_CASE("h2: of a stream that was reset a window of DATA may still come, and more is a flood") {
  Silent bench;
  for (const std::uint32_t id : {1U, 3U}) {
    bench.hear(headers(id, kPost, kEndHeaders));
    bench.say_head(id, {{":status", "403"}}, Last::yes);
    bench.say_end(id);
  }
  static_cast<void>(bench.heard());
  static_cast<void>(bench.codec.tick(Time{10s}, bench));
  CHECK(has(bench.heard(), "rst 3 NO_ERROR"));
  const std::string piece = data(1, std::string(16'384, 'x'));
  for (std::size_t sent = 0; sent < 2 * kStreamWindow; sent += 16'384) bench.hear(piece);
  CHECK(bench.breaks == 0);
  bench.hear(piece);
  CHECK(bench.breaks == 1);
  CHECK(bench.breach == Breach::flood);
}

TEST_CASE("h2: a client whose deadlines expire floods nobody") {
  Silent bench;
  Time now{100s};
  std::uint32_t next = 1;
  const auto open = [&](std::uint32_t streams) {
    for (std::uint32_t n = 0; n < streams; ++n, next += 2) bench.hear(post(next));
  };
  SUBCASE("a hundred at once, again and again") {
    for (int round = 0; round < 100; ++round) {
      bench.codec.set_time(now);
      open(100);
      bench.codec.set_time(now += 20ms);
      for (std::uint32_t id = next - 200; id < next; id += 2) bench.hear(rst(id));
    }
  }
  SUBCASE("five hundred when there is room for a hundred: those that waited are begun and reset") {
    bench.codec.set_time(now);
    open(100);
    bench.codec.set_time(now += 50ms);
    for (std::uint32_t id = 1; id < 1'000; id += 2)
      bench.hear(rst(id) + (next < 1'000 ? (next += 2, post(next - 2)) : ""));
  }
  CHECK(bench.breaks == 0);
  CHECK(bench.client.text().find("goaway") == std::string::npos);
}

TEST_CASE("h2: RST_STREAM of a stream whose HEADERS were never sent ends nothing, as gRPC's C core says it") {
  for (const std::size_t cut : {std::size_t{1}, std::size_t{100}}) {
    Silent bench;
    const std::string bytes = get(1) + rst(5) + rst(3) + get(7) + rst(9) + get(9);
    for (std::size_t at = 0; at < bytes.size(); at += cut) bench.hear(bytes.substr(at, cut));
    CHECK(bench.breaks == 0);
    for (const char* told : {"head 1 ", "head 7 ", "head 9 "}) CHECK(has(bench.told, told));
    for (std::uint32_t n = 0; bench.breaks == 0 && n < kMaxResets; ++n) bench.hear(rst(2 * n + 11));
    CHECK(bench.breaks == 1);  // but they are counted
  }
}

TEST_CASE("h2: RST_STREAM of a stream of ours, or inside a head, is still a mistake") {
  for (const std::string& wrong : {get(1) + rst(2), frame(kHeaders, kEndStream, 1, block(kGet)) + rst(3)}) {
    Silent bench;
    bench.hear(wrong);
    CHECK(bench.breaks == 1);
    CHECK(bench.breach == Breach::mistake);
  }
}

TEST_CASE("h2: a client that makes room for each of many short streams floods nobody") {
  Silent bench;
  for (std::uint32_t id = 1; id < 8 * kMaxWindowUpdates; id += 2) {
    bench.hear(get(id) + window_update(id, 5) + window_update(0, 5));
    bench.answer(id);
    bench.flush();
  }
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: streams that ran excuse rapid reset only so far") {
  Silent bench;
  std::uint32_t id = 1;
  const auto run = [&] {
    bench.hear(get(id));
    bench.answer(id);
    bench.flush();
    id += 2;
  };
  const auto begin_and_reset = [&] {
    bench.hear(get(id) + rst(id));
    id += 2;
  };
  SUBCASE("one stream excuses a few") {
    for (std::uint32_t n = 0; n <= kMaxResets && bench.breaks == 0; ++n) {
      run();
      for (std::uint32_t early = 0; early <= kEarlyResetsPerStream; ++early) begin_and_reset();
    }
  }
  SUBCASE("however many ran before") {
    for (std::uint32_t n = 0; n < 2 * kMaxResetAllowance; ++n) run();
    for (std::uint32_t n = 0; n < kMaxResetAllowance + kMaxResets; ++n) begin_and_reset();
    CHECK(bench.breaks == 0);
    begin_and_reset();
  }
  CHECK(bench.breaks == 1);
  CHECK(has(bench.details, "begun and reset"));
}

TEST_CASE("h2: PINGs of a client without streams are counted by the second, too") {
  Silent bench;
  Time now{100s};
  for (std::uint32_t n = 0; n < 4 * kMaxPings; ++n) {
    bench.codec.set_time(now += 500ms);
    bench.hear(frame(kPing, 0, 0, "12345678"));
  }
  CHECK(bench.breaks == 0);
  for (std::uint32_t n = 0; n <= kMaxPings; ++n) bench.hear(frame(kPing, 0, 0, "12345678"));
  CHECK(bench.breaks == 1);
}

TEST_CASE("h2: what would be a flood in one second is none in many") {
  Silent bench;
  bench.hear(post(1));
  Time now{100s};
  for (int second = 0; second < 5; ++second) {
    for (std::uint32_t n = 0; n < kMaxPings; ++n) bench.hear(frame(kPing, 0, 0, "12345678"));
    for (int look = 0; look < 4; ++look) static_cast<void>(bench.codec.tick(now += 250ms, bench));
  }
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: a client that makes room for what it is sent floods nobody") {
  Silent bench({}, settings({{4, 1 << 20}}));
  bench.hear(get(1));
  bench.say_head(1);
  for (std::uint32_t n = 0; n < 2 * kMaxWindowUpdates; ++n) {
    bench.say_data(1, "x");
    bench.flush();
    bench.hear(window_update(0, 1) + window_update(1, 1));
  }
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: making room by the byte is a flood (CVE-2019-9511)") {
  Silent bench({}, settings({{4, 0}}));
  bench.hear(get(1));
  bench.say_head(1);
  bench.say_data(1, std::string(100'000, 'x'));
  for (std::uint32_t n = 0; n < kMaxWindowUpdates; ++n) bench.hear(window_update(1, 1));
  CHECK(bench.breaks == 0);
  bench.hear(window_update(1, 1));
  CHECK(bench.breaks == 1);
  CHECK(has(bench.details, "WINDOW_UPDATE"));
}

TEST_CASE("h2: a client with many streams that stand still is cut, and told once") {
  HttpLimits limits;
  limits.send_timeout = limits.body_timeout = 1s;
  const auto stall = [&](std::uint32_t streams, bool reads) {
    Silent bench(limits, settings({{4, reads ? 1'000 : 0}}));
    for (std::uint32_t n = 0; n < streams; ++n) {
      const std::uint32_t id = 2 * n + 1;
      bench.hear(reads ? post(id) : get(id));
      if (reads) continue;
      bench.say_head(id);
      bench.say_data(id, "something");
    }
    Time now{100s};
    for (int look = 0; look < 8; ++look) now = bench.codec.tick(now, bench);
    bench.flush();
    CHECK(bench.breaks == (streams > kMaxStalls ? 1 : 0));
    CHECK(has(bench.client.text(), "goaway ENHANCE_YOUR_CALM") == (streams > kMaxStalls));
    if (streams > kMaxStalls) CHECK(has(bench.details, reads ? "sends nothing" : "does not read"));
  };
  for (const bool reads : {false, true}) {
    stall(kMaxStalls, reads);
    stall(kMaxStalls + 1, reads);
    stall(100, reads);
  }
}

TEST_CASE("h2: a head that is small on the wire and large in memory is cut") {
  Silent bench;
  const std::string indexed = "\x40" + literal("x") + literal(std::string(3'900, 'y'));
  bench.hear(frame(kHeaders, kWhole, 1, block(kGet) + indexed));
  CHECK(has(bench.told, kGetTold));
  bench.hear(frame(kHeaders, kWhole, 3, block(kGet) + std::string(16'000, '\xbe')));  // 62 MB
  CHECK(bench.breaks == 1);
  CHECK(has(bench.client.text(), "goaway ENHANCE_YOUR_CALM"));
}

TEST_CASE("h2: a head that grows without bytes is cut before it is too large") {
  Silent bench;
  bench.hear(get(1));
  const std::string entry = "\x40" + literal("x") + literal(std::string(3'900, 'y'));
  bench.hear(frame(kHeaders, kWhole, 3, block(kGet) + entry + std::string(9, '\xbe')));  // 39 KB, allowed are 64
  CHECK(bench.breaks == 1);
  CHECK(has(bench.details, "larger than its bytes"));
  CHECK(has(bench.client.text(), "goaway ENHANCE_YOUR_CALM"));
  CHECK_FALSE(has(bench.told, "head 3"));
}

TEST_CASE("h2: a large head that came byte by byte is told, and so is what the table holds, again and again") {
  auto fields = kGet;
  for (int n = 0; n < 190; ++n) fields.emplace_back("cookie", "c" + std::to_string(n) + "=" + std::string(270, 'c'));
  const std::string head = block(fields);
  CHECK(head.size() > 50'000);
  constexpr std::size_t kMost = 16'384;
  std::string large = frame(kHeaders, kEndStream, 3, head.substr(0, kMost));
  for (std::size_t at = kMost; at < head.size(); at += kMost) {
    large += frame(kContinuation, at + kMost < head.size() ? 0 : kEndHeaders, 3, head.substr(at, kMost));
  }
  std::minstd_rand random(5);
  for (const std::size_t most : {std::size_t{100'000}, std::size_t{5'000}, std::size_t{40}}) {
    Silent bench;
    bench.hear(get(1));
    for (std::size_t at = 0; at < large.size();) {
      const std::size_t size = std::min<std::size_t>(large.size() - at, 1 + random() % most);
      bench.hear(large.substr(at, size));
      at += size;
    }
    CHECK(bench.breaks == 0);
    CHECK(has(bench.told, "head 3 "));
    const std::string entry = "\x40" + literal("x") + literal(std::string(3'900, 'y'));
    bench.hear(frame(kHeaders, kWhole, 5, block(kGet) + entry));
    for (std::uint32_t id = 7; id < 107; id += 2) bench.hear(frame(kHeaders, kWhole, id, block(kGet) + "\xbe"));
    CHECK(bench.breaks == 0);
    CHECK(has(bench.told, "head 105 "));
  }
}

TEST_CASE("h2: a bomb is answered with the same word however its bytes come") {
  const std::string indexed = "\x40" + literal("x") + literal(std::string(3'900, 'y')) + std::string(12'000, '\xbe');
  const std::string bomb = frame(kHeaders, kWhole, 3, block(kGet) + indexed);
  std::minstd_rand random(3);
  for (int round = 0; round < 300; ++round) {
    Silent bench;
    bench.hear(get(1));
    const std::string bytes = bomb + frame(kHeaders, kWhole, 5, block(kGet) + indexed);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(bytes.size() - at, 1 + random() % (round % 2 == 0 ? 9'000 : 600));
      bench.hear(bytes.substr(at, size));
      at += size;
    }
    CHECK(bench.breaks == 1);
    CHECK_MESSAGE(has(bench.client.text(), "goaway ENHANCE_YOUR_CALM"), bench.details);
  }
}

TEST_CASE("h2: PINGs of a client that does not read are bounded") {
  Silent bench;
  for (int n = 0; n < 50; ++n) {
    static_cast<void>(bench.codec.read(as_bytes(frame(kPing, 0, 0, "12345678")), bench));
    bench.codec.flush(0, bench);
  }
  CHECK(bench.codec.output().empty());
  CHECK(bench.heard().size() >= 50 * 13);
}
