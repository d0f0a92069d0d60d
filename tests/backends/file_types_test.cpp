// Tags, media types and codings of files.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "router/backends/files/content_coding.h"
#include "router/backends/files/entity_tag.h"
#include "router/backends/files/mime_types.h"
#include "tests/support/folder.h"

using namespace zeroway;

namespace {

constexpr FileFacts kFacts{.size = 5, .device = 1, .inode = 7, .modified = 784'111'777'000'000'001, .changed = 1};
constexpr CodingSet kAll = 0b1111;

std::string choose(std::string_view accept, CodingSet there = kAll) {
  return std::string(coding_name(choose_coding(Head{{"accept-encoding", accept}}, there)));
}

}  // namespace

TEST_CASE("entity tag: each representation has its own strong tag (RFC 9110 section 8.8.3)") {
  std::set<std::string> tags;
  for (const Coding coding : {Coding::identity, Coding::br, Coding::zstd, Coding::gzip})
    tags.insert(entity_tag(kFacts, coding));
  CHECK(tags.size() == 4);
  for (const std::string& tag : tags) CHECK((tag.front() == '"' && tag.back() == '"'));
  CHECK(entity_tag(kFacts, Coding::br) == entity_tag(kFacts, Coding::br));
}

TEST_CASE("entity tag: time to the nanosecond, size and inode change the tag") {
  std::set<std::string> tags{entity_tag(kFacts, Coding::identity)};
  FileFacts other = kFacts;
  other.modified += 1;
  tags.insert(entity_tag(other, Coding::identity));
  other = kFacts;
  other.size += 1;
  tags.insert(entity_tag(other, Coding::identity));
  other = kFacts;
  other.inode += 1;
  tags.insert(entity_tag(other, Coding::identity));
  CHECK(tags.size() == 4);
  other = kFacts;
  other.changed += 1;  // another owner, another link: the content is the same
  CHECK(entity_tag(other, Coding::identity) == entity_tag(kFacts, Coding::identity));
}

TEST_CASE("entity tag: a file without a date is known by the kernel's time, so a release of equal size is seen") {
  for (const std::int64_t modified : {0LL, 1'000'000'000LL}) {
    FileFacts old = kFacts, release = kFacts;
    old.modified = release.modified = modified;
    release.changed += 1;
    CHECK_FALSE(old.has_date());
    CHECK(entity_tag(old, Coding::identity) != entity_tag(release, Coding::identity));
  }
}

TEST_CASE("mime types: a table like Debian's is read, with comments, tabs and types without names") {
  const Folder folder;
  const MimeTypes types =
      MimeTypes::read(folder.write("mime.types",
                                   "# text/none js\ntext/css\t\t\tcss\napplication/zip\nimage/png png # not this\r\n"
                                   "application/x-a+json a.json A\napplication/json json"));
  CHECK(types.type_of("site.css") == "text/css; charset=utf-8");
  CHECK(types.type_of("a/b.d/SITE.CSS") == "text/css; charset=utf-8");
  CHECK(types.type_of("x.png") == "image/png");
  CHECK(types.type_of("x.json") == "application/json");
  CHECK(types.type_of("x.a.json") == "application/x-a+json");
  CHECK(types.type_of("x.b.json") == "application/json");
  CHECK(types.type_of("x.js") == "");
  CHECK(types.type_of("x.not") == "");
  CHECK(types.type_of("css") == "");
  CHECK(types.type_of("a.css/readme") == "");
  CHECK(types.type_of("") == "");
  CHECK(types.type_of("x.") == "");
}

TEST_CASE("mime types: without a table the common types are known, and a type can be overridden") {
  MimeTypes types = MimeTypes::read("/nonexistent/mime.types");
  CHECK(types.type_of("index.html") == "text/html; charset=utf-8");
  CHECK(types.type_of("app.js") == "text/javascript; charset=utf-8");
  CHECK(types.type_of("app.wasm") == "application/wasm");
  types.set(".WASM", "application/x-wasm");
  types.set("html", "text/html; charset=iso-8859-1");
  CHECK(types.type_of("app.wasm") == "application/x-wasm");
  CHECK(types.type_of("index.html") == "text/html; charset=iso-8859-1");
}

TEST_CASE("content coding: the client's weights decide, then the smallest result (RFC 9110 section 12.5.3)") {
  CHECK(choose("gzip, deflate, br") == "br");
  CHECK(choose("gzip, deflate, br, zstd") == "br");
  CHECK(choose("gzip;q=1.0, br;q=0.5") == "gzip");
  CHECK(choose("gzip ; q=0.8 , zstd; Q=0.9") == "zstd");
  CHECK(choose("br;q=0, gzip") == "gzip");
  CHECK(choose("*") == "br");
  CHECK(choose("*;q=0.5, gzip") == "gzip");
  CHECK(choose("br;q=0, *") == "zstd");
  CHECK(choose("x-gzip") == "gzip");
  CHECK(choose("GZIP") == "gzip");
  CHECK(choose("br;q=0.001") == "br");
}

TEST_CASE("content coding: the file as it is comes for a client that says nothing or refuses the others") {
  CHECK(choose_coding(Head{}, kAll) == Coding::identity);
  CHECK(choose("") == "");
  CHECK(choose("deflate") == "");
  CHECK(choose("identity, br;q=0.5") == "");
  CHECK(choose("br;q=0") == "");
  CHECK(choose("br;q=0.0, gzip;q=0.000") == "");
  CHECK(choose("gzip;q=nonsense") == "");
  CHECK(choose("not-gzip, brotli") == "");
  CHECK(choose("identity;q=0") == "");
  CHECK(choose("*;q=0") == "");
}

TEST_CASE("content coding: only a coding that is there is chosen") {
  constexpr CodingSet kGzip = coding_bit(Coding::gzip) | coding_bit(Coding::identity);
  CHECK(choose("br, gzip", kGzip) == "gzip");
  CHECK(choose("br", kGzip) == "");
  CHECK(choose("br, gzip", coding_bit(Coding::identity)) == "");
  CHECK(choose("gzip", kAll & ~coding_bit(Coding::gzip)) == "");
}
