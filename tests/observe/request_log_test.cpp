#include "router/observe/request_log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace zeroway;

namespace {

// A directory that goes with the test.
class Folder {
 public:
  Folder() {
    std::string shape = (std::filesystem::temp_directory_path() / "zeroway-log-XXXXXX").string();
    path_ = mkdtemp(shape.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ObserveSettings to(std::string path, AccessLogFormat format = AccessLogFormat::common) {
  ObserveSettings settings;
  settings.access_log = std::move(path);
  settings.access_format = format;
  return settings;
}

RequestRecord record() {
  return {.ended = WallTime{std::chrono::seconds(784'111'777)},
          .address = "192.0.2.1",
          .method = "GET",
          .path = "/a?b",
          .protocol = "HTTP/1.1",
          .status = 200,
          .bytes_out = 1234,
          .bytes_in = 5,
          .worker = "worker-1",
          .queue_time = std::chrono::microseconds(90),
          .total_time = std::chrono::microseconds(12'345),
          .retries = 1,
          .reason = ""};
}

std::string line_of(const RequestRecord& one, AccessLogFormat format) {
  const Folder folder;
  {
    RequestLog log;
    REQUIRE(log.open(to(folder.file("a"), format)).has_value());
    log.write(one);
  }
  return read(folder.file("a"));
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

TEST_CASE("request log: JSON, one object a line") {
  CHECK(line_of(record(), AccessLogFormat::json) ==
        "{\"time\":\"1994-11-06T08:49:37Z\",\"address\":\"192.0.2.1\",\"method\":\"GET\",\"path\":\"/a?b\","
        "\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes_out\":1234,\"bytes_in\":5,\"worker\":\"worker-1\","
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

TEST_CASE("request log: off takes nothing and touches nothing") {
  RequestLog log;
  CHECK_FALSE(log.is_on());
  CHECK(log.open(ObserveSettings()).has_value());
  CHECK_FALSE(log.is_on());
  CHECK(log.reopen().has_value());
  log.sweep(Time{std::chrono::hours(1)});
  CHECK_FALSE(log.is_on());
}

TEST_CASE("request log: a file that cannot be opened is named, with the reason") {
  RequestLog log;
  const auto opened = log.open(to("/nowhere/at/all"));
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail == "cannot open access log '/nowhere/at/all': No such file or directory");
  CHECK_FALSE(log.is_on());
}

TEST_CASE("request log: lines wait at most a second of sweeps, and are written many at once") {
  const Folder folder;
  RequestLog log;
  REQUIRE(log.open(to(folder.file("a"))).has_value());
  Time now{std::chrono::hours(1)};
  log.write(record());
  log.sweep(now);  // the first look
  const std::size_t one = read(folder.file("a")).size();
  CHECK(one > 0);
  log.write(record());
  log.write(record());
  log.sweep(now + std::chrono::milliseconds(999));
  CHECK(read(folder.file("a")).size() == one);
  log.sweep(now + std::chrono::seconds(1));
  CHECK(read(folder.file("a")).size() == 3 * one);
  for (int i = 0; i < 1'000; ++i) log.write(record());
  CHECK(read(folder.file("a")).size() > 500 * one);  // a full buffer does not wait
}

TEST_CASE("request log: reopen follows a rotation and loses no line") {
  const Folder folder;
  RequestLog log;
  REQUIRE(log.open(to(folder.file("a"))).has_value());
  log.write(record());
  std::filesystem::rename(folder.file("a"), folder.file("a.1"));
  log.write(record());
  CHECK(log.reopen().has_value());
  log.write(record());
  log.flush();
  const std::size_t one = read(folder.file("a")).size();
  CHECK(one > 0);
  CHECK(read(folder.file("a.1")).size() == 2 * one);
}

TEST_CASE("request log: a reopen that fails keeps the old file") {
  const Folder folder;
  std::filesystem::create_directory(folder.file("d"));
  RequestLog log;
  REQUIRE(log.open(to(folder.file("d/a"))).has_value());
  std::filesystem::rename(folder.file("d"), folder.file("e"));
  CHECK_FALSE(log.reopen().has_value());
  log.write(record());
  log.flush();
  CHECK_FALSE(read(folder.file("e/a")).empty());
}

TEST_CASE("request log: lines of several loops on one file never mix") {
  const Folder folder;
  constexpr int kLines = 5'000;
  std::vector<std::thread> loops;
  for (int i = 0; i < 4; ++i) {
    loops.emplace_back([&folder] {
      RequestLog log;
      static_cast<void>(log.open(to(folder.file("a"))));
      for (int line = 0; line < kLines; ++line) log.write(record());
    });
  }
  for (std::thread& loop : loops) loop.join();
  const std::string expected = line_of(record(), AccessLogFormat::common);
  const std::string all = read(folder.file("a"));
  REQUIRE(all.size() == 4 * kLines * expected.size());
  std::size_t wrong = 0;
  for (std::size_t at = 0; at < all.size(); at += expected.size()) {
    wrong += all.compare(at, expected.size(), expected) == 0 ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("request log: a pipe that nobody reads costs lines, not memory, and is counted") {
  const Folder folder;
  REQUIRE(mkfifo(folder.file("p").c_str(), 0600) == 0);
  const int reader = ::open(folder.file("p").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  {
    RequestLog log;
    REQUIRE(log.open(to(folder.file("p"))).has_value());
    for (int i = 0; i < 30'000; ++i) log.write(record());
    CHECK(log.lost() > 10'000);
    std::string text(1 << 20, ' ');
    const ssize_t got = ::read(reader, text.data(), text.size());
    REQUIRE(got > 0);
    log.flush();  // goes on where it stopped
    const ssize_t more = ::read(reader, text.data() + got, text.size() - static_cast<std::size_t>(got));
    REQUIRE(more > 0);
    const std::string expected = line_of(record(), AccessLogFormat::common);
    text.resize(static_cast<std::size_t>(got + more));
    for (std::size_t at = 0; at + expected.size() <= text.size(); at += expected.size()) {
      REQUIRE(text.compare(at, expected.size(), expected) == 0);
    }
  }
  ::close(reader);
}
