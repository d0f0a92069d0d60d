// Archives: which names may become files, and what is unpacked of a ZIP archive that somebody else has made.
#include <doctest/doctest.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "router/backends/archive/member_name.h"
#include "router/backends/archive/unpack.h"
#include "tests/support/folder.h"

using namespace zeroway;

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// A ZIP archive with these members, in their order; short ones as they are.
std::string write_zip(const Folder& folder, const Members& members) {
  const std::string path = folder.path("some.zip");
  zip_t* const zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  REQUIRE(zip != nullptr);
  for (const auto& [name, text] : members) {
    zip_source_t* const source = zip_source_buffer(zip, text.data(), text.size(), 0);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    REQUIRE(index >= 0);
    const bool is_short = text.size() < 100;
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), is_short ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0);
  }
  REQUIRE(zip_close(zip) == 0);
  return path;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Changes bytes of the archive, where they are first and last.
void replace_all(const std::string& path, const std::string& from, const std::string& to) {
  std::string content = read(path);
  for (auto at = content.find(from); at != std::string::npos; at = content.find(from, at + 1))
    content.replace(at, from.size(), to);
  std::ofstream(path, std::ios::binary) << content;
}

std::string error_of(const Folder& folder, const std::string& archive, std::uint64_t most = kMostUnpacked) {
  const auto done = unpack(archive, folder.path("out"), most);
  CHECK_FALSE(std::filesystem::exists(folder.path("out")));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
    CHECK(entry.path().string() == archive);  // nothing is left
  return done ? "" : done.error().detail;
}

bool says(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("archive: names that may be files or folders") {
  for (const char* name : {"a", "a/b.js", "a/b/", "dir/", "ü.html", "a b", "..a", "a..", ".hidden"})
    CHECK_MESSAGE(fault_of_member(name).empty(), name);
  for (const char* name : {"", "/", "/etc/passwd", "../a", "a/../b", "a/..", "..", ".", "./a", "a//b", "a/./b", "a\\b",
                           "..\\a", "a\nb", "a\x7f", "//"})
    CHECK_MESSAGE(!fault_of_member(name).empty(), name);
  CHECK_FALSE(fault_of_member(std::string(2'000, 'a')).empty());
  CHECK_FALSE(fault_of_member(std::string_view("a\0b", 3)).empty());
}

TEST_CASE("archive: its members are files, with their folders and their contents") {
  const Folder folder;
  const std::string archive = write_zip(
      folder, {{"index.html", "page"}, {"js/a.js", std::string(1'000'000, 'a')}, {"empty.txt", ""}, {"some/", ""}});
  REQUIRE(unpack(archive, folder.path("below/out")).has_value());
  CHECK(read(folder.path("below/out/index.html")) == "page");
  CHECK(read(folder.path("below/out/js/a.js")).size() == 1'000'000);
  CHECK(std::filesystem::file_size(folder.path("below/out/empty.txt")) == 0);
  CHECK(std::filesystem::is_directory(folder.path("below/out/some")));
  // What is there is not written again.
  std::filesystem::remove(archive);
  CHECK(unpack(archive, folder.path("below/out")).has_value());
}

TEST_CASE("archive: a member that would lead out of the folder is an error, and nothing is written") {
  for (const char* name : {"../out.txt", "/tmp/out.txt", "a/../../out.txt", "..\\out.txt"}) {
    const Folder folder;
    CHECK(says(error_of(folder, write_zip(folder, {{"good", "1"}, {name, "2"}})), std::string("member '") + name));
  }
}

TEST_CASE("archive: links and encrypted members are errors") {
  const Folder folder;
  const std::string archive = write_zip(folder, {{"link", "/etc/passwd"}});
  zip_t* zip = zip_open(archive.c_str(), 0, nullptr);
  REQUIRE(zip != nullptr);
  zip_file_set_external_attributes(zip, 0, 0, ZIP_OPSYS_UNIX, 0120777U << 16);
  REQUIRE(zip_close(zip) == 0);
  CHECK(says(error_of(folder, archive), "member 'link': it is neither a file nor a folder"));
  zip = zip_open(archive.c_str(), ZIP_TRUNCATE | ZIP_CREATE, nullptr);
  REQUIRE(zip != nullptr);
  zip_source_t* const source = zip_source_buffer(zip, "secret", 6, 0);
  REQUIRE(zip_file_add(zip, "secret", source, 0) >= 0);
  zip_file_set_encryption(zip, 0, ZIP_EM_AES_256, "password");
  REQUIRE(zip_close(zip) == 0);
  CHECK(says(error_of(folder, archive), "member 'secret': it is encrypted"));
}

TEST_CASE("archive: a bomb ends at the bound, whatever it says of its size") {
  const Folder folder;
  const std::string archive = write_zip(folder, {{"a", std::string(600'000, '\0')}, {"b", std::string(600'000, '\0')}});
  CHECK(std::filesystem::file_size(archive) < 5'000);
  CHECK(says(error_of(folder, archive, 1'000'000), "member 'b': all members together are larger than 1000000 bytes"));
}

TEST_CASE("archive: a wrong checksum, a cut archive and no archive are errors") {
  const Folder folder;
  const std::string archive = write_zip(folder, {{"a", "stored as it is, for it is short"}});
  replace_all(archive, "stored", "STORED");
  CHECK(says(error_of(folder, archive), "member 'a': "));
  const std::string whole = read(archive);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::ofstream(archive, std::ios::binary) << whole.substr(0, size);
    CHECK_MESSAGE(says(error_of(folder, archive), archive + ": "), size);
  }
  std::ofstream(archive) << "<html>not found</html>";
  CHECK(says(error_of(folder, archive), "no ZIP archive"));
}

TEST_CASE("archive: two members of one name, or one below another, are errors") {
  const Folder folder;
  const std::string archive = write_zip(folder, {{"name-a", "1"}, {"name-b", "2"}});
  replace_all(archive, "name-b", "name-a");
  CHECK_FALSE(error_of(folder, archive).empty());
  CHECK(says(error_of(folder, write_zip(folder, {{"a", "1"}, {"a/b", "2"}})), "member 'a/b': "));
}
