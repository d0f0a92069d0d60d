#include "router/acme/file_store.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "router/net/file_text.h"
#include "tests/support/folder.h"

using namespace zeroway;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

// No file may grow beyond `bytes`, as on a disk that is full.
struct FullDisk {
  explicit FullDisk(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{bytes, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
  void (*handler)(int);
  rlimit before{};
};

}  // namespace

TEST_CASE("file store: folders and files are for the router's user alone") {
  const Folder folder;
  REQUIRE(make_folders(folder.path("state/a/b")).has_value());
  REQUIRE(write_whole_file(folder.path("state/a/b/key.pem"), "secret").has_value());
  CHECK(mode_of(folder.path("state")) == 0700);
  CHECK(mode_of(folder.path("state/a/b/key.pem")) == 0600);
  CHECK(make_folders(folder.path("state/a/b")).has_value());
}

TEST_CASE("file store: a file in the place of a folder is an error that names it") {
  const Folder folder;
  const std::string file = folder.write("state", "");
  const auto made = make_folders(file + "/acme");
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().detail.find(file) != std::string::npos);
}

TEST_CASE("file store: a full disk leaves the old file, and nothing beside it") {
  const Folder folder;
  const std::string file = folder.path("a.pem");
  REQUIRE(write_whole_file(file, "old").has_value());
  {
    const FullDisk full(16);
    CHECK_FALSE(write_whole_file(file, std::string(1'000, 'x')).has_value());
    CHECK_FALSE(check_room(folder.path(""), 1'000).has_value());
  }
  CHECK(*read_file_text(file, 100) == "old");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator(folder.path(""))) ++files;
  CHECK(files == 1);
}

TEST_CASE("file store: what a crash has left is removed, all else stays") {
  const Folder folder;
  folder.write("a.pem.123.tmp", "half");
  folder.write("a.pem", "whole");
  remove_unfinished_files(folder.path(""));
  CHECK_FALSE(has_file(folder.path("a.pem.123.tmp")));
  CHECK(has_file(folder.path("a.pem")));
}

TEST_CASE("file store: a lock has one holder, and is free after its end") {
  const Folder folder;
  FileLock first, second;
  CHECK(first.take(folder.path("lock")));
  CHECK(first.take(folder.path("lock")));
  CHECK_FALSE(second.take(folder.path("lock")));
  first.release();
  CHECK(second.take(folder.path("lock")));
}

TEST_CASE("file store: a file over the limit is an error") {
  const Folder folder;
  CHECK_FALSE(read_file_text(folder.write("large", std::string(11, 'x')), 10).has_value());
  CHECK_FALSE(read_file_text(folder.path("none"), 10).has_value());
}
