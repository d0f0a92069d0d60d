// --check finds what only a plan can show.
#include "router/check.h"

#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"
#include "tests/support/folder.h"

namespace zeroway {

namespace {

// A --check of the file `name` in `folder`.
CommandLine checked(const Folder& folder, const std::string& text) {
  CommandLine line = read_command_line({"--check", "-c", folder.write("a.toml", text)});
  CHECK_MESSAGE(line.to_check.has_value(), line.error);
  CHECK_FALSE(line.settings);
  if (line.to_check) check_plan(line, {});
  return line;
}

std::string proxied(const std::string& in_proxy, const std::string& member = "") {
  return site_text() + proxy_text() + in_proxy + server_text("a", "https://a.test", member) + route_text("/", "a");
}

}  // namespace

TEST_CASE("check: a good file is told and exits with 0") {
  const Folder folder;
  const CommandLine line =
      checked(folder, proxied("") + "[sites.access_control]\nallow_origins = [\"https://a.test\"]\n");
  CHECK(line.exit_code == 0);
  CHECK(line.output.starts_with("*:8080\n  site main for example.com\n"));
  CHECK(line.error.empty());
}

TEST_CASE("check: wrong templates and patterns are errors with their place, all of them, and nothing else is printed") {
  const Folder folder;
  const CommandLine line = checked(folder, proxied("[sites.proxy.headers.add]\n\"X-A\" = \"$nobody\"\n") +
                                               redirect_text("/old", "/new/$1", "pattern = \"^/old/((\"\n"));
  CHECK(line.exit_code == 1);
  CHECK(line.output.empty());
  CHECK(line.error.find(folder.path("a.toml") + ":8:9: field 'x-a': ") != std::string::npos);
  CHECK(line.error.find(folder.path("a.toml") + ":17:1: redirect: ") != std::string::npos);
}

TEST_CASE("check: certificates that cannot be used are errors, of a listener and of a server's authority") {
  const Folder folder;
  for (const char* file : {"site.crt", "site.key", "ca.crt"}) static_cast<void>(folder.write(file, "no PEM"));
  const CommandLine server = checked(folder, proxied("", "ca_file = \"ca.crt\"\n"));
  CHECK(server.exit_code == 1);
  CHECK_MESSAGE(server.error.starts_with("pool 'a': "), server.error);
  const CommandLine site =
      checked(folder, site_text() + "[sites.ssl]\nenabled = true\ncert_file = \"site.crt\"\nkey_file = \"site.key\"\n");
  CHECK(site.exit_code == 1);
  CHECK_MESSAGE(site.error.find(folder.path("site.crt")) != std::string::npos, site.error);
}

TEST_CASE("check: an error page that is there is read, and no socket is opened") {
  const Folder folder;
  static_cast<void>(folder.write("404.html", "none"));
  const CommandLine line = checked(folder, site_text("error_pages = { 404 = \"404.html\" }\n"));
  CHECK_MESSAGE(line.exit_code == 0, line.error);
}

}  // namespace zeroway
