#include "router/coding/choose_coding.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace zeroway;

namespace {

constexpr std::array kOrder{Coding::zstd, Coding::br, Coding::gzip, Coding::identity};

std::string choose(std::string_view accept) {
  return std::string(coding_name(choose_coding(Head{{"accept-encoding", accept}}, kOrder)));
}

}  // namespace

TEST_CASE("choose coding: the heaviest weight wins, then our own order (RFC 9110 §12.5.3)") {
  CHECK(choose("gzip") == "gzip");
  CHECK(choose("gzip, deflate, br, zstd") == "zstd");
  CHECK(choose("gzip, deflate, br") == "br");
  CHECK(choose("gzip;q=1.0, br;q=0.5") == "gzip");
  CHECK(choose("gzip ; q=0.8 , br; Q=0.9") == "br");
  CHECK(choose("br;q=0.001") == "br");
  CHECK(choose("*") == "zstd");
  CHECK(choose("*;q=0.5, gzip") == "gzip");
  CHECK(choose("zstd;q=0, *") == "br");
  CHECK(choose("X-GZIP") == "gzip");
  CHECK(choose("gzip,,br;q=0.2,") == "gzip");
}

TEST_CASE("choose coding: no Accept-Encoding is no coding, and nothing that is refused comes") {
  CHECK(choose_coding(Head{}, kOrder) == Coding::identity);
  CHECK(choose("") == "");
  CHECK(choose("deflate, compress") == "");
  CHECK(choose("gzip;q=0") == "");
  CHECK(choose("gzip;q=0.000, br;q=0.0") == "");
  CHECK(choose("identity, gzip;q=0.5") == "");
  CHECK(choose("*;q=0") == "");
  CHECK(choose("identity;q=0") == "");
  CHECK(choose("gzip;q=nonsense") == "");
  CHECK(choose("not-gzip, brotli, zstandard") == "");
}

TEST_CASE("choose coding: identity that is refused gives way to any coding that is accepted") {
  CHECK(choose("identity;q=0, gzip;q=0.001") == "gzip");
  CHECK(choose("*;q=0, br;q=0.1") == "br");
}

TEST_CASE("choose coding: several fields are one list") {
  const Head head{{"accept-encoding", "gzip;q=0.5"}, {"accept-encoding", "br;q=0.9"}};
  CHECK(choose_coding(head, kOrder) == Coding::br);
}

TEST_CASE("choose coding: what is not there is not chosen, and identity need not be there") {
  constexpr std::array kGzip{Coding::gzip};
  CHECK(choose_coding(Head{{"accept-encoding", "br, zstd"}}, kGzip) == Coding::identity);
  CHECK(choose_coding(Head{{"accept-encoding", "identity;q=0.5, gzip;q=0.1"}}, kGzip) == Coding::gzip);
}
