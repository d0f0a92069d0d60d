#include "router/observe/request_log.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "router/observe/log_file.h"
#include "tests/observe/files.h"

using namespace zeroway;

namespace {

// A log with its file: all is written when it has gone.
struct Logged {
  explicit Logged(const std::string& path, AccessLogFormat format = AccessLogFormat::common) {
    REQUIRE(file.open(path).has_value());
    log.write_to(file, format);
  }
  LogFile file{"access log"};
  RequestLog log;
};

RequestRecord record() {
  return {.ended = WallTime{std::chrono::seconds(784'111'777)},
          .address = "192.0.2.1",
          .peer = "10.0.0.1",
          .method = "GET",
          .host = "example.com",
          .path = "/a?b",
          .protocol = "HTTP/1.1",
          .status = 200,
          .bytes_out = 1234,
          .bytes_in = 5,
          .referer = "https://a.test/",
          .user_agent = "agent (1)",
          .worker = "worker-1",
          .queue_time = std::chrono::microseconds(90),
          .total_time = std::chrono::microseconds(12'345),
          .retries = 1,
          .reason = "",
          .request_id = ""};
}

std::string line_of(const RequestRecord& one, AccessLogFormat format) {
  const Folder folder;
  Logged(folder.path("a"), format).log.write(one);
  return read_file(folder.path("a"));
}

}  // namespace

TEST_CASE("request log: common format, then worker, queue ms, total ms, retries, reason") {
  CHECK(line_of(record(), AccessLogFormat::common) ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 worker-1 0.090 12.345 1 -\n");
  RequestRecord failed = record();
  failed.status = 503;
  failed.worker = "";
  failed.reason = "no_worker";
  failed.total_time = std::chrono::seconds(5);
  CHECK(line_of(failed, AccessLogFormat::common) ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 503 1234 - 0.090 5000.000 1 no_worker\n");
}

TEST_CASE("request log: combined has referer and user agent between the two") {
  RequestRecord one = record();
  CHECK(line_of(one, AccessLogFormat::combined) ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 \"https://a.test/\" \"agent (1)\" "
        "worker-1 0.090 12.345 1 -\n");
  one.referer = one.user_agent = "";
  CHECK(line_of(one, AccessLogFormat::combined).find(" 1234 \"-\" \"-\" worker-1 ") != std::string::npos);
}

TEST_CASE("request log: JSON, one object a line") {
  CHECK(line_of(record(), AccessLogFormat::json) ==
        "{\"time\":\"1994-11-06T08:49:37Z\",\"address\":\"192.0.2.1\",\"peer\":\"10.0.0.1\",\"method\":\"GET\","
        "\"host\":\"example.com\",\"path\":\"/a?b\","
        "\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes_out\":1234,\"bytes_in\":5,\"referer\":\"https://a.test/"
        "\",\"user_agent\":\"agent (1)\",\"worker\":\"worker-1\","
        "\"queue_ms\":0.090,\"total_ms\":12.345,\"retries\":1,\"reason\":\"\"}\n");
}

TEST_CASE("request log: what a client chose cannot look like a field or a line of ours") {
  RequestRecord one = record();
  one.path = std::string_view("/\"\\\n\r\t\x00\x7f\xc3\xa9 x", 12);
  const std::string common = line_of(one, AccessLogFormat::common);
  CHECK(common.find("\"GET /\\x22\\x5c\\x0a\\x0d\\x09\\x00\\x7f\\xc3\\xa9 x HTTP/1.1\"") != std::string::npos);
  CHECK(std::count(common.begin(), common.end(), '\n') == 1);
  const std::string json = line_of(one, AccessLogFormat::json);
  CHECK(json.find(R"("path":"/\"\\\u000a\u000d\u0009\u0000\u007f\u00c3\u00a9 x")") != std::string::npos);
  CHECK(std::count(json.begin(), json.end(), '\n') == 1);
}

TEST_CASE("request log: every field that a client chose is escaped, and cut to 2048 bytes") {
  const std::string evil = "\"\n\x1b[31m\\\xff ";
  const std::string exact(2'048, 'x'), more = exact + "#";
  for (std::string_view RequestRecord::*field :
       {&RequestRecord::method, &RequestRecord::host, &RequestRecord::path, &RequestRecord::referer,
        &RequestRecord::user_agent, &RequestRecord::worker, &RequestRecord::reason}) {
    for (const AccessLogFormat format : {AccessLogFormat::combined, AccessLogFormat::common, AccessLogFormat::json}) {
      RequestRecord one = record();
      one.*field = evil;
      const std::string line = line_of(one, format);
      const bool is_shown = format == AccessLogFormat::json || line.find("x1b[31m") != std::string::npos;
      CHECK(is_shown ==
            (line.find(format == AccessLogFormat::json ? "\\\"\\u000a\\u001b[31m\\\\\\u00ff "
                                                       : "\\x22\\x0a\\x1b[31m\\x5c\\xff ") != std::string::npos));
      CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c < 127; }));
      CHECK(line.back() == '\n');
      if (field == &RequestRecord::worker || field == &RequestRecord::reason) continue;
      one.*field = exact;
      CHECK(line_of(one, format).find("x...") == std::string::npos);
      one.*field = more;
      const std::string cut = line_of(one, format);
      CHECK(cut.find('#') == std::string::npos);
      CHECK(cut.size() < 2'400);
    }
  }
}

TEST_CASE("request log: off takes nothing and touches nothing") {
  RequestLog log;
  CHECK_FALSE(log.is_on());
  log.write(record());
  log.sweep(Time{std::chrono::hours(1)});
  CHECK_FALSE(log.is_on());
}

TEST_CASE("request log: lines wait at most a second of sweeps, and are written many at once") {
  const Folder folder;
  Logged logged(folder.path("a"));
  Time now{std::chrono::hours(1)};
  logged.log.write(record());
  logged.log.sweep(now);  // the first look
  const std::size_t one = line_of(record(), AccessLogFormat::common).size();
  wait_for([&] { return read_file(folder.path("a")).size() == one; });
  logged.log.write(record());
  logged.log.write(record());
  logged.log.sweep(now + std::chrono::milliseconds(999));
  std::string marker = "marker\n";
  logged.file.append(marker, 1);  // were they handed over, they would come before it
  wait_for([&] { return read_file(folder.path("a")).size() == one + 7; });
  logged.log.sweep(now + std::chrono::seconds(1));
  wait_for([&] { return read_file(folder.path("a")).size() == 3 * one + 7; });
  for (int i = 0; i < 1'000; ++i) logged.log.write(record());  // a full buffer does not wait
  wait_for([&] { return read_file(folder.path("a")).size() > 500 * one; });
}
