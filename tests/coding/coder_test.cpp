// The three coders: what they say can be decoded by the libraries' own decoders, however the body is cut.
#include "router/coding/coder.h"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

#include "router/coding/coder_pool.h"
#include "tests/support/chopper.h"
#include "tests/support/decode.h"

using namespace zeroway;
using test::decode;

namespace {

constexpr std::array kAll{Coding::br, Coding::zstd, Coding::gzip};
constexpr std::array kBodies{BodyKind::usual, BodyKind::events};

std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t at = 0; text.size() < size; ++at) text += "{\"id\":" + std::to_string(at * 7919 % 1'000'003) + "},";
  text.resize(size);
  return text;
}

std::string noise_of(std::size_t size) {
  std::mt19937 random(7);
  std::string noise(size, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  return noise;
}

template <class Run>
void for_each_kind(Run run) {
  for (const Coding coding : kAll)
    for (const BodyKind body : kBodies) run(coder_kind(coding, body, CodingTerms{}));
}

std::string code_all(Coder& coder, const std::vector<std::string_view>& pieces, Follows between) {
  std::string out;
  for (const std::string_view piece : pieces) REQUIRE(coder.code(as_bytes(piece), between, out));
  REQUIRE(coder.code({}, Follows::nothing, out));
  return out;
}

}  // namespace

TEST_CASE("coder: a body comes back whole, however it is cut and flushed, and so does the next one") {
  CoderPool pool;
  for_each_kind([&](const CoderKind& kind) {
    const auto coder = pool.take(kind);
    for (const std::string& body : {std::string(), std::string("x"), text_of(70'000), noise_of(20'000)}) {
      test::for_each_chopping(body, [&](const test::Chopping& chopping) {
        if (chopping.pieces.size() > 30'000) return;
        for (const Follows between : {Follows::more, Follows::pause}) {
          const auto decoded = decode(kind.coding, code_all(*coder, chopping.pieces, between));
          CHECK_MESSAGE(decoded.is_whole, coding_name(kind.coding), " ", chopping.name);
          CHECK(decoded.text == body);
          coder->restart();
        }
      });
    }
  });
}

TEST_CASE("coder: before a pause, everything that was given can be decoded (event streams)") {
  CoderPool pool;
  for_each_kind([&](const CoderKind& kind) {
    const auto coder = pool.take(kind);
    std::string out, given;
    for (int number = 0; number < 20; ++number) {
      const std::string event = "data: event " + std::to_string(number) + "\n\n";
      given += event;
      REQUIRE(coder->code(as_bytes(event), Follows::pause, out));
      const auto decoded = decode(kind.coding, out);
      CHECK_MESSAGE(decoded.text == given, coding_name(kind.coding));
      CHECK_FALSE(decoded.is_whole);
      CHECK_FALSE(decoded.is_wrong);
    }
  });
}

TEST_CASE("coder: a body given up in the middle does not show in the next one") {
  CoderPool pool;
  for_each_kind([&](const CoderKind& kind) {
    const auto coder = pool.take(kind);
    std::string lost, out;
    REQUIRE(coder->code(as_bytes(noise_of(40'000)), Follows::more, lost));
    coder->restart();
    REQUIRE(coder->code(as_bytes(std::string_view("kept")), Follows::nothing, out));
    CHECK(decode(kind.coding, out).text == "kept");
  });
}

TEST_CASE("coder: what is coded is much smaller, and flushed after each 16 KiB at most 3 % larger than without") {
  CoderPool pool;
  const std::string body = text_of(1'000'000);
  for (const Coding coding : kAll) {
    const auto coder = pool.take(coder_kind(coding, BodyKind::usual, CodingTerms{}));
    const std::size_t bare = code_all(*coder, {body}, Follows::more).size();
    coder->restart();
    const std::size_t flushed = code_all(*coder, test::chop(body, 16'384), Follows::pause).size();
    CHECK(bare < body.size() / 3);
    CHECK_MESSAGE(flushed < bare + bare * 3 / 100, coding_name(coding), ": ", bare, " and ", flushed);
  }
}

TEST_CASE("coder: a reader of zstd needs a window of 128 KiB, far below the 8 MiB of browsers (RFC 9659)") {
  CoderPool pool;
  CodingTerms terms;
  terms.zstd_level = 12;
  const auto coder = pool.take(coder_kind(Coding::zstd, BodyKind::usual, terms));
  const std::string coded = code_all(*coder, {text_of(3'000'000)}, Follows::more);
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  REQUIRE_FALSE(ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kZstdWindowLog)));
  std::string room(65'536, '\0');
  ZSTD_inBuffer input{coded.data(), coded.size(), 0};
  ZSTD_outBuffer output{room.data(), room.size(), 0};
  CHECK_FALSE(ZSTD_isError(ZSTD_decompressStream(context.get(), &output, &input)));
}

TEST_CASE("coder pool: a coder that is given back is lent again, and all coders together are bounded") {
  const CoderKind kind = coder_kind(Coding::gzip, BodyKind::usual, CodingTerms{});
  CoderPool pool(2 * coder_memory(kind));
  REQUIRE(pool.book(kind));
  REQUIRE(pool.book(kind));
  CHECK_FALSE(pool.book(kind));
  auto coder = pool.take(kind);
  const Coder* const lent = coder.get();
  pool.give_back(kind, std::move(coder));
  CHECK(pool.booked() == coder_memory(kind));
  CHECK(pool.book(kind));
  CHECK(pool.take(kind).get() == lent);
  pool.give_back(kind, nullptr);  // booked, and never needed
  CHECK(pool.booked() == coder_memory(kind));
}

TEST_CASE("coder pool: at any level a slice is between 2 and 32 KiB, and slower levels have smaller ones") {
  CodingTerms slow, fast;
  slow.gzip_level = slow.br_level = 9;
  slow.zstd_level = 12;
  fast.gzip_level = fast.br_level = fast.zstd_level = 1;
  for (const Coding coding : kAll) {
    const std::size_t least = coder_slice(coder_kind(coding, BodyKind::usual, slow));
    const std::size_t most = coder_slice(coder_kind(coding, BodyKind::usual, fast));
    CHECK(least >= 2'048);
    CHECK(least < most);
    CHECK(most <= 32'768);
  }
}

TEST_CASE("spare blocks: a block that was given back is taken again, up to the limit") {
  SpareBlocks blocks(1'000);
  void* const first = blocks.take(600);
  void* const second = blocks.take(600);
  blocks.give(first);
  CHECK(blocks.kept() == 600);
  blocks.give(second);  // too much: freed
  CHECK(blocks.kept() == 600);
  CHECK(blocks.take(600) == first);
  CHECK(blocks.kept() == 0);
  blocks.give(first);
  blocks.give(nullptr);
}
