#include "tests/http/h2_cases.h"

#include <doctest/doctest.h>

#include "tests/http/h2_bench.h"
#include "tests/support/chopper.h"

namespace zeroway::test::h2 {

namespace {

void check_case(const Case& one, bool is_cut) {
  CAPTURE(one.section);
  CAPTURE(one.name);
  CAPTURE(is_cut);
  Bench bench;
  bench.start();
  std::string heard = bench.client.take();
  for (const std::string& piece : one.says) {
    for (const std::string_view part : test::chop(piece, is_cut ? 1 : piece.size() + 1)) {
      static_cast<void>(bench.codec.read(as_bytes(part), bench));
    }
    bench.flush();
  }
  heard = bench.client.take();
  CAPTURE(heard);
  CAPTURE(bench.told);
  CAPTURE(bench.details);
  CHECK(heard.find(one.hears) != std::string::npos);
  if (one.hears == kMalformed) CHECK(bench.told.find("end 1") == std::string::npos);
  const bool has_ended = heard.find("goaway") != std::string::npos;
  if (one.section != "7") CHECK(has_ended == (bench.codec.phase() == CodecPhase::closed));
  CHECK(bench.breaks == (has_ended ? 1 : 0));
  if (one.hears.starts_with("goaway")) CHECK(has_ended);
  if (has_ended) CHECK_FALSE(bench.details.ends_with(": \n"));  // the log says why
  if (has_ended || one.section == "7") return;
  bench.hear(frame(kPing, kNone, 0, "stillup?"));
  CHECK(bench.client.text() == "pong stillup?");
}

}  // namespace

void check_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    for (const bool is_cut : {false, true}) check_case(one, is_cut);
  }
}

}  // namespace zeroway::test::h2
