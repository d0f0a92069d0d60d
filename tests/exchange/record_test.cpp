// What an exchange tells the access log.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "router/observe/log_file.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

// A script whose access log is read back.
class Logged : public Script {
 public:
  explicit Logged(ExchangeSettings with = {}) : Script(std::move(with)) {
    std::string shape = (std::filesystem::temp_directory_path() / "zeroway-record-XXXXXX").string();
    const int descriptor = mkstemp(shape.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = shape;
    REQUIRE(file_.open(path_).has_value());
    log.write_to(file_, AccessLogFormat::common);
  }
  ~Logged() {
    file_.finish();
    std::filesystem::remove(path_);
  }

  std::string all_of_line() {
    log.flush();
    file_.finish();
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
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

 private:
  std::string path_;
  LogFile file_{"access log"};
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
  CHECK(s.line().ends_with(" w1 1.000 1.000 0 worker_lost\n"));
  CHECK(s.line().starts_with("502 " + std::to_string(s.client.body.size()) + " "));

  Logged nobody;
  nobody.ask("GET");
  nobody.wait(5'000).fail(no_worker());
  CHECK(nobody.line().ends_with(" - 0.000 5000.000 0 no_worker\n"));

  Logged gone;
  gone.ask("GET").accept().cancel();
  CHECK(gone.line() == "499 0 w1 0.000 0.000 0 cancelled\n");

  Logged late;
  late.ask("GET").accept().reply("200").reply_data(3).fail(lost());
  CHECK(late.line() == "200 3 w1 0.000 0.000 0 worker_lost\n");
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
  s.log.flush();
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
