// Names in paths, files beneath a folder, and its listing.
#include "router/backends/files/root_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>
#include <string>

#include "router/backends/files/file_name.h"
#include "router/backends/files/folder_listing.h"
#include "router/backends/files/limits.h"
#include "tests/support/folder.h"

using namespace zeroway;
namespace fs = std::filesystem;

namespace {

// "name", "name/" for a folder, "-" when the path names no file.
std::string named(std::string_view path, DotFiles dot_files = DotFiles::hidden) {
  const auto name = file_name(path, dot_files);
  return name ? name->name + (name->is_folder ? "/" : "") : "-";
}

// A root with "in" beneath it and "secret" beside it.
struct Tree {
  Tree() {
    fs::create_directories(folder.path("root/sub"));
    static_cast<void>(folder.write("root/in", "inside"));
    static_cast<void>(folder.write("secret", "outside"));
    REQUIRE(root.open().has_value());
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, folder.path("root/" + name));
  }
  [[nodiscard]] Find find(const std::string& name) const { return root.open(name).find; }
  [[nodiscard]] std::string listing(const std::string& name = "", DotFiles dot_files = DotFiles::hidden) const {
    return write_listing(name, read_folder(root, name, root.open(name).descriptor, dot_files));
  }

  Folder folder;
  RootFolder root{folder.path("root")};
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("file name: a path is decoded once") {
  CHECK(named("/") == "/");
  CHECK(named("/a.txt") == "a.txt");
  CHECK(named("/a/b.txt") == "a/b.txt");
  CHECK(named("/a/b/") == "a/b/");
  CHECK(named("/a%20b%3F%23") == "a b?#");
  CHECK(named("/%E2%82%AC") == "\xe2\x82\xac");
  CHECK(named("/%2541") == "%41");
  CHECK(named("/a%5Cb") == "a\\b");
  CHECK(named("/a:b") == "a:b");
  CHECK(named("/...") == "-");
  CHECK(named("/a..b/c.") == "a..b/c.");
}

TEST_CASE("file name: what is checked is what was decoded, so no escape passes a check") {
  for (const std::string_view path :
       {"",       "*",     "a",    "/..",    "/../x", "/a/../b",     "/%2e%2e/x",  "/.%2E", "/%2E",
        "/a/./b", "/x%00", "/%00", "/a%2Fb", "/%2f",  "/a%2f..%2fb", "/%",         "/%4",   "/%zz",
        "/a%",    "//",    "//a",  "/a//b",  "/a//",  "/..%2f",      "/%2e%2e%2fx"}) {
    CAPTURE(path);
    CHECK(named(path) == "-");
    CHECK(named(path, DotFiles::shown) == "-");
  }
}

TEST_CASE("file name: a name that begins with a dot is hidden, except .well-known, unless asked") {
  for (const std::string_view path : {"/.git", "/.git/config", "/a/.env", "/%2egit/config", "/.well-knownx"}) {
    CAPTURE(path);
    CHECK(named(path) == "-");
    CHECK(named(path, DotFiles::shown) != "-");
  }
  CHECK(named("/.well-known/security.txt") == ".well-known/security.txt");
  CHECK(named("/.well-known/.x") == "-");
}

TEST_CASE("file name: where a folder is said with one slash, the query, and nothing that reads as a scheme or a host") {
  CHECK(folder_location("sub", "") == "./sub/");
  CHECK(folder_location("a/sub", "?x=/&y") == "./sub/?x=/&y");
  CHECK(folder_location("javascript:alert(1)", "") == "./javascript%3Aalert%281%29/");
  CHECK(folder_location("\\\\evil.example", "") == "./%5C%5Cevil.example/");
  CHECK(folder_location("a\r\nb", "") == "./a%0D%0Ab/");
  CHECK(folder_location("..", "") == "./../");  // no path leads here: file_name() refuses it
}

TEST_CASE("root folder: files and folders beneath it are found, and the rest is not there") {
  const Tree tree;
  CHECK(tree.find("in") == Find::file);
  CHECK(tree.find("sub") == Find::folder);
  CHECK(tree.find("") == Find::folder);
  CHECK(tree.find("none") == Find::nothing);
  CHECK(tree.find("in/x") == Find::nothing);
  CHECK(tree.find(std::string(300, 'a')) == Find::nothing);
  CHECK(tree.find(std::string(5'000, 'a')) == Find::nothing);
  CHECK(tree.root.open("in").facts.size == 6);
}

TEST_CASE("root folder: no name and no link leads out, whatever the name looks like") {
  const Tree tree;
  CHECK(tree.find("../secret") == Find::nothing);
  CHECK(tree.find("sub/../../secret") == Find::nothing);
  CHECK(tree.find(tree.folder.path("secret")) == Find::nothing);
  tree.link("../secret", "out");
  tree.link("sub/../../secret", "winding");
  tree.link(tree.folder.path("secret"), "absolute");
  tree.link("..", "up");
  tree.link("/proc/self/root", "proc");
  for (const char* name : {"out", "winding", "absolute", "up", "up/secret", "up/root/in", "proc", "proc/etc/passwd"}) {
    CAPTURE(name);
    CHECK(tree.find(name) == Find::nothing);
  }
}

TEST_CASE("root folder: a link that stays inside is followed, and a circle of links ends") {
  const Tree tree;
  tree.link("in", "same");
  tree.link("../in", "sub/back");
  tree.link("sub", "again");
  tree.link("circle", "circle");
  CHECK(tree.find("same") == Find::file);
  CHECK(tree.find("sub/back") == Find::file);
  CHECK(tree.find("again") == Find::folder);
  CHECK(tree.find("again/back") == Find::file);
  CHECK(tree.find("circle") == Find::nothing);
}

TEST_CASE("root folder: a FIFO, a socket and a device are no files, and block nobody") {
  const Tree tree;
  REQUIRE(::mkfifo(tree.folder.path("root/fifo").c_str(), 0600) == 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  tree.folder.path("root/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(tree.find("fifo") == Find::nothing);  // a blocking open would wait for ever
  CHECK(tree.find("socket") == Find::nothing);
  ::close(fd);
}

TEST_CASE("root folder: a root that is missing or no folder is an error at the start") {
  const Folder folder;
  RootFolder missing(folder.path("none"));
  const auto opened = missing.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(has(opened.error().detail, "none"));
  RootFolder file(folder.write("file", ""));
  CHECK_FALSE(file.open().has_value());
}

TEST_CASE("root folder: a release that is switched by a link is seen, and a missing one keeps the old one") {
  const Folder folder;
  fs::create_directories(folder.path("v1"));
  fs::create_directories(folder.path("v2"));
  static_cast<void>(folder.write("v1/old", ""));
  static_cast<void>(folder.write("v2/new", ""));
  fs::create_symlink("v1", folder.path("now"));
  RootFolder root(folder.path("now"));
  REQUIRE(root.open().has_value());
  CHECK(root.open("old").find == Find::file);
  fs::remove(folder.path("now"));
  root.look_again();
  CHECK(root.open("old").find == Find::file);
  fs::create_symlink("v2", folder.path("now"));
  root.look_again();
  CHECK(root.open("new").find == Find::file);
  CHECK(root.open("old").find == Find::nothing);
}

TEST_CASE("listing: folders come first, then files, each by name") {
  const Tree tree;
  static_cast<void>(tree.folder.write("root/b", std::string(2'048, 'x')));
  static_cast<void>(tree.folder.write("root/a", ""));
  const std::string page = tree.listing();
  CHECK(page.find("./sub/\">sub/") < page.find("./a\">a<"));
  CHECK(page.find("./a\">a<") < page.find("./b\">b<"));
  CHECK(page.find("./b\">b<") < page.find("./in\">in<"));
  CHECK(has(page, "<td>2.0 KiB</td>"));
  CHECK(has(page, "<td>0 B</td>"));
  CHECK(has(page, " GMT</td>"));
  CHECK_FALSE(has(page, "../"));
  CHECK(has(tree.listing("sub"), "<a href=\"../\">"));
}

TEST_CASE("listing: a name is text in the page and one segment in its link") {
  const Tree tree;
  for (const char* name : {"<script>alert(1)<", "a?b#c%d", "x:y", "\"'&", "\\", " "})
    static_cast<void>(tree.folder.write("root/sub/" + std::string(name), ""));
  const std::string page = tree.listing("sub");
  CHECK_FALSE(has(page, "<script"));
  CHECK(has(page, "&lt;script&gt;alert(1)&lt;"));
  CHECK(has(page, "href=\"./a%3Fb%23c%25d\""));
  CHECK(has(page, "href=\"./x%3Ay\""));
  CHECK(has(page, "href=\"./%22%27%26\">&quot;&#39;&amp;<"));
  CHECK(has(page, "href=\"./%5C\""));
  fs::create_directories(tree.folder.path("root/<b>"));
  CHECK(has(tree.listing("<b>"), "<title>/&lt;b&gt;/</title>"));
}

TEST_CASE("listing: only what would be served is listed") {
  const Tree tree;
  tree.link("../secret", "out");
  tree.link("in", "inner");
  static_cast<void>(tree.folder.write("root/.env", ""));
  REQUIRE(::mkfifo(tree.folder.path("root/fifo").c_str(), 0600) == 0);
  const std::string page = tree.listing();
  CHECK(has(page, ">inner<"));
  CHECK_FALSE(has(page, ">out<"));
  CHECK_FALSE(has(page, ".env"));
  CHECK_FALSE(has(page, "fifo"));
  CHECK(has(tree.listing("", DotFiles::shown), ">.env<"));
}

TEST_CASE("listing: a folder of many files is cut, and the page says so") {
  const Tree tree;
  for (std::size_t at = 0; at < kMostListed + 5; ++at)
    static_cast<void>(tree.folder.write("root/sub/" + std::to_string(at), ""));
  const Opened sub = tree.root.open("sub");
  const std::string page = tree.listing("sub");
  CHECK(has(page, "not all are here"));
  CHECK_FALSE(has(tree.listing(), "not all are here"));
  std::size_t rows = 0;
  for (std::size_t at = page.find("<tr>"); at != std::string::npos; at = page.find("<tr>", at + 1)) ++rows;
  CHECK(rows == kMostListed + 1);  // and the folder above
}
