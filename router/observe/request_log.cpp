#include "router/observe/request_log.h"

#include <array>
#include <charconv>
#include <ctime>

#include "router/observe/escape.h"
#include "router/observe/limits.h"
#include "router/observe/log.h"
#include "router/observe/log_file.h"

namespace zeroway {

namespace {

constexpr std::string_view kCut = "...";  // ends a field that was longer

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 24> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

// 1234 µs is 1.234: milliseconds with three digits.
void append_millis(std::string& out, std::chrono::microseconds time) {
  const auto count = time.count() < 0 ? 0 : time.count();
  append_number(out, count / 1000);
  const auto rest = static_cast<int>(count % 1000);
  out.push_back('.');
  out.push_back(static_cast<char>('0' + rest / 100));
  out.push_back(static_cast<char>('0' + rest / 10 % 10));
  out.push_back(static_cast<char>('0' + rest % 10));
}

// Appends text that a client chose, escaped and cut: people and programs can still read the line.
void append_cut(std::string& out, std::string_view text) {
  append_escaped(out, text.substr(0, kMostFieldText));
  if (text.size() > kMostFieldText) out.append(kCut);
}

void append_quoted(std::string& out, std::string_view text) {
  out.append(" \"");
  append_cut(out, text.empty() ? "-" : text);
  out.push_back('"');
}

void append_or_dash(std::string& out, std::string_view text) {
  out.push_back(' ');
  if (text.empty()) {
    out.push_back('-');
  } else {
    append_escaped(out, text);
  }
}

}  // namespace

RequestLog::~RequestLog() { flush(); }

void RequestLog::write_to(LogFile& file, AccessLogFormat format) {
  file_ = &file;
  format_ = format;
}

void RequestLog::write(const RequestRecord& record) {
  if (file_ == nullptr) return;
  if (format_ == AccessLogFormat::json) {
    append_json(record);
  } else {
    append_line(record);
  }
  ++lines_;
  if (buffer_.size() >= kAccessLogBatch) flush();
}

void RequestLog::sweep(Time now) {
  if (buffer_.empty() || now - flushed_ < kAccessLogEvery) return;
  flushed_ = now;
  flush();
}

void RequestLog::flush() {
  if (buffer_.empty()) return;
  const bool are_first_lost = file_->append(buffer_, lines_);
  lines_ = 0;
  if (are_first_lost) log::warning(file_->name() + " takes no lines; they are lost until it does");
}

void RequestLog::append_time(WallTime at) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  if (second != second_) {
    second_ = second;
    const auto time = static_cast<std::time_t>(second);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 64> text;
    const char* shape = format_ == AccessLogFormat::json ? "%Y-%m-%dT%H:%M:%SZ" : "%d/%b/%Y:%H:%M:%S +0000";
    time_text_.assign(text.data(), std::strftime(text.data(), text.size(), shape, &parts));
  }
  buffer_.append(time_text_);
}

// address - - [time] "GET /path HTTP/1.1" status bytes "referer" "agent" worker queue-ms total-ms retries reason
void RequestLog::append_line(const RequestRecord& record) {
  buffer_.append(record.address).append(" - - [");
  append_time(record.ended);
  buffer_.append("] \"");
  append_escaped(buffer_, record.method.substr(0, kMostFieldText));
  buffer_.push_back(' ');
  append_cut(buffer_, record.path);
  buffer_.push_back(' ');
  buffer_.append(record.protocol).append("\" ");
  append_number(buffer_, record.status);
  buffer_.push_back(' ');
  append_number(buffer_, record.bytes_out);
  if (format_ == AccessLogFormat::combined) {
    append_quoted(buffer_, record.referer);
    append_quoted(buffer_, record.user_agent);
  }
  append_or_dash(buffer_, record.worker);
  buffer_.push_back(' ');
  append_millis(buffer_, record.queue_time);
  buffer_.push_back(' ');
  append_millis(buffer_, record.total_time);
  buffer_.push_back(' ');
  append_number(buffer_, record.retries);
  append_or_dash(buffer_, record.reason);
  buffer_.push_back('\n');
}

void RequestLog::append_json(const RequestRecord& record) {
  const auto text = [this](std::string_view name, std::string_view value) {
    buffer_.append(name);
    append_json_string(buffer_, value.substr(0, kMostFieldText));
    if (value.size() > kMostFieldText) buffer_.insert(buffer_.size() - 1, kCut);  // before the quote
  };
  const auto number = [this](std::string_view name, auto value) {
    buffer_.append(name);
    append_number(buffer_, value);
  };
  const auto millis = [this](std::string_view name, std::chrono::microseconds value) {
    buffer_.append(name);
    append_millis(buffer_, value);
  };
  buffer_.append("{\"time\":\"");
  append_time(record.ended);
  text("\",\"address\":", record.address);
  text(",\"peer\":", record.peer);
  text(",\"method\":", record.method);
  text(",\"host\":", record.host);
  text(",\"path\":", record.path);
  text(",\"protocol\":", record.protocol);
  number(",\"status\":", record.status);
  number(",\"bytes_out\":", record.bytes_out);
  number(",\"bytes_in\":", record.bytes_in);
  text(",\"referer\":", record.referer);
  text(",\"user_agent\":", record.user_agent);
  text(",\"worker\":", record.worker);
  millis(",\"queue_ms\":", record.queue_time);
  millis(",\"total_ms\":", record.total_time);
  number(",\"retries\":", record.retries);
  text(",\"reason\":", record.reason);
  if (!record.request_id.empty()) text(",\"request_id\":", record.request_id);
  buffer_.append("}\n");
}

}  // namespace zeroway
