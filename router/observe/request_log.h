// One line for each request: the request, its result, the worker that answered, and how long it took.
//
// Owner: Router keeps one per loop, all with one file.   Thread: that loop.
// Lines are gathered and handed to the file many at once, at least once a second and when the RequestLog is destroyed.
// Not here: filling a record (exchange/exchange.cpp), writing (observe/log_file.h), events that a person should know at
// once (observe/log.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/observe/time.h"
#include "router/observe/wall_clock.h"
#include "router/settings/settings.h"

namespace zeroway {

// Views are good until the call that is given the record returns.
struct RequestRecord {
  WallTime ended;
  std::string_view address;  // the client's; behind trusted proxies, the address that they report
  std::string_view peer;     // the address at the other end of the connection
  std::string_view method, host, path, protocol;
  int status = 0;                           // 0 = none was sent
  std::uint64_t bytes_out = 0;              // of the reply's body, to the client
  std::uint64_t bytes_in = 0;               // of the request's body
  std::string_view referer, user_agent;     // "" = none was sent
  std::string_view worker;                  // "" = no worker took the request
  std::chrono::microseconds queue_time{0};  // from the last opening to its acceptance; 0 = no worker took it
  std::chrono::microseconds total_time{0};
  std::uint32_t retries = 0;    // openings after the first
  std::string_view reason;      // why the request failed: an error's name; "" = it did not fail
  std::string_view request_id;  // "" = nothing wanted one
};

class LogFile;  // router/observe/log_file.h

class RequestLog {
 public:
  RequestLog() = default;  // off
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // `file` must outlive this RequestLog.
  void write_to(LogFile& file, AccessLogFormat format);

  // Callers ask before they fill a record.
  [[nodiscard]] bool is_on() const { return file_ != nullptr; }
  void write(const RequestRecord& record);
  // Hands over lines that have waited for a second; called every 100 ms or so.
  void sweep(Time now);
  void flush();

 private:
  void append_line(const RequestRecord& record);
  void append_json(const RequestRecord& record);
  void append_time(WallTime at);

  LogFile* file_ = nullptr;
  AccessLogFormat format_ = AccessLogFormat::combined;
  std::string buffer_;
  std::uint64_t lines_ = 0;  // in the buffer
  Time flushed_{};
  std::int64_t second_ = -1;  // the second for which time_text_ was written
  std::string time_text_;
};

}  // namespace zeroway
