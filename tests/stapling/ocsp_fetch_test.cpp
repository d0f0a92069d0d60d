// One question to a responder, against a scripted connection.
#include "router/stapling/ocsp_fetch.h"

#include "router/stapling/staple_times.h"
#include "tests/backends/servers_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

struct Fetching {
  explicit Fetching(const std::string& url = "http://ocsp.test:8080/x/") {
    OcspQuestion question;
    question.url = url;
    question.body = "question";
    fetch = std::make_unique<OcspFetch>(loop, dialer, question, [this](Result<std::string> result) {
      told = result ? "answer " + *result : result.error().detail;
      fetch.reset();
    });
  }
  void turn() {
    loop.stop();
    loop.run();
  }
  std::shared_ptr<ServerEnd> connect() {
    REQUIRE(dialer.dials.size() == 1);
    CHECK(dialer.dials.front()->only_http1);
    auto server = std::make_shared<ServerEnd>();
    const auto done = dialer.dials.front()->done;
    done(DialedOrigin{std::make_unique<ScriptedConnection>(server), std::make_unique<H1ClientCodec>(codecs)});
    turn();
    return server;
  }
  // What is told after the responder has said this.
  std::string after(const std::string& reply) {
    connect()->say(reply);
    CHECK(told.empty());  // at the end of the turn
    turn();
    return told;
  }

  Loop loop;
  ScriptedDialer dialer;
  ClientCodecSettings codecs;
  std::string told;
  std::unique_ptr<OcspFetch> fetch;
};

std::string reply(const std::string& status, const std::string& content) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

}  // namespace

TEST_CASE("ocsp fetch: one POST with the question, and its content is the answer") {
  Fetching f;
  const auto server = f.connect();
  CHECK(server->take() ==
        "POST /x/ HTTP/1.1\r\nhost: ocsp.test:8080\r\nuser-agent: zeroway\r\naccept: application/ocsp-response\r\n"
        "content-type: application/ocsp-request\r\ncontent-length: 8\r\n\r\nquestion");
  server->say(reply("200 OK", "answer"));
  f.turn();
  CHECK(f.told == "answer answer");
  CHECK(server->is_destroyed);
}

TEST_CASE("ocsp fetch: the path of a URL without one is the root") {
  Fetching f("http://ocsp.test");
  CHECK(f.connect()->take().starts_with("POST / HTTP/1.1\r\nhost: ocsp.test\r\n"));
}

TEST_CASE("ocsp fetch: whatever else comes is an error, told once") {
  const std::string url = "http://ocsp.test:8080/x/: ";
  CHECK(Fetching().after(reply("503 No", "x")) == url + "status 503, without an answer");
  CHECK(Fetching().after(reply("301 No", "")) == url + "status 301, without an answer");
  CHECK(Fetching().after(reply("200 OK", "")) == url + "status 200, without an answer");
  CHECK(Fetching().after("nonsense\r\n\r\n").starts_with(url));
  CHECK(Fetching().after(reply("200 OK", std::string(kMaxOcspAnswer + 1, 'x'))) ==
        url + "the answer has more than 65536 bytes");
  Fetching refused;
  refused.dialer.dials.front()->done(Error{Fault::backend, Code::backend_lost, true, "connection refused"});
  refused.turn();
  CHECK(refused.told == url + "connection refused");
  Fetching broken;
  broken.connect()->break_off();
  broken.turn();
  CHECK(broken.told.starts_with(url));
  Fetching wrong("http://");
  wrong.turn();
  CHECK(wrong.told.starts_with("http://: its URL "));
}

TEST_CASE("ocsp fetch: destruction cancels it wherever it is") {
  Fetching f;
  f.fetch.reset();
  CHECK(f.dialer.dials.empty());
  Fetching g;
  const auto server = g.connect();
  g.fetch.reset();
  CHECK(server->is_destroyed);
}

TEST_CASE("staple times: again at half of the answer's time, and a little earlier by chance") {
  const WallTime now{};
  const auto pause = [&](std::chrono::seconds age, std::chrono::seconds life, std::uint64_t random) {
    return until_renewal({"", now - age, now - age + life}, now, random);
  };
  CHECK(pause(0s, 48h, 0) == 24h);
  CHECK(pause(6h, 48h, 0) == 18h);
  for (std::uint64_t random = 0; random < 100'000; random += 777) {
    CHECK(pause(0s, 48h, random) <= 24h);
    CHECK(pause(0s, 48h, random) > 18h);
  }
  CHECK(pause(40h, 48h, 0) == kOcspLeastPause);  // half is over
  CHECK(pause(0s, 1s, 0) == kOcspLeastPause);
  CHECK(pause(0s, 8'760h, 0) == kOcspMostPause);
}

TEST_CASE("staple times: after failures later and later, and never later than an hour and a quarter") {
  CHECK(until_retry(1, 0) == 1min);
  CHECK(until_retry(2, 0) == 2min);
  CHECK(until_retry(6, 0) == 32min);
  CHECK(until_retry(7, 0) == 60min);
  CHECK(until_retry(4'000'000'000U, 0) == 60min);
  for (std::uint64_t random = 0; random < 10'000; random += 77) CHECK(until_retry(9, random) <= 75min);
}
