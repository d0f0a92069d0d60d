// What an exchange tells the access log.
#include <doctest/doctest.h>

#include "tests/exchange/logs_of_plan.h"
#include "tests/exchange/site_script.h"

using namespace zeroway;

namespace {

// A script whose access log is read back.
class Logged : public Script {
 public:
  explicit Logged(ExchangeSettings with = {}) : Script(std::move(with)) {
    Settings wishes;
    wishes.exchange = settings;
    wishes.observe.access_log = "log";
    wishes.management.enabled = false;
    wishes.observe.access_format = LogFormat::common();
    const auto plan = make_plan(wishes, {}).plan;
    route.use(plan, backend, logs.open(*plan));
  }

  std::string all_of_line() { return logs.text(); }
  // From the status on.
  std::string line() {
    const std::string text = all_of_line();
    const std::size_t from = text.find("HTTP/1.1\" ");
    return from == std::string::npos ? text : text.substr(from + 10);
  }
  Logged& wait(int millis) {
    clock.time += Millis{millis};
    return *this;
  }

  LogsOfPlan logs;
};

}  // namespace

TEST_CASE("record: status, bytes, worker, queue time, total time, retries") {
  Logged s;
  s.begin().ask_more("PUT").send(5).send_end();
  s.wait(3).accept("w1").fail(lost());
  s.wait(4).accept("w2");
  s.wait(10).reply("201").reply_data(7);
  s.wait(2).reply_end();
  CHECK(s.line() == "201 7 w2 4.000 19.000 1 -\n");
}

TEST_CASE("record: why it failed, and who had it last") {
  Logged s;
  s.ask("POST");
  s.wait(1).accept("w1").fail(lost());
  CHECK(s.line().ends_with(" w1 1.000 1.000 0 backend_lost\n"));
  CHECK(s.line().starts_with("502 " + std::to_string(s.client.body.size()) + " "));

  Logged nobody;
  nobody.ask("GET");
  nobody.wait(5'000).fail(no_backend());
  CHECK(nobody.line().ends_with(" - 0.000 5000.000 0 no_backend\n"));

  Logged gone;
  gone.ask("GET").accept().cancel();
  CHECK(gone.line() == "499 0 w1 0.000 0.000 0 cancelled\n");

  Logged late;
  late.ask("GET").accept().reply("200").reply_data(3).fail(lost());
  CHECK(late.line() == "200 3 w1 0.000 0.000 0 backend_lost\n");
}

TEST_CASE("record: the queue time ends with acceptance, and is the last opening's; total time has all") {
  Logged s;
  s.ask("GET");
  s.wait(5).fail(unseen());
  s.wait(7).accept("w2");
  s.wait(11).reply("200");
  s.wait(13).reply_end();
  CHECK(s.line() == "200 0 w2 7.000 36.000 1 -\n");
}

TEST_CASE("record: the answer to a client that broke the rules is counted, unless its reply has begun") {
  const auto line_after = [](std::string_view method, bool has_reply) {
    Logged s;
    s.begin().ask_more(method).send(3).accept();
    if (has_reply) s.reply("200").reply_data(2);
    s.exchanges.from_client(s.key)->reset({Fault::client, Code::request_timeout, false, "too slow"});
    return s.line();
  };
  Head reply;
  const std::string size =
      std::to_string(write_error_reply(Code::request_timeout, ErrorFormat::html, "", reply).size());
  CHECK(line_after("POST", false) == "408 " + size + " w1 0.000 0.000 0 request_timeout\n");
  CHECK(line_after("HEAD", false) == "408 0 w1 0.000 0.000 0 request_timeout\n");
  CHECK(line_after("POST", true) == "200 2 w1 0.000 0.000 0 request_timeout\n");
}

TEST_CASE("record: a request that was refused before its head was read is shown by what was read of it") {
  const auto line_of = [](Head head) {
    Logged s;
    s.exchanges.refuse(s.client, s.info, head, Code::bad_request, s.clock.time);
    const std::string line = s.all_of_line();
    return line.substr(line.find('"'));
  };
  Head reply;
  const std::string size = std::to_string(write_error_reply(Code::bad_request, ErrorFormat::html, "", reply).size());
  CHECK(line_of({}) == "\"- - HTTP/1.1\" 400 " + size + " - 0.000 0.000 0 bad_request\n");
  CHECK(line_of({{":method", "HEAD"}, {":path", "/a"}}) == "\"HEAD /a HTTP/1.1\" 400 0 - 0.000 0.000 0 bad_request\n");
}

TEST_CASE("record: a client that broke the protocol and was served to the end is blamed") {
  Logged s;
  s.ask("GET").accept();
  s.exchanges.blame_client(s.key, Code::bad_request);
  s.reply("200").reply_data(3).reply_end();
  CHECK(s.line() == "200 3 w1 0.000 0.000 0 bad_request\n");
  s.exchanges.blame_client(s.key, Code::bad_request);  // of a stale key
}

TEST_CASE("record: one line for each exchange, written before its client goes") {
  Logged s;
  s.client.on_end = [&s] { s.info.address = "gone"; };
  s.ask("GET", "/x").accept().reply("200").reply_end();
  CHECK(s.line() == "200 0 w1 0.000 0.000 0 -\n");
}

TEST_CASE("record: no words of ours reach the client") {
  Script s;
  s.ask("GET").accept().reply("200", Last::no, {{"content-length", "secret"}});
  CHECK(s.client.body.find("<h1>502 ") != std::string::npos);
  CHECK(s.client.body.find("secret") == std::string::npos);
}

TEST_CASE(
    "record: a WebSocket is what its client said and heard: GET and 101, or CONNECT and 200 (RFC 6455, RFC 8441)") {
  const auto line_of = [](std::string_view protocol, std::string_view status) {
    Logged s;
    s.info.protocol = protocol;
    s.ask_socket().accept().reply(status).reply_end();
    return s.all_of_line();
  };
  CHECK(line_of("HTTP/1.1", "200").find("\"GET /ws HTTP/1.1\" 101 ") != std::string::npos);
  CHECK(line_of("HTTP/1.1", "404").find("\"GET /ws HTTP/1.1\" 404 ") != std::string::npos);
  CHECK(line_of("HTTP/2", "200").find("\"CONNECT /ws HTTP/2\" 200 ") != std::string::npos);
}

namespace {

const std::string kServer = proxy_text() + server_text("api", "http://127.0.0.1:3001") + route_text("/api", "api");

std::string log_text(const std::string& file, const std::string& format) {
  return "[sites.log]\naccess_log = \"" + file + "\"\nformat = '" + format + "'\n";
}

}  // namespace

TEST_CASE("record: a site's line names the site, the route, the pool and who answered") {
  SiteScript s(site_text() + log_text("log", "{site} {route} {upstream} {worker} {attempts} {status}") + kServer);
  s.get("/api/x").accept("127.0.0.1:3001").reply("200", Last::yes);
  CHECK(s.logs.text() == "main /api api 127.0.0.1:3001 1 200\n");

  SiteScript health(site_text() + log_text("log", "{site} {route} {upstream} {worker} {attempts} {status}"));
  health.get("/api/health");
  CHECK(health.logs.text() == "main /api/health - - 0 200\n");
}

TEST_CASE("record: queue and backend's time are those of the last attempt, and the total has all of them") {
  SiteScript s(site_text() + log_text("log", "{queue_ms} {backend_ms} {total_ms} {retries}") + kServer);
  s.get("/api/x");
  s.clock.time += Millis{5};
  s.accept();
  s.clock.time += Millis{7};
  s.fail(unseen());
  s.clock.time += Millis{11};
  s.accept();
  s.clock.time += Millis{13};
  s.reply("200");
  s.clock.time += Millis{17};
  s.reply_end();
  CHECK(s.logs.text() == "11.000 30.000 53.000 1\n");
}

TEST_CASE("record: the target is logged as the client sent it, escaped, while the backend gets the canonical one") {
  SiteScript s(site_text() + log_text("log", "\"{path}\"") + kServer);
  s.get("/%61pi/./x%0d%0a\"%41?q=%0a\\").accept().reply("200", Last::yes);
  CHECK(s.backend.seen.path() == "/api/x%0D%0A%22A?q=%0a\\");
  CHECK(s.logs.text() == "\"/%61pi/./x%0d%0a\\x22%41?q=%0a\\x5c\"\n");
}

TEST_CASE("record: each site has its own log, sites may share a file, and requests that no site has are of [logging]") {
  const auto two = [](const std::string& a, const std::string& b) {
    return "[logging]\naccess_log = \"all\"\nformat = \"{status}\"\n" + site_text("strict_host = true\n") + a +
           "[[sites]]\nname = \"b\"\nhostname = \"b.test\"\nport = 8080\n" + b;
  };
  SiteScript apart(two(log_text("a", "{site} a"), log_text("b", "{site} b")));
  apart.status("/api/health");
  apart.status("/api/health", {{":authority", "b.test"}});
  apart.status("/api/health", {{":authority", "c.test"}});
  CHECK(apart.logs.text(0) == "421\n");
  CHECK(apart.logs.text(1) == "main a\n");
  CHECK(apart.logs.text(2) == "b b\n");

  SiteScript shared(two("", log_text("./all", "{site} b")));
  shared.status("/api/health");
  shared.status("/api/health", {{":authority", "b.test"}});
  CHECK(shared.logs.text(0) == "200\nb b\n");

  SiteScript off(two("[sites.log]\naccess_log = \"off\"\n", ""));
  off.status("/api/health");
  off.status("/api/health", {{":authority", "b.test"}});
  CHECK(off.logs.text(0) == "200\n");
}

TEST_CASE("record: where the log has ids each request has one, which its backend gets, too") {
  SiteScript s(site_text("trusted_proxies = [\"192.0.2.7\"]\n") + log_text("log", "{request_id}") + kServer);
  s.get("/api/x", {{"x-request-id", "chosen"}}).accept().reply("200", Last::yes);
  const std::string made = s.sent("x-request-id");
  CHECK(made.size() == 33);
  CHECK(made != "chosen|");
  s.info.address = "192.0.2.7";
  s.get("/api/x", {{"x-request-id", "chosen"}}).accept().reply("200", Last::yes);
  CHECK(s.sent("x-request-id") == "chosen|");
  CHECK(s.logs.text() == made.substr(0, 32) + "\nchosen\n");

  SiteScript none(site_text() + log_text("log", "{path}") + kServer);
  none.get("/api/x").accept().reply("200", Last::yes);
  CHECK(none.sent("x-request-id").empty());
}

TEST_CASE("record: a client that leaves before the reply's head is 499, and the backend is not to blame") {
  SiteScript s(site_text() + log_text("log", "{status} {reason} {worker}") + kServer);
  s.get("/api/x").accept("w1").cancel();
  CHECK(s.counters.cancelled == 1);
  CHECK(s.counters.replies_5xx == 0);
  CHECK(s.logs.text() == "499 cancelled w1\n");
}

TEST_CASE("record: without traces of our own, the trace that a client tells of is logged, and goes on untouched") {
  SiteScript s(site_text() + log_text("log", "{trace_id} {span_id}") + kServer);
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  s.get("/api", {{"traceparent", parent}}).accept().reply("200", Last::yes);
  CHECK(s.sent("traceparent") == parent + "|");
  s.get("/api", {{"traceparent", "nonsense"}}).accept().reply("200", Last::yes);
  CHECK(s.sent("traceparent") == "nonsense|");
  CHECK(s.logs.text() == "4bf92f3577b34da6a3ce929d0e0e4736 -\n- -\n");
}
