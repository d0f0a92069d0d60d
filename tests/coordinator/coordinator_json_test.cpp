#include "router/coordinator/coordinator_json.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace zeroway;

namespace {

const std::string kId = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

// A circuit as a coordinator of App Proxy tells it; `more` replaces or adds keys.
std::string circuit(const std::string& routes, const std::string& more = "") {
  return R"({"id": ")" + kId + R"(", "app": "jupyter", "protocol": "http", "worker": "w", "app_mode": "interactive",
    "frontend_mode": "port", "envs": {"A": {"b": [1, [2, [3]]]}}, "arguments": null, "open_to_public": false,
    "allowed_client_ips": null, "port": 10205, "subdomain": null, "user_id": "u1", "endpoint_id": null,
    "runtime_variant": null, "session_ids": ["s1"], "created_at": "2026-11-30T12:00:00", "updated_at": null,
    "route_info": [)" +
         routes + "]" + (more.empty() ? "" : ", ") + more + "}";
}

std::string route(const std::string& more = "") {
  return R"({"route_id": "r", "session_id": "s1", "session_name": "one", "kernel_host": "10.0.0.1", "kernel_port": 8888,
    "protocol": "http", "traffic_ratio": 1.0)" +
         (more.empty() ? "" : ", " + more) + "}";
}

std::string table(const std::string& circuits) { return R"({"circuits": [)" + circuits + "]}"; }

CircuitTable read(const std::string& circuits) {
  auto read = read_circuit_table(table(circuits), "owner");
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().detail));
  return *read;
}

CircuitSpec read_good(const std::string& text) {
  const CircuitTable got = read(text);
  REQUIRE_MESSAGE(got.skipped.empty(), got.skipped.front());
  REQUIRE(got.circuits.size() == 1);
  return got.circuits.front();
}

// The weights of routes with these ratios.
std::string weights(const std::vector<std::string>& ratios) {
  std::string routes;
  for (std::size_t index = 0; index < ratios.size(); ++index)
    routes += (index > 0 ? "," : "") +
              route(R"("kernel_port": )" + std::to_string(1'000 + index) + R"(, "traffic_ratio": )" + ratios[index]);
  std::string text;
  for (const ServerSpec& server : read_good(circuit(routes)).servers) text += std::to_string(server.weight) + " ";
  return text;
}

}  // namespace

TEST_CASE("circuit table: a circuit of App Proxy is a circuit of ours") {
  const CircuitSpec spec = read_good(circuit(route()));
  CHECK(spec.id == kId);
  CHECK(spec.path() == "/s1/jupyter");
  CHECK(spec.owner == "owner");
  CHECK(spec.user == "u1");
  CHECK(spec.open_to_public == false);
  CHECK(spec.protocol == CircuitSpec::Protocol::http);
  CHECK(spec.allowed_client_ips.empty());
  REQUIRE(spec.servers.size() == 1);
  CHECK(spec.servers.front().name == "10.0.0.1:8888");
  CHECK(spec.servers.front().weight == 1);
}

TEST_CASE("circuit table: no host of a kernel is localhost") {
  for (const char* host : {"null", R"("")"})
    CHECK(read_good(circuit(route(R"("kernel_host": )" + std::string(host)))).servers.front().name == "localhost:8888");
}

TEST_CASE("circuit table: ratios are weights") {
  CHECK(weights({"1.0", "1"}) == "1 1 ");
  CHECK(weights({"3", "1.0", "0"}) == "3 1 0 ");
  CHECK(weights({"0.5", "0.5"}) == "1 1 ");
  CHECK(weights({"0.75", "0.25"}) == "100 33 ");
  CHECK(weights({"0.999", "0.001"}) == "100 1 ");
  CHECK(weights({"5000", "2500"}) == "100 50 ");
  CHECK(weights({"1e308", "1"}) == "100 1 ");
  CHECK(weights({"0"}) == "0 ");
  CHECK(read_good(circuit(R"({"session_id": "s1", "kernel_host": "a", "kernel_port": 1})")).servers.front().weight ==
        1);
}

TEST_CASE("circuit table: routes with one address are one backend") {
  const CircuitSpec spec = read_good(circuit(route() + "," + route(R"("traffic_ratio": 2)")));
  REQUIRE(spec.servers.size() == 1);
  CHECK(spec.servers.front().weight == 3);
}

TEST_CASE("circuit table: protocols") {
  using Protocol = CircuitSpec::Protocol;
  for (const auto& [said, is] :
       {std::pair("http", Protocol::http), std::pair("h2", Protocol::h2c), std::pair("grpc", Protocol::h2c),
        std::pair("preopen", Protocol::http), std::pair("tcp", Protocol::tcp), std::pair("vnc", Protocol::tcp)})
    CHECK(read_good(circuit(route(), R"("protocol": ")" + std::string(said) + '"')).protocol == is);
}

TEST_CASE("circuit table: a service of inference is its endpoint's, and may have no name") {
  const CircuitSpec spec = read_good(circuit(route(), R"("app": "", "endpoint_id": "e1", "user_id": null)"));
  CHECK(spec.path() == "/e1/model");
  CHECK(spec.user.empty());
}

TEST_CASE("circuit table: a label of a host is kept") {
  CHECK(read_good(circuit(route(), R"("subdomain": "jupyter-abc")")).subdomain == "jupyter-abc");
}

TEST_CASE("circuit table: networks come in one text") {
  using Networks = std::vector<std::string>;
  const auto networks = [](const std::string& text) {
    return read_good(circuit(route(), R"("allowed_client_ips": ")" + text + '"')).allowed_client_ips;
  };
  CHECK(networks("10.0.0.0/8") == Networks{"10.0.0.0/8"});
  CHECK(networks(" 10.0.0.0/8 , 2001:db8::/32,,") == Networks{"10.0.0.0/8", "2001:db8::/32"});
  CHECK(networks("").empty());
}

TEST_CASE("circuit table: a wrong network is told; nothing but wrong ones let nobody in") {
  CircuitTable got = read(circuit(route(), R"("allowed_client_ips": "10.0.0.0/8,x")"));
  REQUIRE(got.circuits.size() == 1);
  CHECK(got.circuits.front().allowed_client_ips == std::vector<std::string>{"10.0.0.0/8"});
  REQUIRE(got.skipped.size() == 1);
  CHECK(got.skipped.front().ends_with("allowed_client_ips: \"x\" is no network"));
  for (const char* wrong : {R"("x")", R"("x,,y")", R"(" , ")", "5", "[]", "true"}) {
    got = read(circuit(route(), R"("allowed_client_ips": )" + std::string(wrong)));
    CHECK(got.circuits.empty());
    CHECK_FALSE(got.skipped.empty());
  }
}

TEST_CASE("circuit table: a circuit that cannot be read is told, and the others are served") {
  for (const std::string& wrong :
       {std::string("5"), std::string("null"), std::string("{}"), circuit(route(), R"("id": 5)"),
        circuit(route(), R"("id": "../x")"), circuit(route(), R"("app": "a/b")"), circuit(route(), R"("app": null)"),
        circuit(route(), R"("protocol": "quic")"), circuit(route(), R"("route_info": {})"),
        circuit(route(R"("kernel_port": 0)")), circuit(route(R"("kernel_port": 70000)")),
        circuit(route(R"("kernel_port": "8888")")), circuit(route(R"("kernel_host": "a b")")),
        circuit(route(R"("traffic_ratio": -1)")), circuit(route(R"("traffic_ratio": "1")")),
        circuit(route(R"("session_id": "a/b")")), circuit("5"), circuit(route(), R"("open_to_public": "yes")")}) {
    const CircuitTable got = read(wrong + R"(, {"id": "other", "app": "a", "protocol": "http", "route_info": [],
                                             "session_ids": ["s9"]})");
    CHECK_MESSAGE(got.circuits.size() == 1, wrong);
    CHECK_MESSAGE(got.skipped.size() == 1, wrong);
  }
}

TEST_CASE("circuit table: an id that comes twice is served once") {
  const CircuitTable got = read(circuit(route()) + "," + circuit(route(R"("kernel_port": 1)")));
  REQUIRE(got.circuits.size() == 1);
  CHECK(got.circuits.front().servers.front().port == 8888);
  CHECK(got.skipped.size() == 1);
}

TEST_CASE("circuit table: a circuit's port is one of the router's, or not its own") {
  const auto port_in = [](const PortRange& ports) {
    return read_circuit_table(table(circuit(route())), "owner", ports)->circuits.at(0).port;
  };
  CHECK(port_in({10'200, 10'299}) == 10'205);
  CHECK(port_in({10'300, 10'399}) == 0);
  CHECK(port_in({}) == 0);
  for (const char* wrong : {"-1", "10205.5", "\"10205\"", "75741"}) {
    const std::string text = table(circuit(route(), std::string("\"port\": ") + wrong));
    CHECK(read_circuit_table(text, "owner", {10'200, 10'299})->circuits.at(0).port == 0);
  }
}

TEST_CASE("circuit table: what is no table is an error") {
  for (const char* wrong : {"", "5", "[]", "{}", "null", R"({"circuits": 5})", R"({"circuits": {}})",
                            "{\"circuits\": [", "<html></html>", "\xff\xfe"})
    CHECK_FALSE(read_circuit_table(wrong, "").has_value());
  CHECK(read_circuit_table(R"({"circuits": []})", "")->circuits.empty());
}

TEST_CASE("circuit table: depth cannot end the router") {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  CHECK_FALSE(read_circuit_table(deep, "").has_value());
  CHECK(read_good(circuit(route(), R"("envs": )" + deep)).path() == "/s1/jupyter");
}

TEST_CASE("registration: the id is fit for a path, or it is an error") {
  CHECK(*read_worker_id(R"({"id": "3f2504e0-4f89", "slots": []})") == "3f2504e0-4f89");
  for (const char* wrong : {"", "{}", "[]", "5", R"({"id": 5})", R"({"id": ""})", R"({"id": "a/b"})", R"({"id": ".."})",
                            R"({"id": "a b"})", R"({"id": "a\r\nX: y"})"})
    CHECK_FALSE(read_worker_id(wrong).has_value());
  CHECK_FALSE(read_worker_id(R"({"id": ")" + std::string(200, 'a') + "\"}").has_value());
}

TEST_CASE("registration: what is said of the router") {
  RouterFacts facts;
  facts.authority = "r1";
  facts.hostname = "10.0.0.9";
  facts.port = 5050;
  facts.api_port = 6040;
  std::string body = registration_json(facts);
  for (const char* part :
       {R"("authority":"r1")", R"("hostname":"10.0.0.9")", R"("api_port":6040)", R"("url":"http://10.0.0.9:5050")",
        R"("frontend_mode":"port")", R"("port_range":[5050,5050])"})
    CHECK_MESSAGE(body.find(part) != std::string::npos, body);
  facts.ports = {20'000, 20'099};
  CHECK(registration_json(facts).find(R"("port_range":[20000,20099])") != std::string::npos);
  facts.domain = "apps.test";
  facts.is_advertised_tls = true;
  facts.port = 443;
  body = registration_json(facts);
  for (const char* part : {R"("frontend_mode":"wildcard")", R"("wildcard_domain":".apps.test")",
                           R"("wildcard_traffic_port":443)", R"("tls_advertised":true)", R"("url":"https://10.0.0.9")"})
    CHECK_MESSAGE(body.find(part) != std::string::npos, body);
}

TEST_CASE("report: what is said of circuits and backends") {
  CoordinatorReport report;
  CHECK(report_json(report) == R"({"backends":[],"circuits":[]})");
  report.circuits.push_back({"c1", 5, 1, WallTime(std::chrono::milliseconds(1'500))});
  report.circuits.push_back({"c2"});
  report.backends.push_back({"c1", "10.0.0.1:80", false});
  CHECK(report_json(report) == R"({"backends":[{"backend":"10.0.0.1:80","circuit":"c1","healthy":false}],)"
                               R"("circuits":[{"id":"c1","last_access":1.5,"open":1,"requests":5},)"
                               R"({"id":"c2","last_access":null,"open":0,"requests":0}]})");
}

TEST_CASE("refusal: why") {
  CHECK(read_refusal(R"({"title": "wants the secret", "status": 401})") == "\"wants the secret\"");
  CHECK(read_refusal("Not found").empty());
  CHECK(read_refusal(R"(["a"])").empty());
}
