// Each wrong file with all that is said of it, to the letter.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

struct Case {
  std::string text;
  std::vector<std::string> errors;  // without "dir/a.toml:"
};

// One line each, so that a failed check shows both.
std::string lines(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text + "\n";
  return out;
}

std::vector<std::string> without_name(const std::vector<std::string>& errors) {
  std::vector<std::string> out;
  for (const std::string& error : errors) out.push_back(error.substr(error.find(':') + 1));
  return out;
}

void check(const Case& one) {
  CAPTURE(one.text);
  const FileReading reading = read_toml_text(one.text);
  CHECK(lines(without_name(reading.errors)) == lines(one.errors));
  CHECK(reading.settings.has_value() == one.errors.empty());
}

std::string site(const std::string& more) { return std::string(kSite) + more; }
std::string proxy(const std::string& more) { return std::string(kProxy) + more; }
std::string member(const std::string& more) { return site("[[sites.proxy.upstreams]]\nname = \"b\"\n" + more + "\n"); }
// Line 5 is in the site itself.
std::string plain(const std::string& more) {
  return "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nport = 8080\n" + more + "\n";
}

}  // namespace

TEST_CASE("file errors: a value that does not fit names file, line, column, key, value and what fits") {
  for (const Case& one : std::vector<Case>{
           {"[limits]\nmax_fields = 0\n", {"2:14: limits.max_fields = 0: wants a number from 1 to 10000"}},
           {"[limits]\nmax_fields = -1\n", {"2:14: limits.max_fields = -1: wants a number from 1 to 10000"}},
           {"[limits]\nmax_fields = \"9\"\n", {"2:14: limits.max_fields = \"9\": wants a number from 1 to 10000"}},
           {"[limits]\nmax_fields = 1.5\n", {"2:14: limits.max_fields = 1.5: wants a number from 1 to 10000"}},
           {"[limits]\nmax_fields = [1]\n", {"2:14: limits.max_fields = [1]: wants a number from 1 to 10000"}},
           {"[limits]\nmax_fields = 2020-01-01\n",
            {"2:14: limits.max_fields = a date or time: wants a number from 1 to 10000"}},
           {"[limits]\n  head_timeout = \"soon\"\n",
            {"2:18: limits.head_timeout = \"soon\": wants a time from 1ms to 3650d, as \"500ms\", \"5s\", \"1m\", "
             "\"2h\"; a plain number is seconds"}},
           {"[websocket]\nauto_ping_interval = \"10ms\"\n",
            {"2:22: websocket.auto_ping_interval = \"10ms\": wants 0, or a time from 1s to 3650d, as \"500ms\", "
             "\"5s\", \"1m\", \"2h\"; a plain number is seconds"}},
           {"[websocket.deflate]\nrequest_max_window_bits = 8\n",
            {"2:27: websocket.deflate.request_max_window_bits = 8: wants 0, or a number from 9 to 15"}},
           {"[limits]\nmax_head = \"1GB\"\n",
            {"2:12: limits.max_head = \"1GB\": wants a size from 1024 to 65536 bytes, as 65536, \"64KiB\", \"1m\", "
             "\"2GiB\""}},
           {"[requests]\nworker_header = 1\n", {"2:17: requests.worker_header = 1: wants true or false"}},
           {"[requests]\ntrusted_proxies = [\"10.0.0.0/8\", \"300.0.0.1\"]\n",
            {"2:34: requests.trusted_proxies[1] = \"300.0.0.1\": wants a network, as 10.0.0.0/8 or 2001:db8::/32, or "
             "an address"}},
           {"[logging]\nlevel = \"warning\"\n",
            {"2:9: logging.level = \"warning\": wants one of trace, debug, info, warn, error; is \"warn\" meant?"}},
           {"[logging]\nformat = \"xml\"\n",
            {"2:10: logging.format = \"xml\": wants one of combined, common, json, or a template of fields, as "
             "\"{time} {method} "
             "{path} {status} {total_ms}\"; it is the name of no form, and a template has {fields}"}},
           {"limits = 5\n", {"1:10: limits = 5: wants a table"}},
           {"sites = 5\n", {"1:9: sites is 5: wants a list of tables: [[sites]]"}},
           {"[sites.proxy]\nenabled = true\n", {"1:1: sites is one table: wants a list of tables: [[sites]]"}},
           {plain("hostnames = [\"a b\"]"),
            {"5:14: sites(main).hostnames[0] = \"a b\": wants a host, as www.example.com or *.example.com, or an "
             "address"}},
           {plain("error_pages = { 200 = \"a\", 4xx = \"\", 404 = 5 }"),
            {"5:17: sites(main).error_pages: '200' is no status from 400 to 599, and not 4xx or 5xx",
             "5:34: sites(main).error_pages.4xx = \"\": wants a path",
             "5:44: sites(main).error_pages.404 = 5: wants a path"}},
           {plain("headers = { \"a b\" = \"1\", good = \"x\\ny\", Upgrade = \"x\" }"),
            {"5:13: sites(main).headers: 'a b' is no name of a field",
             "5:33: sites(main).headers.good = \"x\\u000ay\": wants a text without control characters",
             "5:41: sites(main).headers: 'Upgrade' is the router's own: it frames messages"}},
           {plain("index_files = [\"a/b\"]"), {"5:16: sites(main).index_files[0] = \"a/b\": wants a file's name"}},
           {proxy("websocket = \"yes\"\n"),
            {"13:13: sites(main).proxy.routes(/api/).websocket = \"yes\": wants true or false"}},
           {proxy("methods = [\"get\"]\n"),
            {"13:12: sites(main).proxy.routes(/api/).methods[0] = \"get\": wants a method, as GET"}},
           {proxy("balance = \"hash:a b\"\n"),
            {"13:11: sites(main).proxy.routes(/api/).balance = \"hash:a b\": wants one of round_robin, weighted, "
             "least_connections, random_two, ip_hash, hash:FIELD, first"}},
           {proxy("sticky_sessions = \"coookie\"\n"),
            {"13:19: sites(main).proxy.routes(/api/).sticky_sessions = \"coookie\": wants true or \"cookie\", "
             "\"address\", \"header:FIELD\", or false (\"off\" as an option); is \"cookie\" meant?"}},
           {proxy("sticky_sessions = \"header:a b\"\n"),
            {"13:19: sites(main).proxy.routes(/api/).sticky_sessions = \"header:a b\": wants true or \"cookie\", "
             "\"address\", \"header:FIELD\", or false (\"off\" as an option)"}},
           {proxy("redirect = { to = \"//evil.com\" }\n"),
            {"12:12: sites(main).proxy.routes(/api/).upstream: the route has a redirect, too; one of them",
             "13:19: sites(main).proxy.routes(/api/).redirect.to = \"//evil.com\": wants a path or an http(s):// URL, "
             "as /new/$1"}},
           {site("[sites.proxy.headers]\nremove = { Server = 1 }\n"),
            {"6:11: sites(main).proxy.enabled: there is no upstream and no route",
             "8:21: sites(main).proxy.headers.remove.Server = 1: wants true or false"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: an unknown key is an error with the nearest known key") {
  for (const Case& one : std::vector<Case>{
           {"[limit]\n", {"1:2: limit is no key; is limits meant?"}},
           {"wholly-different = 1\n", {"1:1: wholly-different is no key"}},
           {"[limits]\nmax_boddy = 1\n", {"2:1: limits.max_boddy is no key; is max_body meant?"}},
           {plain("static-dir = \"x\""), {"5:1: sites(main).static-dir is no key; is static_dir meant?"}},
           {plain("\"a.b c\" = 1"), {"5:1: sites(main).\"a.b c\" is no key"}},
           {proxy("upstraem = \"backend\"\n"),
            {"13:1: sites(main).proxy.routes(/api/).upstraem is no key; is upstream meant?"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: a key that is there twice is named with both places") {
  for (const Case& one : std::vector<Case>{
           {"[limits]\nmax_body = 1\n\n  max_body = 2\n", {"4:3: key max_body is there twice; the first is at 2:1"}},
           {plain("port = 9"), {"5:1: key port is there twice; the first is at 4:1"}},
           {"[limits]\n[fabric]\n[limits]\n", {"3:1: table limits is there twice; the first is at 1:2"}},
           {proxy("path = \"/b\"\nupstream = \"backend\"\n"),
            {"13:1: key path is there twice; the first is at 11:1",
             "14:1: key upstream is there twice; the first is at 12:1"}},
           {"[limits]\nmax_body = 1\nmax_body = 2\nmax_feilds = 3\n",
            {"3:1: key max_body is there twice; the first is at 2:1",
             "4:1: limits.max_feilds is no key; is max_fields meant?"}},
           {"requests = { retries = 1, retries = 2 }\n",
            {"1:1: key retries is there twice; the first is in the same value"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: text that is no TOML is named with its place") {
  const FileReading reading = read_toml_text("[limits]\nmax_body 5\n");
  REQUIRE(reading.errors.size() == 1);
  CHECK(reading.errors[0].starts_with("dir/a.toml:2:10: not TOML: "));
  CHECK(read_toml_text("a = \"\xff\"\n").errors.size() == 1);
  CHECK(read_toml_text("[limits\n").errors.size() == 1);
}

TEST_CASE("file errors: a variable that is not set, or without an end, is an error") {
  for (const Case& one : std::vector<Case>{
           {plain("static_dir = \"${NO_SUCH}/x\""),
            {"5:14: sites(main).static_dir: the environment variable NO_SUCH is not set"}},
           {plain("static_dir = \"${PORT\""),
            {"5:14: sites(main).static_dir: '${' wants the name of an environment variable and '}'; $$ is a dollar"}},
           {plain("static_dir = \"${a b}\""),
            {"5:14: sites(main).static_dir: '${' wants the name of an environment variable and '}'; $$ is a dollar"}},
           {plain("headers = { X = \"${NO_SUCH}\" }"),
            {"5:17: sites(main).headers.X: the environment variable NO_SUCH is not set"}},
           {"[limits]\nmax_fields = \"${KEY}\"\n",
            {"2:14: limits.max_fields = \"${KEY}\": wants a number from 1 to 10000"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: a site wants a name, a host, and a place to listen") {
  for (const Case& one : std::vector<Case>{
           {"[[sites]]\n",
            {"1:1: sites.name is missing: wants a text",
             "1:1: sites.hostname is missing: wants a host, as www.example.com or *.example.com, or an address",
             "1:1: sites.port is missing: wants a number from 1 to 65535, or listen"}},
           {"[[sites]]\nname = \"a\"\nhostname = \"a\"\nport = 0\n",
            {"4:8: sites(a).port = 0: wants a number from 1 to 65535"}},
           {plain("listen = [\"*:81\"]"),
            {"4:8: sites(main).port: the site has listen, too; one of them says where it listens"}},
           {"[[sites]]\nname = \"a\"\nhostname = \"a\"\nlisten = [\"80\", \"1.2.3.4:0\", \"unix:x\"]\n",
            {"4:11: sites(a).listen[0] = \"80\": wants ADDRESS:PORT, [IPV6]:PORT, *:PORT, *:PORT-PORT or unix:/SOCKET",
             "4:17: sites(a).listen[1] = \"1.2.3.4:0\": wants ADDRESS:PORT, [IPV6]:PORT, *:PORT, *:PORT-PORT or "
             "unix:/SOCKET",
             "4:30: sites(a).listen[2] = \"unix:x\": wants ADDRESS:PORT, [IPV6]:PORT, *:PORT, *:PORT-PORT or "
             "unix:/SOCKET"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: sites of one listener want different hosts, one default, and the same protocols") {
  const auto two = [](const std::string& first, const std::string& second) {
    return "[[sites]]\nname = \"a\"\nhostname = \"a.example\"\n" + first +
           "\n[[sites]]\nname = \"b\"\nhostname = \"b.example\"\n" + second + "\n";
  };
  for (const Case& one : std::vector<Case>{
           {two("port = 80", "port = 80\nhostnames = [\"c\", \"A.example\"]"),
            {"9:13: sites(b): \"a.example\" at *:80 is taken: line 3 has it, too"}},
           {two("port = 80", "port = 81\nhostnames = [\"a.example\"]"), {}},
           {two("port = 80\ndefault = true", "port = 80\ndefault = true"),
            {"10:11: sites(b).default: the site of line 1 is the default of *:80 already"}},
           {two("port = 80\ndefault = true", "port = 81\ndefault = true"), {}},
           {two("port = 80", "port = 80\nssl = { enabled = true, cert_file = \"c\", key_file = \"k\" }"),
            {"8:8: sites(b).port: at *:80 this site speaks HTTPS; the site of line 1 speaks HTTP"}},
           {two("port = 80", "listen = [\"127.0.0.1:80\"]"),
            {"8:10: sites(b).listen: 127.0.0.1:80 and *:80 of line 4 cannot be open at once"}},
           {two("port = 80", "port = 80\nproxy_protocol = true\ntrusted_proxies = [\"10.0.0.1\"]"),
            {"9:18: sites(b).proxy_protocol: sites at *:80 want one proxy_protocol and the same trusted_proxies; the "
             "site of line 1 has others"}},
           {plain("proxy_protocol = true"),
            {"5:18: sites(main).proxy_protocol: wants trusted_proxies, too: a PROXY header of anybody would be "
             "believed"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: certificates want keys, and other machines an api_key") {
  const auto ssl = [](const std::string& more) { return plain("[sites.ssl]\nenabled = true\n" + more); };
  const std::string pair = "cert_file = \"c\"\nkey_file = \"k\"\n";
  for (const Case& one : std::vector<Case>{
           {ssl(""), {"6:11: sites(main).ssl.enabled: wants cert_file and key_file, or auto_cert = true"}},
           {ssl("cert_file = \"c\""), {"7:13: sites(main).ssl.cert_file: wants key_file, too"}},
           {ssl("key_file = \"c\""), {"7:12: sites(main).ssl.key_file: wants cert_file, too"}},
           {ssl("auto_cert = true"),
            {"7:13: sites(main).ssl.auto_cert: wants an address as email in sites(main).ssl.acme"}},
           {ssl(pair + "client_auth = \"optional\""), {"9:15: sites(main).ssl.client_auth: wants client_ca, too"}},
           {ssl(pair + "client_ca = \"ca\"\nclient_auth = \"on\""),
            {"10:15: sites(main).ssl.client_auth = \"on\": wants one of require, optional"}},
           {ssl(pair + "client_ca = \"\""),
            {"9:13: sites(main).ssl.client_ca = \"\": wants a path, or a list of paths"}},
           {ssl(pair + "client_optional = true"), {"9:1: sites(main).ssl.client_optional is no key"}},
           {ssl(pair + "client_ca = \"ca\"\nclient_fields = { \"X-A\" = \"name\", \"X A\" = \"subject\" }"),
            {"10:27: sites(main).ssl.client_fields.X-A = \"name\": wants one of subject, issuer, serial, fingerprint, "
             "certificate",
             "10:35: sites(main).ssl.client_fields.\"X A\" is no name of a field"}},
           {ssl(pair + "client_fields = { \"X-A\" = \"serial\" }"),
            {"9:17: sites(main).ssl.client_fields: wants client_ca, too"}},
           {plain("[sites.proxy]\nenabled = true\n[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"fabric\"\n"
                  "client_certificate = true"),
            {"10:22: sites(main).proxy.routes(/).client_certificate: wants client_ca in the site's ssl, too: no client "
             "is "
             "asked for a certificate"}},
           {ssl(pair + "min_version = \"1.1\""),
            {"9:15: sites(main).ssl.min_version = \"1.1\": wants one of 1.2, 1.3; is \"1.2\" meant?"}},
           {ssl(pair + "ciphers = [\"TLS_AES_128_GCM_SHA256\", \"ECDHE-RSA-AES128-GCM-SHA25\"]"),
            {"9:38: sites(main).ssl.ciphers: there is no cipher \"ECDHE-RSA-AES128-GCM-SHA25\"; is "
             "\"ECDHE-RSA-AES128-GCM-SHA256\" meant?"}},
           {ssl(pair + "min_version = \"1.3\"\nciphers = [\"ECDHE-RSA-AES128-GCM-SHA256\"]"),
            {"10:11: sites(main).ssl.ciphers: min_version is 1.3, and none of the ciphers is for TLS 1.3"}},
           {ssl(pair + "hsts = { preload = true, max_age = \"365d\" }"),
            {"9:20: sites(main).ssl.hsts.preload: wants include_subdomains = true and a max_age of at least 365d: "
             "browsers take no other host into their lists"}},
           {plain("redirect_to_https = true\n"),
            {"5:21: sites(main).redirect_to_https: no site of this file speaks HTTPS for \"example.com\"; say "
             "https_port if another program does"}},
           {plain("redirect_to_https = true\nhttps_port = 443\n"), {}},
           {plain("redirect_to_https = true\ntrusted_proxies = [\"10.0.0.0/8\"]\n"), {}},
           {plain("access_control = { allow_origins = [\"*\"], allow_credentials = true }"),
            {"5:63: sites(main).access_control.allow_credentials: together with the origin * every page of the world "
             "could act as its reader; name the origins"}},
           {"[management]\nenabled = true\nhost = \"0.0.0.0\"\n",
            {"3:8: management.host = \"0.0.0.0:7654\": wants token_file or api_key, too: other machines could read"}},
           {plain("") + "[management]\nlisten = \"127.0.0.1:8080\"\n",
            {"4:8: sites(main).port: 127.0.0.1:8080 is the management listener's"}},
       }) {
    check(one);
  }
}

TEST_CASE("file errors: certificates that the router gets itself want an account, and names that can be proven") {
  const auto ssl = [](const std::string& more) { return plain("[sites.ssl]\nenabled = true\n" + more); };
  for (
      const Case& one : std::vector<Case>{
          {ssl("auto_cert = \"internel\""),
           {"6:11: sites(main).ssl.enabled: wants cert_file and key_file, or auto_cert = true",
            "7:13: sites(main).ssl.auto_cert = \"internel\": wants true, false or \"internal\""}},
          {ssl("auto_cert = true\ndomains = [\"*.a.test\"]\n[sites.ssl.acme]\nemail = \"a@b.test\""),
           {"8:11: sites(main).ssl.domains: auto_cert gets no certificate for \"*.a.test\": a wildcard needs the "
            "challenge DNS-01, which the router does not answer; name each host in sites.ssl.domains, or give the site "
            "cert_file and key_file"}},
          {ssl("auto_cert = true\ndomains = [\"10.0.0.1\"]\n[sites.ssl.acme]\nemail = \"a@b.test\""),
           {"8:11: sites(main).ssl.domains: auto_cert = true gets no certificate for the address 10.0.0.1; auto_cert = "
            "\"internal\" does"}},
          {ssl("auto_cert = true\ncert_file = \"c\"\nkey_file = \"k\""),
           {"7:13: sites(main).ssl.auto_cert: the site has cert_file already: only one of them"}},
          {ssl("auto_cert = true\n[sites.ssl.acme]\nemail = \"a/b@c\""),
           {"7:13: sites(main).ssl.auto_cert: wants an address as email in sites(main).ssl.acme",
            "9:9: sites(main).ssl.acme.email = \"a/b@c\": wants an address, as admin@example.com"}},
          {ssl("auto_cert = true\n[sites.ssl.acme]\nemail = \"a@b.test\"\neab_key_id = \"k\""),
           {"10:14: sites(main).ssl.acme.eab_key_id: wants eab_hmac, too"}},
          {ssl("auto_cert = true\n[sites.ssl.acme]\nemail = \"a@b.test\"\nstaging = true\ndirectory_url = "
               "\"https://ca.test/\""),
           {"10:11: sites(main).ssl.acme.staging: directory_url names an authority already"}},
      }) {
    check(one);
  }
}

TEST_CASE("file errors: routes want pools that are there, pools want members that get traffic") {
  for (
      const Case& one : std::vector<Case>{
          {site(""), {"6:11: sites(main).proxy.enabled: there is no upstream and no route"}},
          {site("[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"x\"\n"),
           {"9:12: sites(main).proxy.routes(/).upstream = \"x\": no upstream has this name; wants one of fabric, "
            "fabric:GROUP"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/b\"\nupstream = \"backnd\"\n"),
           {"15:12: sites(main).proxy.routes(/b).upstream = \"backnd\": no upstream has this name; wants one of "
            "backend, fabric, fabric:GROUP; is \"backend\" meant?"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/b\"\nupstream = \"fabric:a/b\"\n"),
           {"15:12: sites(main).proxy.routes(/b).upstream = \"fabric:a/b\": 'a/b' is no name of a group"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/b\"\n"),
           {"13:1: sites(main).proxy.routes(/b).upstream is missing: wants one of backend, fabric, fabric:GROUP; or a "
            "redirect, or wamp"}},
          {proxy("[[sites.proxy.routes]]\npath = \"b?c\"\nupstream = \"backend\"\n"),
           {"14:8: sites(main).proxy.routes(b?c).path = \"b?c\": wants a path that begins with /, without a query"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/api\"\nupstream = \"backend\"\n"),
           {"14:8: sites(main).proxy.routes(/api).path = \"/api\" is taken: the route of line 10 has the same path and "
            "methods"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/api/\"\nupstream = \"backend\"\nmethods = [\"GET\"]\n"), {}},
          {proxy("[[sites.proxy.routes]]\npath = \"/old\"\nredirect = { to = \"/new/$1\" }\n"),
           {"15:19: sites(main).proxy.routes(/old).redirect.to = \"/new/$1\": $1 wants a pattern"}},
          {proxy("[[sites.proxy.routes]]\npath = \"/old\"\nredirect = { to = \"/new/$1\", pattern = \"^/(.*)\", status "
                 "= 200 }\n"),
           {"15:59: sites(main).proxy.routes(/old).redirect.status = 200: wants 301, 302, 303, 307 or 308"}},
          {member("url = \"http://b\"\nweight = 0\n[[sites.proxy.upstreams]]\nname = \"b\"\nurl = \"http://c\"\nweight "
                  "= 0"),
           {"10:10: sites(main).proxy.upstreams(b).weight = 0: all members of the pool \"b\" have weight 0; one must "
            "have more"}},
          {member("url = \"http://b\"\nweight = 0\n[[sites.proxy.upstreams]]\nname = \"b\"\nurl = \"http://c\""), {}},
          {member("url = \"http://b\"\nweight = 1001"),
           {"10:10: sites(main).proxy.upstreams(b).weight = 1001: wants a number from 0 to 1000"}},
          {member("url = \"https://b\"\nclient_key = \"k\""),
           {"10:14: sites(main).proxy.upstreams(b).client_key: wants client_cert, too"}},
          {site("[[sites.proxy.upstreams]]\nname = \"fabric\"\nurl = \"http://b\"\n"),
           {"8:8: sites(main).proxy.upstreams(fabric).name = \"fabric\": is what routes call workers; wants another "
            "name"}},
          {site("[[sites.proxy.upstreams]]\nurl = \"http://b\"\n"),
           {"7:1: sites(main).proxy.upstreams.name is missing: wants a text"}},
          {member("url = \"fabric:blue\"\nproxy_protocol = \"v2\""),
           {"10:18: sites(main).proxy.upstreams(b).proxy_protocol: workers take no PROXY header"}},
          {proxy("[sites.proxy.health_check]\nenabled = true\ninterval = 1\ntimeout = 2\nback_off = \"2m\"\n"),
           {"16:11: sites(main).proxy.health_check.timeout: wants at most the interval, 1000 ms",
            "17:12: sites(main).proxy.health_check.back_off: wants at most a minute: it doubles up to that"}},
      }) {
    check(one);
  }
}

TEST_CASE("file errors: an unknown method names the site, the value and what fits") {
  constexpr const char* kWants =
      "wants one of round_robin, weighted, least_connections, random_two, ip_hash, hash:FIELD, first";
  check({proxy("[sites.proxy.load_balancing]\nmethod = \"fastest\"\n"),
         {std::string("14:10: sites(main).proxy.load_balancing.method = \"fastest\": ") + kWants}});
  check({proxy("[sites.proxy.load_balancing]\nmethod = \"weigted\"\n"),
         {std::string("14:10: sites(main).proxy.load_balancing.method = \"weigted\": ") + kWants +
          "; is \"weighted\" meant?"}});
  check({proxy("[sites.proxy.load_balancing]\nmethod = \"least_conn\"\n"), {}});
}

TEST_CASE("file errors: all errors come at once, in the order of the file") {
  const FileReading reading =
      read_toml_text("[[sites]]\nname = 5\nhostname = \"a b\"\nport = 70000\nunheard_of = 1\n[limits]\nmax_head = 1\n");
  CHECK(
      lines(without_name(reading.errors)) ==
      lines(
          {"2:8: sites.name = 5: wants a text",
           "3:12: sites.hostname = \"a b\": wants a host, as www.example.com or *.example.com, or an address",
           "4:8: sites.port = 70000: wants a number from 1 to 65535", "5:1: sites.unheard_of is no key",
           "7:12: limits.max_head = 1: wants a size from 1024 to 65536 bytes, as 65536, \"64KiB\", \"1m\", \"2GiB\""}));
}

TEST_CASE("file errors: in JSON they name the pointer, and the line and column") {
  struct JsonCase {
    const char* text;
    std::vector<std::string> errors;
  };
  for (const JsonCase& one : std::vector<JsonCase>{
           {R"({"limits": {"max_fields": 0}})", {"1:27: /limits/max_fields = 0: wants a number from 1 to 10000"}},
           {"{\n  \"limits\": {\n    \"max_body\": 1,\n    \"max_boddy\": 2}}",
            {"4:5: /limits/max_boddy is no key; is max_body meant?"}},
           {"{\"limits\": {\"max_body\": 1, \"max_body\": 2}}",
            {"1:28: key max_body is there twice; the first is at 1:13"}},
           {"{\"sites\": [{\"name\": \"a\", \"hostname\": \"a\", \"port\": 80},\n  {\"name\": \"b\", \"hostname\": "
            "\"b\", "
            "\"port\": 0}]}",
            {"2:42: /sites/1/port = 0: wants a number from 1 to 65535"}},
           {R"({"sites": {}})", {"1:11: /sites is one table: wants a list of objects"}},
           {R"({"sites": [5]})", {"1:12: /sites/0 = 5: wants a table"}},
           {R"({"requests": {"trusted_proxies": ["::1", 5]}})",
            {"1:42: /requests/trusted_proxies/1 = 5: wants a network, as 10.0.0.0/8 or 2001:db8::/32, or an address"}},
           {R"({"a/b~c": 1})", {"1:2: /a~1b~0c is no key"}},
           {R"({"limits": null})", {"1:12: /limits = null: wants a table"}},
           {R"([])", {"1:1: the file is []: wants a table"}},
           {R"({"limits": {"max_body": 99999999999999999999}})",
            {"1:25: /limits/max_body = 1e+20: wants a size from 0 to 9223372036854775807 bytes, as 65536, \"64KiB\", "
             "\"1m\", \"2GiB\""}},
           {"{\"ä\": 1, \"x\": 2}", {"1:2: /ä is no key", "1:10: /x is no key"}},
       }) {
    CAPTURE(one.text);
    CHECK(lines(without_name(read_json_text(one.text).errors)) == lines(one.errors));
  }
}

TEST_CASE("file errors: text that is no JSON is named with its place") {
  const std::vector<std::string> errors = without_name(read_json_text("{\n  \"limits\": {\n    \"a\" 5}}").errors);
  REQUIRE(errors.size() == 1);
  CHECK_MESSAGE(errors[0].starts_with("3:9: not JSON: "), errors[0]);
  for (const char* text : {"", "{", "{} x", "{'a': 1}", "{\"a\": 1,}", "// c\n{}", "{\"a\": \"\xff\"}"}) {
    CAPTURE(text);
    CHECK(read_json_text(text).errors.size() == 1);
  }
  CHECK(read_json_text(std::string(100'000, '[')).errors ==
        std::vector<std::string>{"dir/a.json:1:65: more than 64 values in one another"});
}

TEST_CASE("file warnings: what is accepted and changes nothing is told once, in one list") {
  const FileReading reading = read_toml_text(proxy(R"([daemon]
user = "bws"
[monitoring.checks]
disk_threshold = 90
[performance]
read_buffer_size = "32KB"
)"));
  CHECK(reading.errors.empty());
  CHECK(lines(reading.warnings) ==
        lines({"dir/a.toml: keys that change nothing here: daemon (line 13): the service manager starts, names "
               "and stops the router; monitoring (line 15): /api/health and the management port tell how it is; "
               "performance.read_buffer_size (line 18): buffers have the size of the windows"}));
}

TEST_CASE("file warnings: the first of several sites is the default when none says so") {
  const std::string two = plain("") + "[[sites]]\nname = \"b\"\nhostname = \"b\"\nport = 8080\n";
  CHECK(read_toml_text(two).warnings ==
        std::vector<std::string>{"dir/a.toml:1:1: sites(main): none of the 2 sites at *:8080 says default = true; this "
                                 "one, the first, answers unknown hosts"});
  CHECK(read_toml_text(two + "default = true\n").warnings.empty());
  CHECK(read_toml_text(plain("")).warnings.empty());
}

TEST_CASE("file warnings: settings that do nothing, or are dangerous, are told") {
  struct Warned {
    std::string text;
    std::string warning;
  };
  for (const Warned& one : std::vector<Warned>{
           {proxy("strip_prefix = true\nrewrite_target = \"/x\"\n"),
            "13:16: sites(main).proxy.routes(/api/).strip_prefix changes nothing: rewrite_target replaces the whole "
            "path"},
           {member("url = \"https://b\"\nverify = false\n[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"b\""),
            "10:10: sites(main).proxy.upstreams(b).verify = false: whoever is in between can read and change requests "
            "to "
            "https://b"},
           {proxy("[[sites.proxy.upstreams]]\nname = \"unused\"\nurl = \"http://b\"\n"),
            "14:8: sites(main).proxy.upstreams(unused).name = \"unused\": no route names this pool"},
           {plain("fallback = \"index.html\""),
            "5:12: sites(main).fallback changes nothing: the site has no static_dir"},
           {plain("") + "[[sites]]\nname = \"main\"\nhostname = \"b\"\nport = 81\n",
            "7:8: sites(main).name = \"main\": the site of line 2 has this name, too"},
           {plain("[sites.proxy]\n[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"fabric\""),
            "5:1: sites(main).proxy: enabled is not true: its routes are not served"},
           {plain("[sites.ssl]\ncert_file = \"c\"\nkey_file = \"k\""),
            "5:1: sites(main).ssl: enabled is not true: the site speaks HTTP without TLS"},
       }) {
    CAPTURE(one.text);
    const FileReading reading = read_toml_text(one.text);
    CHECK(reading.errors.empty());
    CHECK(lines(reading.warnings) == lines({"dir/a.toml:" + one.warning}));
  }
}
