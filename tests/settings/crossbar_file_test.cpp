#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/settings/crossbar_reading.h"

using namespace zeroway;

namespace {

std::string node_of(const std::string& workers) { return R"({"version": 2, "workers": [)" + workers + "]}"; }

}  // namespace

TEST_CASE("crossbar: a proxy worker alone is a site with all its services") {
  const SiteSettings site = site_in(kProxyWorker);
  CHECK(site.name == "/transports/0");
  CHECK(site.listen == std::vector<ListenAddress>{{"", 8443, ""}});
  CHECK(site.listen_terms == ListenTerms{1024, true, Millis(0)});
  CHECK(site.is_default);
  CHECK_FALSE(site.fabric);
  CHECK(site.info_path == "/info");

  REQUIRE(site.folders.size() == 1);
  CHECK(site.folders[0].path == "/");
  CHECK(site.folders[0].folder == "web");  // of dir/../web
  CHECK_FALSE(site.folders[0].listing);
  CHECK(site.folders[0].cache.cache_control == "max-age=43200, public");

  REQUIRE(site.archives.size() == 1);
  const ArchiveSettings& archive = site.archives[0];
  CHECK(archive.path == "/autobahn");
  CHECK(archive.file == "dir/autobahn-v20.1.1.zip");
  CHECK(archive.origin.ends_with("v20.1.1.zip"));
  CHECK(archive.download);
  CHECK(archive.object_prefix == "autobahn-js-browser-20.1.1");
  CHECK(archive.index_files == std::vector<std::string>{"autobahn.min.js"});
  CHECK(archive.hashes.size() == 1);
  CHECK(archive.mime_types.size() == 2);
}

TEST_CASE("crossbar: websocket-proxy is a route of WAMP with the options of its file") {
  const SiteSettings site = site_in(kProxyWorker);
  REQUIRE(site.proxy.routes.size() == 1);
  const RouteSettings& route = site.proxy.routes[0];
  CHECK(route.path == "/ws");
  CHECK(route.websocket);
  CHECK(route.wamp.enabled);
  CHECK(route.wamp.serializers == SerializerSet::all());
  CHECK(route.wamp.status_page);
  const WebSocketSettings& options = route.terms.web_sockets;
  CHECK(options.max_frame_size == 1 << 20);
  CHECK(options.max_message_size == 1 << 20);
  CHECK(options.auto_fragment_size == 65'536);
  CHECK(options.fail_by_drop);
  CHECK(options.open_handshake_timeout == Millis(2'500));
  CHECK(options.close_handshake_timeout == Millis(1'000));
  CHECK(options.auto_ping_interval == Millis(10'000));
  CHECK(options.auto_ping_timeout == Millis(5'000));
  REQUIRE(options.deflate.has_value());
  CHECK(*options.deflate == WebSocketDeflate{false, 13, false, 13, 5});

  REQUIRE(route.wamp.backends.size() == 1);
  const WampBackendSettings& backend = route.wamp.backends[0];
  CHECK(backend.realm.empty());
  CHECK(backend.transport == WampBackendSettings::Transport::web_socket);
  CHECK(backend.target.scheme == MemberScheme::unix_socket);
  CHECK(backend.target.socket_path.starts_with("/"));
  CHECK(backend.target.socket_path.ends_with("/dir/routerws.sock"));
  CHECK(backend.host == "localhost");
  CHECK(backend.path == "/");
  SerializerSet json;
  json.add(Serializer::json);
  CHECK(backend.serializers == json);
}

TEST_CASE("crossbar: what a file does not say of WebSockets is as Crossbar.io has it") {
  const RouteSettings route = route_in(R"({"type": "websocket"})");
  const WebSocketSettings& options = route.terms.web_sockets;
  CHECK(options.open_handshake_timeout == Millis(0));
  CHECK(options.auto_ping_interval == Millis(0));
  CHECK_FALSE(options.deflate.has_value());
  CHECK(options.max_message_size == 16 << 20);
  CHECK(route.wamp.require_subprotocol);
  CHECK(route.wamp.workers);
}

TEST_CASE("crossbar: of a node the proxy workers are taken, and one warning names the others") {
  const FileReading reading = read_json_text(
      node_of(R"({"type": "router", "realms": []}, )" + std::string(kProxyWorker) + R"(, {"type": "container"})"));
  const Settings settings = good(reading);
  REQUIRE(settings.file->sites.size() == 1);
  CHECK(settings.file->sites[0].name == "/workers/1/transports/0");
  const auto tells = [](const std::string& warning) {
    return warning.find("not the router's: /workers/0 (router), /workers/2 (container)") != std::string::npos;
  };
  CHECK(std::count_if(reading.warnings.begin(), reading.warnings.end(), tells) == 1);
}

TEST_CASE("crossbar: two workers that share a port with the same services are one site") {
  const std::string twice = node_of(std::string(kProxyWorker) + ", " + kProxyWorker);
  CHECK(good(read_json_text(twice)).file->sites.size() == 1);
  const FileReading other = read_json_text(node_of(std::string(kProxyWorker) + ", " + worker_with("../web", "../www")));
  REQUIRE(other.errors.size() == 1);
  CHECK(other.errors[0].find("/workers/1/transports/0/endpoint: *:8443 is taken by /workers/0/transports/0; wants "
                             "another port, or shared and the same services") != std::string::npos);
}

TEST_CASE("crossbar: our own notation in JSON stays what it is") {
  const FileReading reading =
      read_json_text(R"({"sites": [{"name": "a", "hostname": "a.example", "port": 80, "static_dir": "web"}]})");
  CHECK(good(reading).file->sites[0].static_dir == "dir/web");
}

TEST_CASE("crossbar: wrong values of the example name file, line, column and pointer, and what fits") {
  const std::string ws = "/transports/0/paths/ws/";
  check_errors(worker_with("\"open_handshake_timeout\": 2500", "\"open_handshake_timeout\": 500"),
               {"44:39: " + ws +
                "options/open_handshake_timeout = 500: wants 0, or milliseconds: a number from 1000 "
                "to 86400000"});
  check_errors(worker_with("\"auto_ping_size\": 12", "\"auto_ping_size\": 4"),
               {"48:31: " + ws + "options/auto_ping_size = 4: wants a number from 12 to 125"});
  check_errors(worker_with("\"memory_level\": 5", "\"memory_level\": 10"),
               {"56:33: " + ws + "options/compression/deflate/memory_level = 10: wants a number from 1 to 9"});
  check_errors(worker_with("\"request_max_window_bits\": 13", "\"request_max_window_bits\": 8"),
               {"53:44: " + ws +
                "options/compression/deflate/request_max_window_bits = 8: wants 0, or a number from 9 "
                "to 15"});
  check_errors(worker_with("\"max_message_size\": 1048576", "\"max_message_size\": 0"),
               {"41:33: " + ws + "options/max_message_size = 0: wants a number from 1 to 67108864"});
  check_errors(worker_with("\"fail_by_drop\"", "\"fail_by_drpo\""),
               {"43:13: " + ws + "options/fail_by_drpo is no key; is fail_by_drop meant?"});
  check_errors(worker_with("\"cbor\", \"msgpack\"", "\"cbor\", \"xml\""),
               {"27:35: " + ws + "serializers/1 = \"xml\": wants one of the serializers: cbor, msgpack or json"});
  check_errors(worker_with("\"url\": \"ws://localhost\",", ""),
               {"29:13: " + ws + "backends/0/url is missing: wants a URL, as ws://localhost/ws"});
  check_errors(worker_with("\"port\": 8443", "\"port\": 84430"),
               {"7:43: /transports/0/endpoint/port = 84430: wants a port from 1 to 65535, or \"$NAME\" of an "
                "environment variable"});
  check_errors(worker_with("\"type\": \"nodeinfo\"", "\"type\": \"wsgi\""),
               {"61:26: /transports/0/paths/info/type = \"wsgi\": wants a service that the router has: one of static, "
                "archive, nodeinfo, json, redirect, path, websocket, websocket-proxy, reverseproxy, "
                "websocket-reverseproxy; is json meant?"});
  check_errors(worker_with("\"a7e8", "\"a7e"),
               {"22:22: /transports/0/paths/autobahn/hashes/0 = "
                "\"a7e98a6a506c8bffe9a09d7e29b86a8adb90a15859024835df99cc7be822…\": wants 64 hex digits: a SHA-256"});
}

TEST_CASE("crossbar: every key that is not known is an error with its pointer") {
  check_errors(worker_of(R"({"type": "static", "directory": "w", "folder": 1})"),
               {"3:38: /transports/0/paths/p/folder is no key"});
  check_errors(worker_of(R"({"type": "nodeinfo", "more": 1})"),
               {"3:22: /transports/0/paths/p/more is no key; is type meant?"});
  check_errors(worker_and(R"("backend": [])"), {"3:1: /backend is no key; is backends meant?"});
  check_errors(R"({"version": 2, "workers": [], "sites": []})", {"1:31: /sites is no key"});
  check_errors(R"({"version": 2, "workers": []})", {"1:27: /workers: wants at least one worker of type proxy"});
  check_errors(R"({"version": 3, "workers": []})", {"1:13: /version = 3: wants 2"});
  check_errors(R"({"type": "router"})", {"1:10: /type = \"router\": wants proxy"});
}

TEST_CASE("crossbar: paths are one component, or / for all others") {
  std::string text = worker_with("\"info\":", "\"a/b\":");
  check_errors(text, {"61:9: /transports/0/paths/a~1b is no path: wants one component of letters, digits, '_' and '-', "
                      "or / for all other paths"});
}

TEST_CASE("crossbar: a nested path has services of its own") {
  const SiteSettings site = site_in(worker_of(R"({"type": "path", "paths": {
    "/": {"type": "static", "directory": "w"},
    "docs": {"type": "static", "directory": "d", "options": {"cache_timeout": null, "default_file": "x.html"}},
    "to": {"type": "redirect", "url": "https://example.com/$a"}}})"));
  REQUIRE(site.folders.size() == 2);
  CHECK(site.folders[0].path == "/p");
  CHECK(site.folders[1].path == "/p/docs");
  CHECK_FALSE(site.folders[1].cache.enabled);
  CHECK(site.folders[1].fallback == "x.html");
  REQUIRE(site.proxy.routes.size() == 1);
  CHECK(site.proxy.routes[0].path == "/p/to");
  REQUIRE(site.proxy.routes[0].redirect.has_value());
  CHECK(site.proxy.routes[0].redirect->status == 302);
  CHECK(site.proxy.routes[0].redirect->to == "https://example.com/$$a");  // no variable
}

TEST_CASE("crossbar: json answers with its value as it stands") {
  const SiteSettings plain =
      site_in(worker_of(R"({"type": "json", "value": {"b": [1, 2.5, null, 18446744073709551615], "a": "x"}})"));
  REQUIRE(plain.documents.size() == 1);
  CHECK(plain.documents[0].path == "/p");
  CHECK(plain.documents[0].text == R"({"b":[1,2.5,null,18446744073709551615],"a":"x"})");
  CHECK_FALSE(plain.documents[0].any_origin);
  const SiteSettings other = site_in(worker_of(R"({"type": "json", "value": {"a": 1},
    "options": {"prettify": true, "allow_cross_origin": true, "discourage_caching": true}})"));
  CHECK(other.documents[0].text == "{\n   \"a\": 1\n}");
  CHECK(other.documents[0].any_origin);
  CHECK(other.documents[0].cache_control == "no-store, no-cache, must-revalidate, max-age=0");
  check_errors(worker_of(R"({"type": "json"})"), {"3:1: /transports/0/paths/p/value is missing: wants a value"});
}

TEST_CASE("crossbar: reverseproxy is a route to one server without the path's prefix") {
  const SiteSettings site = site_in(worker_of(
      R"({"type": "reverseproxy", "host": "10.0.0.7", "port": 8080, "path": "/base/", "forwarded_proto": "https"})"));
  REQUIRE(site.proxy.members.size() == 1);
  CHECK(site.proxy.members[0].url == "http://10.0.0.7:8080/base");
  REQUIRE(site.proxy.routes.size() == 1);
  const RouteSettings& route = site.proxy.routes[0];
  CHECK(route.pool == site.proxy.members[0].name);
  CHECK(route.strip_prefix);
  REQUIRE(route.headers.request_set.size() == 1);
  CHECK(route.headers.request_set[0].name == "x-forwarded-proto");
}

TEST_CASE("crossbar: websocket-reverseproxy is a route for WebSockets to one server") {
  const SiteSettings site = site_in(worker_of(R"({"type": "websocket-reverseproxy", "options": {"max_frame_size": 9},
    "backend": {"type": "websocket", "endpoint": {"type": "tcp", "host": "10.0.0.7", "port": 9001, "timeout": 3},
                "url": "ws://app.example/socket"}})"));
  REQUIRE(site.proxy.routes.size() == 1);
  const RouteSettings& route = site.proxy.routes[0];
  CHECK(route.websocket);
  CHECK_FALSE(route.wamp.enabled);
  CHECK(route.rewrite_target == "/socket");
  CHECK(route.timeout.connect == Millis(3'000));
  CHECK(route.terms.web_sockets.max_frame_size == 9);
  CHECK(site.proxy.members[0].target.port == 9001);
}

TEST_CASE("crossbar: a socket whose path reads as two is no server") {
  const FileReading reading = read_json_text(worker_of(R"({"type": "websocket-reverseproxy",
    "backend": {"type": "websocket", "endpoint": {"type": "unix", "path": "a:/b"}, "url": "ws://a"}})"));
  REQUIRE(reading.errors.size() == 1);
  CHECK(reading.errors[0].ends_with("a:/b\" is no server that can be dialled"));
}

TEST_CASE("crossbar: endpoints say where and how the site listens") {
  CHECK(site_in(listening_at(R"({"type": "tcp", "port": "$PORT"})")).listen[0].port == 8443);
  const SiteSettings range = site_in(
      listening_at(R"({"type": "tcp", "portrange": [9000, 9010], "interface": "127.0.0.1", "user_timeout": 500})"));
  CHECK(range.listen[0] == ListenAddress{"127.0.0.1", 9000, "", 9010});
  CHECK(range.listen_terms.user_timeout == Millis(500));
  CHECK(site_in(listening_at(R"({"type": "tcp", "port": 80, "version": 4})")).listen[0].address == "0.0.0.0");
  CHECK(site_in(listening_at(R"({"type": "unix", "path": "web.sock", "backlog": 5})"))
            .listen[0]
            .path.ends_with("/dir/web.sock"));

  const std::string endpoint = "/transports/0/endpoint";
  check_errors(listening_at(R"({"type": "tcp"})"),
               {"2:1: " + endpoint +
                "/port is missing: wants a port from 1 to 65535, or \"$NAME\" of an environment "
                "variable"});
  check_errors(listening_at(R"({"type": "tcp", "port": "$NONE"})"),
               {"2:25: " + endpoint + "/port: the environment variable NONE is not set"});
  check_errors(listening_at(R"({"type": "tcp", "port": 1, "portrange": [1, 2]})"),
               {"2:41: " + endpoint + "/portrange: there is a port, too: one of them"});
  check_errors(listening_at(R"({"type": "tcp", "portrange": [9, 2]})"),
               {"2:30: " + endpoint + "/portrange = [9, 2]: wants two ports, the first one not above the second one"});
  check_errors(listening_at(R"({"type": "unix", "path": "a", "port": 1})"),
               {"2:39: " + endpoint + "/port: the endpoint is of type unix"});
  check_errors(listening_at(R"({"type": "onion"})"),
               {"2:1: " + endpoint +
                    "/port is missing: wants a port from 1 to "
                    "65535, or \"$NAME\" of an environment variable",
                "2:10: " + endpoint + "/type = \"onion\": wants one of tcp, unix; is \"unix\" meant?"});
  const FileReading deep =
      read_json_text(listening_at(R"({"type": "unix", "path": ")" + std::string(120, 'a') + "\"}"));
  REQUIRE(deep.errors.size() == 1);
  CHECK(deep.errors[0].ends_with(" bytes: wants at most 107"));
  check_errors(listening_at(R"({"type": "tcp", "port": 1, "backlog": 0})"),
               {"2:39: " + endpoint + "/backlog = 0: wants a number from 1 to 65535"});
}

TEST_CASE("crossbar: TLS of an endpoint") {
  const SiteSettings site = site_in(listening_at(R"({"type": "tcp", "port": 443, "tls": {"key": "k.pem",
    "certificate": "c.pem", "chain_certificates": ["i.pem"], "ca_certificates": ["ca.pem"], "dhparam": "dh.pem",
    "ciphers": "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA"}})"));
  CHECK(site.ssl.enabled);
  CHECK(site.ssl.key_file == "dir/k.pem");
  CHECK(site.ssl.cert_file == "dir/c.pem");
  CHECK(site.ssl.chain_files == std::vector<std::string>{"dir/i.pem"});
  CHECK(site.ssl.policy.client_ca == std::vector<std::string>{"dir/ca.pem"});
  CHECK(site.ssl.policy.ciphers == std::vector<std::string>{"ECDHE-RSA-AES128-GCM-SHA256"});
  check_errors(listening_at(R"({"type": "tcp", "port": 443, "tls": {"key": "k.pem"}})"),
               {"2:37: /transports/0/endpoint/tls/certificate is missing: wants a path",
                "2:45: /transports/0/endpoint/tls/key: wants certificate, too"});
}

TEST_CASE("crossbar: backends of a worker are those of its paths, in each notation") {
  const auto backends = [](const std::string& more) {
    return site_in(worker_and(more)).proxy.routes.at(0).wamp.backends;
  };
  const auto first = backends(R"("backends": [
    {"realm": "realm1", "transport": {"type": "rawsocket", "endpoint": {"type": "unix", "path": "router.sock"},
     "serializer": "cbor", "url": "rs://localhost"}},
    {"transport": {"type": "websocket", "endpoint": {"type": "tcp", "host": "Other", "port": 81},
     "url": "ws://other:81/ws", "serializers": ["json", "msgpack"]}}])");
  REQUIRE(first.size() == 2);
  CHECK(first[0].realm == "realm1");
  CHECK(first[0].transport == WampBackendSettings::Transport::raw_socket);
  CHECK(first[0].target.socket_path.ends_with("/dir/router.sock"));
  CHECK(first[1].realm.empty());
  CHECK(first[1].target.host == "other");
  CHECK(first[1].target.port == 81);
  CHECK(first[1].host == "other:81");
  CHECK(first[1].path == "/ws");

  const auto third = backends(R"("connections": {"conn1": {"transport": {"type": "rawsocket",
    "endpoint": {"type": "unix", "path": "router.sock"}, "url": "ws://localhost", "serializer": "cbor"}, "auth": {}}},
    "routes": {"realm1": {"anonymous": "conn1", "user": ["conn1"]}})");
  REQUIRE(third.size() == 1);
  CHECK(third[0].realm == "realm1");
  CHECK(third[0].target.socket_path.ends_with("/dir/router.sock"));
}

TEST_CASE("crossbar: a backend behind TLS is dialled by TLS, over RawSocket as over WebSocket") {
  const auto scheme = [](const std::string& transport) {
    const auto backends =
        site_in(worker_and(R"("backends": [{"endpoint": {"type": "tcp", "host": "a", "port": 1, "tls": {"hostname": "b",
    "ca_certificates": ["ca.pem"]}}, )" +
                           transport + "}]"))
            .proxy.routes.at(0)
            .wamp.backends;
    CHECK(backends.at(0).server_name == "b");
    CHECK(backends.at(0).ca_file == "dir/ca.pem");
    return backends.at(0).target.scheme;
  };
  CHECK(scheme(R"("type": "rawsocket", "serializer": "cbor")") == MemberScheme::tls);
  CHECK(scheme(R"("type": "websocket", "url": "wss://b/ws")") == MemberScheme::https);
}

TEST_CASE("crossbar: errors about TLS of a backend name the keys of its endpoint") {
  check_errors(worker_and(R"("backends": [{"type": "rawsocket", "serializer": "cbor", "endpoint": {"type": "tcp",
    "host": "a", "port": 1, "tls": {"hostname": "b", "key": "k"}}}])"),
               {"3:14: /backends/0: endpoint/tls/certificate and endpoint/tls/key go together"});
  check_errors(worker_of(R"({"type": "websocket-reverseproxy", "backend": {"type": "websocket", "url": "wss://b",
    "endpoint": {"type": "tcp", "host": "a", "port": 1, "tls": {"hostname": "b", "key": "k"}}}})"),
               {"3:47: /transports/0/paths/p/backend/endpoint/tls/key: wants endpoint/tls/certificate, too"});
}

TEST_CASE("crossbar: backends that do not fit are errors with their pointers") {
  const std::string socket = R"({"type": "unix", "path": "a"})";
  const std::string raw = R"({"type": "rawsocket", "serializer": "cbor", "endpoint": )" + socket + "}";
  check_errors(worker_and("\"backends\": [" + raw + ",\n" + raw + "]"),
               {"4:1: /backends/1: the backend of line 3 is one without a realm, too"});
  check_errors(worker_and(R"("backends": [{"type": "rawsocket", "endpoint": )" + socket + "}]"),
               {"3:14: /backends/0/serializer is missing: wants one of the serializers: cbor, msgpack or json"});
  check_errors(worker_and(R"("backends": [{"type": "websocket"}])"),
               {"3:14: /backends/0/endpoint is missing: wants a table"});
  check_errors(worker_and(R"("routes": {"realm1": {"anonymous": "none"}})"),
               {"3:36: /routes/realm1/anonymous = \"none\": there is no such connection"});
  const std::string two = R"("connections": {"a": {"transport": )" + raw + R"(}, "b": {"transport": )" + raw + "}},\n";
  check_errors(worker_and(two + R"("routes": {"r": {"x": "a", "y": "b"}})"),
               {"4:33: /routes/r/y = \"b\": the realm has another connection already; wants one connection for all "
                "roles of a realm"});
}

TEST_CASE("crossbar: options of a transport") {
  const std::string text = R"({"type": "proxy", "transports": [{"type": "web", "endpoint": {"type": "tcp", "port": 443,
    "tls": {"key": "k", "certificate": "c"}}, "paths": {}, "options": {"access_log": true, "hsts": true,
    "hsts_max_age": 60, "client_timeout": 20}}]})";
  const Settings settings = good(read_json_text(text));
  const SiteSettings& site = settings.file->sites.at(0);
  CHECK(site.log.access_log == "-");
  REQUIRE(site.ssl.hsts.has_value());
  CHECK(site.ssl.hsts->max_age == Millis(60'000));
  CHECK(settings.edge.limits.idle_timeout == Millis(20'000));
}

TEST_CASE("crossbar: the router shows its file without tickets") {
  const FileReading reading =
      read_json_text(worker_of(R"({"type": "json", "value": {"ticket": "geheim", "ticket_rotation": "12h"}})"));
  CHECK(good(reading).file->sites.size() == 1);
  CHECK(reading.shown.find("geheim") == std::string::npos);
  CHECK(reading.shown.find("12h") != std::string::npos);
}

TEST_CASE("crossbar: a transport of type websocket is WAMP at every path") {
  const SiteSettings site = site_in(R"({"type": "proxy", "transports": [{"type": "websocket",
    "endpoint": {"type": "tcp", "port": 80}, "serializers": ["json"], "options": {"max_frame_size": 7}}]})");
  REQUIRE(site.proxy.routes.size() == 1);
  CHECK(site.proxy.routes[0].path == "/");
  CHECK(site.proxy.routes[0].wamp.enabled);
  CHECK(site.proxy.routes[0].terms.web_sockets.max_frame_size == 7);
  check_errors(R"({"type": "proxy", "transports": [{"type": "mqtt"}]})",
               {"1:43: /transports/0/type = \"mqtt\": wants a transport that the router has: one of web, websocket, "
                "rawsocket, universal"});
}

TEST_CASE("crossbar: tables that are no tables are told once") {
  check_errors(R"({"type": "proxy", "transports": 1})", {"1:33: /transports = 1: wants a list of tables"});
  check_errors(R"({"type": "proxy"})", {"1:1: /transports is missing: wants a list of tables"});
  check_errors(listening_at("1"), {"2:1: /transports/0/endpoint = 1: wants a table"});
  check_errors(worker_of("1"), {"3:1: /transports/0/paths/p = 1: wants a table"});
  check_errors(worker_of(R"({"type": "path", "paths": []})"),
               {"3:27: /transports/0/paths/p/paths = []: wants a table of paths and services"});
  check_errors(worker_of("{}"), {"3:1: /transports/0/paths/p/type is missing"});
  check_errors(worker_and(R"("backends": {})"), {"3:13: /backends = {…}: wants a list of tables"});
  check_errors(worker_and(R"("backends": [3])"), {"3:14: /backends/0 = 3: wants a table"});
  check_errors(worker_and(R"("connections": [], "routes": 1)"),
               {"3:16: /connections = []: wants a table", "3:30: /routes = 1: wants a table"});
}
