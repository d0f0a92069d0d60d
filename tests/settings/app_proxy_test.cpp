#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string errors_of(const std::string& text) {
  std::string all;
  for (const std::string& error : read_toml_text(text).errors) all += error + "\n";
  return all;
}

}  // namespace

TEST_CASE("app proxy: the table alone is a site for sessions at port 5050") {
  const Settings settings = good(read_toml_text("[app_proxy]\n"));
  REQUIRE(settings.file->sites.size() == 1);
  const SiteSettings& site = settings.file->sites.front();
  CHECK(site.name == "app_proxy");
  REQUIRE(site.listen.size() == 1);
  CHECK(site.listen.front() == ListenAddress{"", 5050, ""});
  CHECK(site.is_default);
  CHECK_FALSE(site.fabric);
  CHECK(site.sessions.enabled);
  CHECK(settings.file->app_proxy->coordinator.url.empty());
}

TEST_CASE("app proxy: its keys, beside other sites and with what holds for all of them") {
  const Settings settings = good(read_toml_text(R"([[sites]]
name = "main"
hostname = "example.com"
port = 8080
[app_proxy]
listen = ["127.0.0.1:443"]
hostname = "Apps.example.com"
domain = ".Apps.example.com"
coordinator_url = "https://coordinator.test/base"
secret_file = "s"
heartbeat = 5
verify = false
advertised_tls = true
advertised_port = 8443
authority = "r1"
[app_proxy.ssl]
enabled = true
cert_file = "c"
key_file = "k"
[sessions]
rewrite_location = true
[acme]
email = "a@example.com"
)"));
  REQUIRE(settings.file->sites.size() == 2);
  const SiteSettings& site = settings.file->sites.back();
  CHECK(site.hostname == "apps.example.com");
  CHECK(site.hostnames == std::vector<std::string>{"*.apps.example.com"});
  CHECK(site.listen.front().port == 443);
  CHECK(site.ssl.enabled);
  CHECK(site.ssl.acme.email == "a@example.com");
  CHECK(site.sessions.rewrite_location);
  CHECK(site.sessions.enabled);
  const CoordinatorSettings& coordinator = settings.file->app_proxy->coordinator;
  CHECK(coordinator.target.scheme == MemberScheme::https);
  CHECK(coordinator.target.base == "/base");
  CHECK(coordinator.secret_file == "dir/s");
  CHECK(coordinator.heartbeat == Millis(5'000));
  CHECK_FALSE(coordinator.verify);
  CHECK(coordinator.advertised_tls == true);
  CHECK(coordinator.advertised_port == 8443);
  CHECK(coordinator.authority == "r1");
}

TEST_CASE("app proxy: wrong values are told") {
  struct Wrong {
    std::string line, told;
  };
  for (const Wrong& one : {Wrong{"coordinator_url = \"ftp://x\"", "app_proxy.coordinator_url"},
                           {"coordinator_url = \"unix:/x\"", "app_proxy.coordinator_url"},
                           {"coordinator_url = \"http://x\"", "wants secret_file, too"},
                           {"heartbeat = \"500ms\"", "a time from 1s to 1h"},
                           {"domain = \"*.x.test\"", "a host without *"},
                           {"authority = \"a b\"", "a word without spaces"},
                           {"advertised_port = 0", "a number from 1 to 65535"},
                           {"listen = [\"x\"]", "app_proxy.listen"},
                           {"advertised_tls = 5", "true or false"}}) {
    CHECK_MESSAGE(errors_of("[app_proxy]\n" + one.line + "\n").find(one.told) != std::string::npos, one.line);
  }
  CHECK(errors_of("[app_proxy]\nlisten = [\"127.0.0.1:80\"]\n[[sites]]\nname = \"x\"\nhostname = \"x\"\nlisten = "
                  "[\"127.0.0.1:80\"]\ndefault = true\n")
            .find("default") != std::string::npos);
}

TEST_CASE("app proxy: keys of a coordinator that is not there change nothing, and that is told") {
  const FileReading reading = read_toml_text("[app_proxy]\nheartbeat = 5\n");
  REQUIRE(reading.warnings.size() == 1);
  CHECK(reading.warnings.front().find("app_proxy.heartbeat changes nothing") != std::string::npos);
}
