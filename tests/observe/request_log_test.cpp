#include "router/observe/request_log.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "router/observe/log_file.h"
#include "tests/observe/files.h"

using namespace zeroway;

namespace {

// A log with its file: all is written when it has gone.
struct Logged {
  explicit Logged(const std::string& path) { REQUIRE(file->open(path).has_value()); }
  std::shared_ptr<LogFile> file = std::make_shared<LogFile>("access log");
  RequestLog log{file};
};

RequestRecord record() {
  return {.ended = WallTime{std::chrono::milliseconds(784'111'777'042)},
          .address = "192.0.2.1",
          .peer = "10.0.0.1",
          .scheme = "http",
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
          .attempts = 2,
          .queue_time = std::chrono::microseconds(90),
          .backend_time = std::chrono::microseconds(12'200),
          .total_time = std::chrono::microseconds(12'345)};
}

std::string line_of(const RequestRecord& one, const LogFormat& format) {
  const Folder folder;
  Logged(folder.path("a")).log.write(one, format);
  return read_file(folder.path("a"));
}

std::string line_of(const RequestRecord& one, std::string_view format) {
  return line_of(one, *LogFormat::read(format));
}

}  // namespace

TEST_CASE("request log: common format, then worker, queue ms, total ms, retries, reason") {
  CHECK(line_of(record(), "common") ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 worker-1 0.090 12.345 1 -\n");
  RequestRecord failed = record();
  failed.status = 503;
  failed.worker = "";
  failed.reason = "no_backend";
  failed.total_time = std::chrono::seconds(5);
  CHECK(line_of(failed, "common") ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 503 1234 - 0.090 5000.000 1 no_backend\n");
}

TEST_CASE("request log: combined has referer and user agent between the two") {
  RequestRecord one = record();
  CHECK(line_of(one, "combined") ==
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 \"https://a.test/\" \"agent (1)\" "
        "worker-1 0.090 12.345 1 -\n");
  one.referer = one.user_agent = "";
  CHECK(line_of(one, "combined").find(" 1234 \"-\" \"-\" worker-1 ") != std::string::npos);
}

TEST_CASE("request log: JSON, one object a line") {
  CHECK(line_of(record(), "json") ==
        "{\"time\":\"1994-11-06T08:49:37.042Z\",\"address\":\"192.0.2.1\",\"peer\":\"10.0.0.1\",\"scheme\":\"http\","
        "\"method\":\"GET\",\"host\":\"example.com\",\"path\":\"/a?b\","
        "\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes_out\":1234,\"bytes_in\":5,\"referer\":\"https://a.test/"
        "\",\"user_agent\":\"agent (1)\",\"worker\":\"worker-1\",\"attempts\":2,\"retries\":1,"
        "\"queue_ms\":0.090,\"backend_ms\":12.200,\"total_ms\":12.345,\"reason\":\"\"}\n");
}

TEST_CASE("request log: JSON has what there is of site, route, ids and TLS") {
  RequestRecord one = record();
  one.site = "shop";
  one.route = "/api";
  one.pool = "api";
  one.request_id = "r1";
  one.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  one.span_id = "00f067aa0ba902b7";
  one.tls_version = "TLSv1.3";
  one.tls_cipher = "TLS_AES_128_GCM_SHA256";
  const std::string line = line_of(one, "json");
  for (const char* member : {R"("site":"shop")", R"("route":"/api","upstream":"api")", R"("request_id":"r1")",
                             R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7")",
                             R"("tls_version":"TLSv1.3","tls_cipher":"TLS_AES_128_GCM_SHA256")"})
    CHECK_MESSAGE(line.find(member) != std::string::npos, line);
}

TEST_CASE("request log: a template has the fields that it names, '-' for those that are empty") {
  CHECK(line_of(record(), "{time} {unix_ms} {site} {status} {attempts} {backend_ms} {{{reason}}}") ==
        "1994-11-06T08:49:37.042Z 784111777042 - 200 2 12.200 {-}\n");
  std::string all;
  for (const LogFieldName& field : log_fields()) all.append("{").append(field.name).append("}|");
  const std::string line = line_of(record(), all);
  CHECK(std::count(line.begin(), line.end(), '|') == static_cast<std::ptrdiff_t>(log_fields().size()));
}

TEST_CASE("request log: a second's text is of its second, in each form") {
  const Folder folder;
  {
    Logged logged(folder.path("a"));
    RequestRecord one = record();
    for (const int more : {0, 957, 958, 1'958}) {
      one.ended = record().ended + std::chrono::milliseconds(more);
      logged.log.write(one, *LogFormat::read("{time} {time_common}"));
    }
  }
  CHECK(read_file(folder.path("a")) ==
        "1994-11-06T08:49:37.042Z 06/Nov/1994:08:49:37 +0000\n1994-11-06T08:49:37.999Z 06/Nov/1994:08:49:37 +0000\n"
        "1994-11-06T08:49:38.000Z 06/Nov/1994:08:49:38 +0000\n1994-11-06T08:49:39.000Z 06/Nov/1994:08:49:39 +0000\n");
}

TEST_CASE("request log: what a client chose cannot look like a field or a line of ours") {
  RequestRecord one = record();
  one.path = std::string_view("/\"\\\n\r\t\x00\x7f\xc3\xa9 x", 12);
  const std::string common = line_of(one, "common");
  CHECK(common.find("\"GET /\\x22\\x5c\\x0a\\x0d\\x09\\x00\\x7f\\xc3\\xa9 x HTTP/1.1\"") != std::string::npos);
  CHECK(std::count(common.begin(), common.end(), '\n') == 1);
  const std::string json = line_of(one, "json");
  CHECK(json.find(R"("path":"/\"\\\u000a\u000d\u0009\u0000\u007f\u00c3\u00a9 x")") != std::string::npos);
  CHECK(std::count(json.begin(), json.end(), '\n') == 1);
}

TEST_CASE("request log: every field that a client chose is escaped, and cut to 2048 bytes") {
  const std::string evil = "\"\n\x1b[31m\\\xff ";
  const std::string exact(2'048, 'x'), more = exact + "#";
  for (std::string_view RequestRecord::*field :
       {&RequestRecord::method, &RequestRecord::host, &RequestRecord::path, &RequestRecord::referer,
        &RequestRecord::user_agent, &RequestRecord::worker, &RequestRecord::reason, &RequestRecord::request_id}) {
    for (const std::string_view format :
         {"combined", "common", "json", "{method}{host}{path}{referer}{user_agent}{worker}{reason}{request_id}"}) {
      RequestRecord one = record();
      one.*field = evil;
      const std::string line = line_of(one, format);
      const bool is_shown = format == "json" || format.starts_with("{") || line.find("x1b[31m") != std::string::npos;
      CHECK(is_shown == (line.find(format == "json" ? "\\\"\\u000a\\u001b[31m\\\\\\u00ff "
                                                    : "\\x22\\x0a\\x1b[31m\\x5c\\xff ") != std::string::npos));
      CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c < 127; }));
      CHECK(line.back() == '\n');
      if (field == &RequestRecord::worker || field == &RequestRecord::reason) continue;
      one.*field = exact;
      CHECK(line_of(one, format).find("x...") == std::string::npos);
      one.*field = more;
      const std::string cut = line_of(one, format);
      CHECK(cut.find('#') == std::string::npos);
      CHECK(cut.size() < 2'600);
    }
  }
}

TEST_CASE("request log: lines wait at most a second of sweeps, and are written many at once") {
  const Folder folder;
  Logged logged(folder.path("a"));
  Time now{std::chrono::hours(1)};
  logged.log.write(record(), LogFormat::common());
  logged.log.sweep(now);  // the first look
  const std::size_t one = line_of(record(), "common").size();
  wait_for([&] { return read_file(folder.path("a")).size() == one; });
  logged.log.write(record(), LogFormat::common());
  logged.log.write(record(), LogFormat::common());
  logged.log.sweep(now + std::chrono::milliseconds(999));
  std::string marker = "marker\n";
  logged.file->append(marker, 1);  // were they handed over, they would come before it
  wait_for([&] { return read_file(folder.path("a")).size() == one + 7; });
  logged.log.sweep(now + std::chrono::seconds(1));
  wait_for([&] { return read_file(folder.path("a")).size() == 3 * one + 7; });
  for (int i = 0; i < 1'000; ++i) logged.log.write(record(), LogFormat::common());  // a full buffer does not wait
  wait_for([&] { return read_file(folder.path("a")).size() > 500 * one; });
}
