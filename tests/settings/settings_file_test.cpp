#include "router/settings/settings_file.h"

#include <doctest/doctest.h>

#include "tests/settings/file_text.h"
#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

TEST_CASE("settings file: an empty file is the zero-config router") {
  const Settings settings = good(read_toml_text(""));
  CHECK(settings.file->sites.empty());
  Settings usual;
  usual.file = settings.file;
  CHECK(settings == usual);
}

TEST_CASE("settings file: a site has the documented defaults") {
  const Settings settings = good(read_toml_text(kProxy));
  REQUIRE(settings.file->sites.size() == 1);
  const SiteSettings& site = settings.file->sites[0];
  CHECK(site.name == "main");
  CHECK(site.hostname == "example.com");
  REQUIRE(site.listen.size() == 1);
  CHECK(to_text(site.listen[0]) == "*:8080");
  CHECK(site.index_files == std::vector<std::string>{"index.html", "index.htm"});
  CHECK(site.cache.max_age_static == 3600s);
  CHECK(site.compression.level == 6);
  CHECK(settings.management.enabled);
  CHECK_FALSE(settings.management.is_asked_for);
  CHECK(to_text(settings.management.listen) == "127.0.0.1:6040");
  const ProxySettings& proxy = site.proxy;
  CHECK(proxy.timeout.connect == 10s);
  CHECK(proxy.timeout.read == 30s);
  CHECK(proxy.balance.method == "round_robin");
  CHECK(proxy.headers.preserve_host);
  CHECK(proxy.health.interval == 30s);
  REQUIRE(proxy.members.size() == 1);
  CHECK(proxy.members[0].weight == 1);
  CHECK(proxy.members[0].target.port == 3001);
  REQUIRE(proxy.routes.size() == 1);
  CHECK(proxy.routes[0].pool == "backend");
  CHECK_FALSE(proxy.routes[0].websocket);
  CHECK(proxy.routes[0].located.place.line == 10);
}

TEST_CASE("settings file: a section that is there and lacks a key has the key's default") {
  const Settings settings =
      good(read_toml_text(std::string(kProxy) + "[sites.proxy.headers]\nadd_forwarded = false\n"));
  CHECK(settings.file->sites[0].proxy.headers.preserve_host);
  CHECK(settings.file->sites[0].proxy.headers.add_x_forwarded);
  CHECK_FALSE(settings.file->sites[0].proxy.headers.add_forwarded);
}

TEST_CASE("settings file: entries of one name are one pool, and remove is a table or a list") {
  for (const char* remove :
       {"remove = [\"Server\", \"X-Powered-By\"]\n",
        "[sites.proxy.headers.remove]\n\"Server\" = true\n\"X-Powered-By\" = true\nVia = false\n"}) {
    const Settings settings = good(read_toml_text(std::string(kProxy) +
                                                  "[[sites.proxy.upstreams]]\nname = \"backend\"\nurl = "
                                                  "\"h2c://b:1\"\n[sites.proxy.headers]\n" +
                                                  remove));
    const ProxySettings& proxy = settings.file->sites[0].proxy;
    CHECK(proxy.members.size() == 2);
    CHECK(proxy.headers.remove == std::vector<std::string>{"server", "x-powered-by"});
  }
}

TEST_CASE("settings file: times are seconds or text, sizes are bytes or text") {
  const Settings settings =
      good(read_toml_text(std::string(R"(
[limits]
head_timeout = 5
body_timeout = 1.5
idle_timeout = "2m"
max_body = "10MiB"
max_head = 2048
)") + kSite +
                          "[sites.proxy.timeout]\nread = 0\nwrite = \"500ms\"\n[[sites.proxy.routes]]\npath = "
                          "\"/\"\nupstream = \"fabric:blue\"\n"));
  CHECK(settings.edge.limits.head_timeout == 5s);
  CHECK(settings.edge.limits.body_timeout == 1500ms);
  CHECK(settings.edge.limits.idle_timeout == 2min);
  CHECK(settings.edge.limits.max_body == 10 << 20);
  CHECK(settings.edge.limits.max_head == 2048);
  CHECK(settings.file->sites[0].proxy.timeout.read == 0s);
  CHECK(settings.file->sites[0].proxy.timeout.write == 500ms);
}

TEST_CASE("settings file: a route begins with what its site says, a site with what the file says") {
  const Settings settings = good(read_toml_text(std::string(R"(
[limits]
max_body = 1000
body_rate = 7
[websocket]
auto_ping_size = 20
max_message_size = 99
[[sites]]
name = "a"
hostname = "a.example"
port = 80
max_body = 2000
[[sites.proxy.routes]]
path = "/one"
upstream = "fabric"
[[sites.proxy.routes]]
path = "/two"
upstream = "fabric"
max_body = 3000
retries = 0
balance = "ip_hash"
timeout = { read = 1 }
headers = { response_set = { "X-A" = "2", "X-B" = "3" } }
websocket_settings = { max_message_size = 5 }
[sites.websocket]
auto_ping_size = 30
[sites.proxy]
enabled = true
retries = 5
[sites.proxy.timeout]
read = 60
connect = 2
[sites.proxy.load_balancing]
method = "least_conn"
[sites.proxy.headers.response_set]
"x-a" = "1"
)")));
  const auto& routes = settings.file->sites[0].proxy.routes;
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].terms.max_body == 2000);
  CHECK(routes[0].terms.body_rate == 7);
  CHECK(routes[0].terms.web_sockets.auto_ping_size == 30);
  CHECK(routes[0].terms.web_sockets.max_message_size == 99);
  CHECK(routes[0].retries == 5);
  CHECK(routes[0].timeout.read == 60s);
  CHECK(routes[0].balance.method == "least_connections");
  CHECK(routes[1].terms.max_body == 3000);
  CHECK(routes[1].terms.web_sockets.max_message_size == 5);
  CHECK(routes[1].retries == 0);
  CHECK(routes[1].timeout.read == 1s);
  CHECK(routes[1].timeout.connect == 2s);
  CHECK(routes[1].balance.method == "ip_hash");
  REQUIRE(routes[1].headers.response_set.size() == 2);
  CHECK(routes[1].headers.response_set[0].value == "2");
  CHECK(routes[0].headers.response_set[0].value == "1");
}

TEST_CASE("settings file: paths of files are relative to the folder of the configuration file") {
  const Settings settings = good(read_toml_text(R"(
[logging]
access_log = "-"
error_log = "log/router.log"
[[sites]]
name = "a"
hostname = "a.example"
port = 443
static_dir = "../static"
error_pages = { 404 = "/srv/404.html", 5xx = "sorry.html" }
[sites.ssl]
enabled = true
cert_file = "a.crt"
key_file = "keys/a.key"
)"));
  const SiteSettings& site = settings.file->sites[0];
  CHECK(site.static_dir == "static");
  CHECK(site.ssl.cert_file == "dir/a.crt");
  CHECK(site.ssl.key_file == "dir/keys/a.key");
  CHECK(site.ssl.acme.challenge_dir.empty());
  REQUIRE(site.error_pages.size() == 2);
  CHECK(site.error_pages[0].file == "/srv/404.html");
  CHECK(site.error_pages[1].file == "dir/sorry.html");
  CHECK(site.error_pages[1].statuses == StatusRange{500, 599});
  CHECK(settings.observe.access_log == "-");
  CHECK(settings.observe.log_file == "dir/log/router.log");
}

TEST_CASE("settings file: ${NAME} is a variable of the environment, $$ a dollar, other dollars stay") {
  const Settings settings = good(read_toml_text(R"(
[management]
port = "${PORT}"
api_key = "a${KEY}b$$${PORT}$x"
[[sites]]
name = "a"
hostname = "a.example"
port = 80
[sites.headers]
"X-A" = "$remote_addr $$ ${PORT}"
)"));
  CHECK(settings.management.listen.port == 8443);
  CHECK(settings.management.api_key == "ase$$cretb$8443$x");
  CHECK_MESSAGE(settings.file->sites[0].headers[0].value == "$remote_addr $$ 8443", "a template has its own $$");
}

TEST_CASE("settings file: the management listener has the keys of BWS, and one of its own") {
  const auto management = [](const std::string& keys) {
    return good(read_toml_text("[management]\n" + keys)).management;
  };
  CHECK(to_text(management("enabled = true").listen) == "127.0.0.1:7654");
  CHECK(to_text(management("enabled = true\nport = 8443").listen) == "127.0.0.1:8443");
  CHECK(to_text(management("port = 8443\nenabled = true").listen) == "127.0.0.1:8443");
  CHECK(to_text(management("listen = \"unix:/run/zeroway.sock\"").listen) == "unix:/run/zeroway.sock");
  CHECK(management("port = 8443").is_asked_for);
  CHECK_FALSE(management("allow = [\"127.0.0.0/8\"]").is_asked_for);
  CHECK_FALSE(management("enabled = false").enabled);
  CHECK_FALSE(management("listen = \"off\"").enabled);
}

TEST_CASE("settings file: JSON has the same keys and gives the same settings as TOML") {
  const Settings from_json = good(read_json_text(R"({
  "limits": {"max_body": "1KiB", "head_timeout": 2.5},
  "sites": [
    {"name": "main", "hostname": "example.com", "port": 8080,
     "proxy": {
       "enabled": true,
       "upstreams": [{"name": "backend", "url": "unix:/run/a.sock:/base", "weight": 3}],
       "routes": [{"path": "/api/", "upstream": "backend", "methods": ["GET", "PUT"], "strip_prefix": true}]}}]
})"));
  Settings from_toml = good(read_toml_text(R"([limits]
max_body = "1KiB"
head_timeout = 2.5
[[sites]]
name = "main"
hostname = "example.com"
port = 8080
[sites.proxy]
enabled = true
[[sites.proxy.upstreams]]
name = "backend"
url = "unix:/run/a.sock:/base"
weight = 3
[[sites.proxy.routes]]
path = "/api/"
upstream = "backend"
methods = ["GET", "PUT"]
strip_prefix = true
)"));
  from_toml.file->path = from_json.file->path;
  CHECK(from_json == from_toml);
}

TEST_CASE("settings file: settings that only moved to other lines are equal") {
  CHECK(good(read_toml_text(kProxy)) == good(read_toml_text("\n\n# moved\n" + std::string(kProxy))));
  CHECK_FALSE(good(read_toml_text(kProxy)) == good(read_toml_text(std::string(kProxy) + "retries = 7\n")));
}

TEST_CASE("settings file: what is read before the sites may be changed, and the sites begin with the change") {
  const auto change = [](Settings& settings) { settings.edge.limits.max_body = 77; };
  const FileReading reading =
      read_settings_text("a.toml", std::string("[limits]\nmax_body = 5\n") + kProxy, test_variable, change);
  const Settings settings = good(reading);
  CHECK(settings.edge.limits.max_body == 77);
  CHECK(settings.file->sites[0].proxy.routes[0].terms.max_body == 77);
}

TEST_CASE("settings file: a file that is missing, a folder, and files that it names are looked for") {
  const Folder folder;
  const std::string path = folder.path("a.toml");
  CHECK(read_settings_file(path).errors == std::vector<std::string>{path + ": No such file or directory"});
  const std::string here = folder.path(".");
  CHECK(read_settings_file(here).errors == std::vector<std::string>{here + ": Is a directory"});
  folder.write("a.toml", std::string(kSite) +
                             "[[sites.proxy.upstreams]]\nname = \"b\"\nurl = \"https://b\"\nca_file = \"ca.crt\"\n");
  CHECK(read_settings_file(path).errors ==
        std::vector<std::string>{path + ":10:11: sites(main).proxy.upstreams(b).ca_file: " + folder.path("ca.crt") +
                                 " is no file that can be read"});
  folder.write("ca.crt", "x");
  CHECK(read_settings_file(path).errors.empty());
  folder.write("a.toml", "");
  CHECK(read_settings_file(path).settings.has_value());
}

TEST_CASE("settings file: the text of --check names listeners, sites, routes and who answers") {
  const Settings settings =
      good(read_toml_text(std::string(kProxy) + "[[sites]]\nname = \"files\"\nhostname = \"f.example\"\nlisten = "
                                                "[\"127.0.0.1:81\"]\nstatic_dir = \"/srv\"\nfabric = false\n"));
  CHECK(describe_settings(settings) == R"(*:8080
  site main for example.com
    /api/ -> backend (http://127.0.0.1:3001)
    workers that connect, for the paths that they claim
127.0.0.1:81
  site files for f.example
    files of /srv
management at 127.0.0.1:6040
workers connect to tcp://127.0.0.1:8000
)");
}

TEST_CASE("settings file: sticky sessions of the router, a site and a route") {
  const auto settings = good(read_toml_text(R"([requests]
sticky_sessions = "address"
sticky_key_file = "sticky.key"
[[sites]]
name = "a"
hostname = "example.com"
port = 1
[sites.proxy]
enabled = true
[sites.proxy.load_balancing]
sticky_cookie = "route"
sticky_max_age = "1h"
sticky_same_site = "none"
[[sites.proxy.upstreams]]
name = "p"
url = "http://127.0.0.1:1"
[[sites.proxy.routes]]
path = "/"
upstream = "p"
[[sites.proxy.routes]]
path = "/c"
upstream = "p"
sticky_sessions = true
[[sites.proxy.routes]]
path = "/f"
upstream = "p"
sticky_sessions = "header:X-User"
[[sites.proxy.routes]]
path = "/n"
upstream = "p"
sticky_sessions = false
)"));
  CHECK(settings.exchange.sticky_key_file == "dir/sticky.key");
  const auto& routes = settings.file->sites[0].proxy.routes;
  CHECK(routes[0].balance.sticky.by == StickyBy::address);
  const StickySettings& cookie = routes[1].balance.sticky;
  CHECK(cookie.by == StickyBy::cookie);
  CHECK(cookie.cookie == "route");
  CHECK(cookie.max_age == Millis(3'600'000));
  CHECK(cookie.same_site == SameSite::none);
  CHECK(routes[2].balance.sticky.by == StickyBy::field);
  CHECK(routes[2].balance.sticky.field == "x-user");
  CHECK(routes[3].balance.sticky.by == StickyBy::nothing);
}
