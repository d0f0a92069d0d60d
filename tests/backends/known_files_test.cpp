#include "router/backends/files/known_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "router/backends/files/limits.h"
#include "tests/support/folder.h"

using namespace zeroway;

namespace {

struct HandClock final : WallClock {
  Time time{std::chrono::hours(1)};
  WallTime wall = std::chrono::system_clock::now() + std::chrono::hours(1);  // all files are old
  [[nodiscard]] Time now() const override { return time; }
  [[nodiscard]] WallTime wall_now() const override { return wall; }
};

struct Shelf {
  explicit Shelf(Precompressed precompressed = Precompressed::no) : known(root, types, clock, precompressed) {
    REQUIRE(root.open().has_value());
  }
  // The content in memory, after it was opened as a reply does; "-" when it is not in memory.
  std::string content(const std::string& name) {
    KnownName& found = known.find(name);
    if (found.find != Find::file) return "no file";
    if (!found.file(Coding::identity).content) static_cast<void>(known.open(found, Coding::identity));
    const KnownFile& file = found.file(Coding::identity);
    return file.content ? *file.content : "-";
  }
  std::string etag(const std::string& name) { return known.find(name).file(Coding::identity).etag; }
  void write(const std::string& name, const std::string& text) const { static_cast<void>(folder.write(name, text)); }

  Folder folder;
  HandClock clock;
  MimeTypes types;
  RootFolder root{folder.path("")};
  KnownFiles known;
};

}  // namespace

TEST_CASE("known files: a small file is read once and asked for again after a second") {
  Shelf shelf;
  shelf.write("a", "one");
  CHECK(shelf.content("a") == "one");
  const std::string tag = shelf.etag("a");
  shelf.write("a", "three");
  CHECK(shelf.content("a") == "one");
  shelf.clock.time += kLookAgain;
  CHECK(shelf.content("a") == "three");
  CHECK(shelf.etag("a") != tag);
  CHECK(shelf.known.bytes() == 5);
}

TEST_CASE("known files: a file that was replaced by one of equal size and time is another file") {
  Shelf shelf;
  shelf.write("a", "one");
  const auto time = std::filesystem::last_write_time(shelf.folder.path("a"));
  CHECK(shelf.content("a") == "one");
  shelf.write("b", "two");
  std::filesystem::last_write_time(shelf.folder.path("b"), time);
  std::filesystem::rename(shelf.folder.path("b"), shelf.folder.path("a"));
  shelf.clock.time += kLookAgain;
  CHECK(shelf.content("a") == "two");
}

TEST_CASE("known files: a file that changed a moment ago is not kept, as a second change may have the same time") {
  Shelf shelf;
  shelf.write("a", "one");
  shelf.clock.wall = std::chrono::system_clock::now();
  CHECK(shelf.content("a") == "-");
  CHECK(shelf.known.bytes() == 0);
  shelf.clock.wall += std::chrono::seconds(10);
  CHECK(shelf.content("a") == "one");
}

TEST_CASE("known files: a file that is gone is gone after a second, and at once when it must be opened") {
  Shelf shelf;
  shelf.write("a", "one");
  shelf.write("large", std::string(kMostHotFile + 1, 'x'));
  CHECK(shelf.content("a") == "one");
  CHECK(shelf.content("large") == "-");
  std::filesystem::remove(shelf.folder.path("a"));
  std::filesystem::remove(shelf.folder.path("large"));
  CHECK(shelf.known.open(shelf.known.find("large"), Coding::identity).find == Find::nothing);
  CHECK(shelf.content("large") == "no file");
  shelf.clock.time += kLookAgain;
  CHECK(shelf.content("a") == "no file");
  CHECK(shelf.known.size() == 0);
  CHECK(shelf.known.bytes() == 0);
}

TEST_CASE("known files: names without a file take no memory") {
  Shelf shelf;
  shelf.write("a", "one");
  CHECK(shelf.content("a") == "one");
  for (std::size_t at = 0; at < kMostKnown * 2; ++at) CHECK(shelf.known.find(std::to_string(at)).find == Find::nothing);
  CHECK(shelf.known.size() == 1);
  CHECK(shelf.known.bytes() == 3);
}

TEST_CASE("known files: contents are bounded, and the one that was not asked for the longest goes first") {
  Shelf shelf;
  const std::string text(kMostHotFile, 'x');
  const std::size_t fits = kHotBytes / kMostHotFile;
  for (std::size_t at = 0; at < fits + 8; ++at) shelf.write(std::to_string(at), text);
  for (std::size_t at = 0; at < fits; ++at) CHECK(shelf.content(std::to_string(at)).size() == text.size());
  CHECK(shelf.known.bytes() == kHotBytes);
  CHECK(shelf.content("0").size() == text.size());
  for (std::size_t at = fits; at < fits + 8; ++at) CHECK(shelf.content(std::to_string(at)).size() == text.size());
  CHECK(shelf.known.bytes() == kHotBytes);
  CHECK(shelf.known.find("0").file(Coding::identity).content != nullptr);
  CHECK(shelf.known.find("1").file(Coding::identity).content == nullptr);
}

TEST_CASE("known files: an empty file has its content in memory") {
  Shelf shelf;
  shelf.write("empty", "");
  CHECK(shelf.content("empty") == "");
}

TEST_CASE("known files: what lies beside a file is found, if it is a file and asked for") {
  Shelf shelf(Precompressed::yes);
  for (const char* name : {"a", "a.br", "a.gz", "b"}) shelf.write(name, name);
  std::filesystem::create_directory(shelf.folder.path("b.gz"));
  CHECK(shelf.known.find("a").there ==
        (coding_bit(Coding::br) | coding_bit(Coding::gzip) | coding_bit(Coding::identity)));
  CHECK(shelf.known.find("a").varies());
  CHECK_FALSE(shelf.known.find("b").varies());
  std::filesystem::remove(shelf.folder.path("a.br"));
  shelf.clock.time += kLookAgain;
  CHECK(shelf.known.find("a").there == (coding_bit(Coding::gzip) | coding_bit(Coding::identity)));
  Shelf plain;
  for (const char* name : {"a", "a.br"}) plain.write(name, name);
  CHECK_FALSE(plain.known.find("a").varies());
}
