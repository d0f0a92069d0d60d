#include "router/plan/coding_terms_of.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("coding terms: a level of br and zstd is made from the level, or said") {
  CompressionSettings said;
  auto terms = coding_terms_of(said);
  REQUIRE(terms);
  CHECK(terms->gzip_level == 6);
  CHECK(terms->br_level == 4);
  CHECK(terms->zstd_level == 5);
  CHECK(terms->codings == std::vector{Coding::zstd, Coding::br, Coding::gzip, Coding::identity});
  said.level = 9;
  said.br_level = 2;
  said.zstd_level = 12;
  said.codings = {"gzip", "br"};
  terms = coding_terms_of(said);
  CHECK(terms->gzip_level == 9);
  CHECK(terms->br_level == 2);
  CHECK(terms->zstd_level == 12);
  CHECK(terms->codings == std::vector{Coding::gzip, Coding::br, Coding::identity});
}

TEST_CASE("coding terms: nothing is coded at level 0, without types, without codings, or when it is switched off") {
  CompressionSettings said;
  said.enabled = false;
  CHECK_FALSE(coding_terms_of(said));
  said = {};
  said.level = 0;
  CHECK_FALSE(coding_terms_of(said));
  said = {};
  said.types.clear();
  CHECK_FALSE(coding_terms_of(said));
  said = {};
  said.codings.clear();
  CHECK_FALSE(coding_terms_of(said));
}
