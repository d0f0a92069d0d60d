// [sites.compression], and what a route says in the place of its site.
#include <doctest/doctest.h>

#include "router/settings/settings_file.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

SiteSettings site_of(const std::string& more) { return good(read_toml_text(kProxy + more)).file->sites.at(0); }

std::string error_of(const std::string& line) {
  const FileReading reading = read_toml_text(std::string(kProxy) + "[sites.compression]\n" + line + "\n");
  REQUIRE(reading.errors.size() == 1);
  return reading.errors.front();
}

}  // namespace

TEST_CASE("compression: a site has the documented defaults, and so has each route") {
  const SiteSettings site = site_of("");
  CHECK(site.compression == CompressionSettings{});
  CHECK(site.compression.enabled);
  CHECK(site.compression.min_size == 1'024);
  CHECK(site.proxy.routes.at(0).compression == site.compression);
}

TEST_CASE("compression: a route begins with what its site says, wherever that stands in the file") {
  const SiteSettings site = site_of(
      "[sites.proxy.routes.compression]\nenabled = false\n[sites.compression]\nlevel = 2\ncodings = [\"gzip\"]\n"
      "types = [\"text/*\"]\nbr_level = 3\nzstd_level = 12\nmin_size = \"2KiB\"\n");
  const CompressionSettings& route = site.proxy.routes.at(0).compression;
  CHECK_FALSE(route.enabled);
  CHECK(route.level == 2);
  CHECK(route.br_level == 3);
  CHECK(route.zstd_level == 12);
  CHECK(route.min_size == 2'048);
  CHECK(route.codings == std::vector<std::string>{"gzip"});
  CHECK(route.types == std::vector<std::string>{"text/*"});
  CHECK(site.compression.enabled);
}

TEST_CASE("compression: a wrong value is an error that says what fits") {
  CHECK(error_of("codings = [\"deflate\"]").find("wants codings: zstd, br, gzip") != std::string::npos);
  CHECK(error_of("types = [\"text/html; q=1\"]").find("wants types, as html") != std::string::npos);
  CHECK(error_of("level = 10").find("wants a number from 0 to 9") != std::string::npos);
  CHECK(error_of("zstd_level = 13").find("wants a number from 0 to 12") != std::string::npos);
}
