// One line for each request: what was asked, what came of it, who answered, and how long it took.
//
// Owner: Router keeps one per loop, all with one file.   Thread: that loop.
// Lines are gathered and handed to the file many at once, at least once a second and when it goes.
// Not here: filling a record (exchange/exchange.cpp), writing (observe/log_file.h), what a person should know at once
// (observe/log.h).
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
  std::string_view address;  // the client's: behind trusted proxies, what they say
  std::string_view peer;     // whose connection it is
  std::string_view method, host, path, protocol;
  int status = 0;                           // 0 = none was sent
  std::uint64_t bytes_out = 0;              // of the reply's body, to the client
  std::uint64_t bytes_in = 0;               // of the request's body
  std::string_view referer, user_agent;     // "" = none was sent
  std::string_view worker;                  // "" = nobody took it
  std::chrono::microseconds queue_time{0};  // from the last opening to its acceptance; 0 = nobody took it
  std::chrono::microseconds total_time{0};
  std::uint32_t retries = 0;  // openings after the first
  std::string_view reason;    // why it failed: an error's name; "" = it did not
};

class LogFile;  // router/observe/log_file.h

class RequestLog {
 public:
  RequestLog() = default;  // off
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // `file` must outlive this.
  void write_to(LogFile& file, AccessLogFormat format);

  // Ask before filling a record.
  [[nodiscard]] bool is_on() const { return file_ != nullptr; }
  void write(const RequestRecord& record);
  // Hands over what has waited for a second; called every 100 ms or so.
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
  std::int64_t second_ = -1;  // that time_text_ was written for
  std::string time_text_;
};

}  // namespace zeroway
