// What a site of a file says about answers of its own, and about how it listens.
#include <doctest/doctest.h>

#include <string>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string site(const std::string& more, const std::string& listen = "port = 8080") {
  return "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\n" + listen + "\n" + more + "\n";
}

std::string error_of(const std::string& text) {
  const FileReading reading = read_toml_text(text);
  REQUIRE(reading.errors.size() == 1);
  return reading.errors[0].substr(reading.errors[0].find(':') + 1);
}

}  // namespace

TEST_CASE("content settings: folders begin with what their site tells caches") {
  const Settings settings = good(
      read_toml_text(site("[sites.cache]\nmax_age_static = 5\n[[sites.folders]]\npath = \"/d\"\nstatic_dir = \"d\"")));
  const FolderSettings& folder = settings.file->sites[0].folders.at(0);
  CHECK(folder.folder == "dir/d");
  CHECK(folder.cache.max_age_static == Millis(5'000));
}

TEST_CASE("content settings: wrong values") {
  CHECK(error_of(site("[[sites.folders]]\npath = \"d\"\nstatic_dir = \"d\"")) ==
        "6:8: sites(main).folders(d).path = \"d\": wants a path from / on");
  CHECK(error_of(site("[[sites.folders]]\npath = \"/d\"")) ==
        "5:1: sites(main).folders(/d).static_dir is missing: wants a path");
  CHECK(error_of(site("[[sites.documents]]\npath = \"/d\"")) ==
        "5:1: sites(main).documents(/d).value is missing: wants a value");
  CHECK(error_of(site("[[sites.archives]]\npath = \"/d\"\nfile = \"a\"\ndownload = true")) ==
        "8:12: sites(main).archives(/d).download: wants origin, too");
  CHECK(error_of(site("[[sites.archives]]\npath = \"/d\"\nfile = \"a\"\norigin = \"ftp://a\"")) ==
        "8:10: sites(main).archives(/d).origin = \"ftp://a\": wants an http:// or https:// URL");
  CHECK(error_of(site("backlog = 0")) == "5:11: sites(main).backlog = 0: wants a number from 1 to 65535");
}

TEST_CASE("content settings: sites of one place listen on the same terms") {
  const std::string other = "[[sites]]\nname = \"b\"\nhostname = \"b.example\"\nport = 8080\n";
  CHECK(error_of(site("shared = true\ndefault = true") + other) ==
        "10:8: sites(b).port: sites at *:8080 want the same backlog, shared and user_timeout; the site of line 1 has "
        "others");
}

TEST_CASE("content settings: a range of ports") {
  const Settings settings = good(read_toml_text(site("", "listen = [\"*:8080-8090\"]")));
  const ListenAddress& listen = settings.file->sites[0].listen.at(0);
  CHECK(listen == ListenAddress{"", 8080, "", 8090});
  CHECK(to_text(listen) == "*:8080-8090");
  for (const char* wrong : {"*:8090-8080", "*:0-5", "*:80-", "*:-80", "*:80-99999"})
    CHECK_FALSE(read_listen_address(wrong).has_value());
}
