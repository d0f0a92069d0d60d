// One line for each request: the request, its result, who answered, and how long it took.
//
// Owner: RequestLogs keeps one for each file and loop; the plans in use share it.   Thread: that loop.
// Lines are gathered and handed to the file many at once, at least once a second and when the RequestLog is destroyed.
// Not here: filling a record (exchange/exchange_record.h), writing (observe/log_file.h), events that a person should
// know at once (observe/log.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/observe/time.h"
#include "router/observe/wall_clock.h"
#include "router/settings/log_format.h"

namespace zeroway {

class LogFile;  // router/observe/log_file.h

// Views are good until the call that is given the record returns. "" = there is none.
struct RequestRecord {
  WallTime ended;
  std::string_view address = {};  // the client's; behind trusted proxies, the address that they report
  std::string_view peer = {};     // the address at the other end of the connection
  std::string_view user = {};     // that the site's login has found
  std::string_view site = {}, scheme = {};
  std::string_view method = {}, host = {}, path = {}, protocol = {};  // `path` with its query, as the client sent it
  int status = 0;                                                     // 0 = none was sent
  std::uint64_t bytes_out = 0;                                        // of the reply's body, to the client
  std::uint64_t bytes_in = 0;                                         // of the request's body
  std::string_view referer = {}, user_agent = {};
  std::string_view route = {};               // its path in the file
  std::string_view pool = {};                // who serves the route: a pool, "fabric", "files"
  std::string_view worker = {};              // the worker or the server that had the request last
  std::uint32_t attempts = 0;                // openings
  std::chrono::microseconds queue_time{0};   // from the last opening to its acceptance; 0 = nobody took it
  std::chrono::microseconds backend_time{};  // from there to the end of the backend's stream
  std::chrono::microseconds total_time{0};
  std::string_view reason = {};  // why the request failed: an error's name
  std::string_view request_id = {};
  std::string_view trace_id = {}, span_id = {};
  std::string_view tls_version = {}, tls_cipher = {};

  [[nodiscard]] std::uint32_t retries() const { return attempts > 1 ? attempts - 1 : 0; }
};

// Writes records as lines.
class LineWriter {
 public:
  // Appends the line of `record` to `out`.
  void write(const RequestRecord& record, const LogFormat& format, std::string& out);

 private:
  // A second as text, written once for all its requests.
  struct SecondText {
    std::int64_t second = -1;
    std::string text;

    [[nodiscard]] const std::string& of(std::int64_t now, const char* shape);
  };

  void write_json(const RequestRecord& record, std::string& out);
  [[nodiscard]] std::string_view iso_time(WallTime at);
  [[nodiscard]] std::string_view common_time(WallTime at);
  // Calls `take` with the value of the field: a text, a number or a time.
  template <class Take>
  void give(LogField field, const RequestRecord& record, Take take);

  SecondText iso_, common_;
  std::string time_;  // iso_ with its milliseconds
};

class RequestLog {
 public:
  explicit RequestLog(std::shared_ptr<LogFile> file) : file_(std::move(file)) {}
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  void write(const RequestRecord& record, const LogFormat& format);
  // Hands over lines that have waited for a second; called every 100 ms or so.
  void sweep(Time now);
  void flush();

  [[nodiscard]] const LogFile& file() const { return *file_; }

 private:
  const std::shared_ptr<LogFile> file_;
  LineWriter writer_;
  std::string buffer_;
  std::uint64_t lines_ = 0;  // in the buffer
  Time flushed_{};
};

}  // namespace zeroway
