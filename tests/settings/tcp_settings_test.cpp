// [[tcp]] of a file and --tcp: what is read, and what is said of what is wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "router/settings/management_site.h"
#include "router/settings/tcp_option.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string service(const std::string& more, const std::string& name = "a") {
  return "[[tcp]]\nname = \"" + name + "\"\nport = 2222\n" + more + "\n";
}

std::string errors(const std::string& text) {
  std::string all;
  for (const std::string& error : read_toml_text(text).errors) all += error.substr(error.find(':') + 1) + "\n";
  return all;
}

}  // namespace

TEST_CASE("tcp settings: servers as words and as tables, with the service's own keys") {
  const Settings settings = good(read_toml_text(service(
      "servers = [\"db.test:5432\", { address = \"[::1]:22\", weight = 3, max_conns = 9 }]\nbalance = \"first\"\n"
      "idle_timeout = \"1h\"\nhalf_closed_timeout = 0\nconnect_timeout = \"2s\"\nsend_proxy = \"v2\"\n"
      "max_connections = 7\nallow = [\"10.0.0.0/8\"]\nclose_on_down = true")));
  REQUIRE(settings.file->tcp.size() == 1);
  const TcpSettings& service = settings.file->tcp.front();
  CHECK(service.workers.empty());
  CHECK(service.idle_timeout == Millis(3'600'000));
  CHECK(service.half_closed_timeout == Millis(0));
  CHECK(service.connect_timeout == Millis(2'000));
  const SiteSettings site = site_of(service);
  CHECK(site.is_tcp);
  CHECK(site.access.max_open_requests == 7);
  CHECK(site.proxy.health.close_on_down);
  REQUIRE(site.proxy.members.size() == 2);
  CHECK(site.proxy.members[0].target.host == "db.test");
  CHECK(site.proxy.members[0].target.port == 5432);
  CHECK(site.proxy.members[1].target.host == "::1");
  CHECK(site.proxy.members[1].weight == 3);
  CHECK(site.proxy.members[1].max_conns == 9);
  CHECK(site.proxy.members[1].proxy_protocol == ProxyProtocol::v2);
  CHECK(site.proxy.routes.front().balance.method == "first");
}

TEST_CASE("tcp settings: workers by the path that they claim, and the defaults") {
  const Settings settings = good(read_toml_text(service("servers = \"fabric:/ssh\"")));
  const TcpSettings& service = settings.file->tcp.front();
  CHECK(service.workers == "/ssh");
  CHECK(service.idle_timeout == Millis(0));
  CHECK(service.half_closed_timeout == Millis(300'000));
  CHECK(settings.file->has_listeners());
  CHECK(service.site.listen == std::vector<ListenAddress>{{"", 2222, ""}});
}

TEST_CASE("tcp settings: what does not fit") {
  CHECK(errors("[[tcp]]\nname = \"a\"\nservers = [\"a:1\"]\n") ==
        "1:1: tcp(a).port is missing: wants a number from 1 to 65535, or listen\n");
  CHECK(errors(service("")).find("tcp(a).servers is missing: wants a list of servers") != std::string::npos);
  CHECK(errors(service("servers = [\"a:1\", 7]")).find("wants a list of servers") != std::string::npos);
  CHECK(errors(service("servers = [\"a:0\"]")).find("its port '0' is no number") != std::string::npos);
  CHECK(errors(service("servers = [\"a:1/x\"]")).find("bytes have no path") != std::string::npos);
  CHECK(errors(service("servers = \"fabric:/a/*\"")).find("wants a list of servers") != std::string::npos);
  CHECK(errors(service("servers = [\"a:1\"]\nproxy_protocol = true")).find("wants trusted_proxies, too") !=
        std::string::npos);
  CHECK(errors(service("servers = [\"a:1\"]\ntls = \"end\"")).find("one of terminate, pass") != std::string::npos);
  CHECK(errors(service("servers = [\"a:1\"]\ntls = \"pass\"\n[tcp.ssl]\nenabled = true"))
            .find("the service has ssl, too; one of them") != std::string::npos);
}

TEST_CASE("tcp settings: services, sites and the management listener do not share a place") {
  const std::string one = service("servers = [\"a:1\"]");
  CHECK(errors(one + service("servers = [\"b:1\"]", "b")).find("takes all names there") != std::string::npos);
  CHECK(errors(std::string(kSite) + "[[tcp]]\nname = \"a\"\nport = 8080\nservers = [\"a:1\"]\n")
            .find("is a site there") != std::string::npos);
  CHECK(errors("[management]\nlisten = \"*:2222\"\n" + one).find("is the management listener's") != std::string::npos);
  const std::string pass = "servers = [\"a:1\"]\ntls = \"pass\"\n";
  CHECK(errors(service(pass + "hostnames = [\"x.test\"]") + service(pass + "hostnames = [\"X.test\"]", "b"))
            .find("\"x.test\" at *:2222 is taken") != std::string::npos);
  CHECK(errors(service(pass + "hostnames = [\"x.test\"]") + service(pass, "b")).empty());
  CHECK(errors(service(pass) + service("servers = [\"a:1\"]", "b")).find("this service has no TLS") !=
        std::string::npos);
}

TEST_CASE("tcp settings: tunnels of a site want servers of bytes") {
  const auto site = [](const std::string& url, const std::string& more) {
    return std::string(kSite) + "[[sites.proxy.upstreams]]\nname = \"b\"\nurl = \"" + url +
           "\"\n[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"b\"\n" + more;
  };
  CHECK(errors(site("tcp://a:22", "tunnel = true\n")).empty());
  CHECK(errors(site("tcp://a:22", "")).find("wants tunnel = true in the route") != std::string::npos);
  CHECK(errors(site("tls://a:22", "tunnel = true\n")).empty());
  CHECK(errors(site("unix:/run/a.sock", "tunnel = true\n")).empty());
  CHECK(errors(site("unix:/run/a.sock", "")).empty());
  CHECK(errors(site("tls://a:22", "")).find("wants tunnel = true in the route") != std::string::npos);
  CHECK(errors(site("http://a:22", "tunnel = true\n")).find("wants servers with tcp://") != std::string::npos);
  CHECK(errors(site("tcp://a:22", "tunnel = true\nwebsocket = false\n")).find("the route is a tunnel") !=
        std::string::npos);
}

TEST_CASE("tcp settings: servers with TLS and on unix sockets") {
  const Settings settings = good(read_toml_text(service(
      "servers = [\"unix:/run/db.sock\", { address = \"tls://db.test:5432\", ca_file = \"/ca.pem\", server_name = "
      "\"db\", verify = true, client_cert = \"/c.pem\", client_key = \"/k.pem\" }]")));
  const auto& members = settings.file->tcp.front().site.proxy.members;
  REQUIRE(members.size() == 2);
  CHECK(members[0].target.scheme == MemberScheme::unix_socket);
  CHECK(members[1].target.scheme == MemberScheme::tls);
  CHECK(members[1].ca_file == "/ca.pem");
  CHECK(members[1].server_name == "db");
  CHECK(errors(service("servers = [{ address = \"tls://a:1\", client_cert = \"/c.pem\" }]"))
            .find("client_cert: wants client_key, too") != std::string::npos);
}

TEST_CASE("tcp option: a port, or an address with a port, and a path") {
  for (const auto& [word, listen] :
       std::vector<std::pair<std::string, ListenAddress>>{{"2000=/echo", {"", 2000, ""}},
                                                          {"127.0.0.1:2000=/echo", {"127.0.0.1", 2000, ""}},
                                                          {"[::1]:22=/echo", {"::1", 22, ""}}}) {
    const auto read = read_tcp_option(word);
    REQUIRE(read.has_value());
    CHECK(read->site.listen == std::vector<ListenAddress>{listen});
    CHECK(read->workers == "/echo");
  }
  for (const char* word : {"", "2000", "2000=", "2000=echo", "=/echo", "0=/echo", "70000=/echo", "a b:1=/x"})
    CHECK_FALSE(read_tcp_option(word).has_value());
}
