#include "router/observe/request_log.h"

#include <array>
#include <charconv>

#include "router/observe/escape.h"
#include "router/observe/limits.h"
#include "router/observe/log.h"
#include "router/observe/log_file.h"
#include "router/observe/time_text.h"

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

// What a template shows where there is nothing, as other servers do.
constexpr std::string_view kNothing = "-";

// A value in a line of a template.
struct PlainValue {
  std::string& out;
  void operator()(std::string_view text) const { append_cut(out, text.empty() ? kNothing : text); }
  void operator()(std::uint64_t number) const { append_number(out, number); }
  void operator()(std::chrono::microseconds time) const { append_millis(out, time); }
};

// A member of a JSON object, but the first. Texts that are empty are left out, unless older readers know them.
struct JsonMember {
  std::string& out;
  std::string_view name;
  bool is_always;

  void begin() const { out.append(",\"").append(name).append("\":"); }
  void operator()(std::string_view text) const {
    if (text.empty() && !is_always) return;
    begin();
    append_json_string(out, text.substr(0, kMostFieldText));
    if (text.size() > kMostFieldText) out.insert(out.size() - 1, kCut);  // before the quote
  }
  void operator()(std::uint64_t number) const {
    begin();
    append_number(out, number);
  }
  void operator()(std::chrono::microseconds time) const {
    begin();
    append_millis(out, time);
  }
};

// Whether JSON has the member also when it is empty.
bool is_always_there(LogField field) {
  switch (field) {
    case LogField::user:
    case LogField::request_id:
    case LogField::trace_id:
    case LogField::span_id:
    case LogField::site:
    case LogField::route:
    case LogField::pool:
    case LogField::tls_version:
    case LogField::tls_cipher:
      return false;
    default:
      return true;
  }
}

// JSON says the time once.
bool is_another_time(LogField field) { return field == LogField::time_common || field == LogField::unix_ms; }

std::string_view text_of(LogField field, const RequestRecord& record) {
  switch (field) {
    case LogField::address:
      return record.address;
    case LogField::peer:
      return record.peer;
    case LogField::user:
      return record.user;
    case LogField::site:
      return record.site;
    case LogField::scheme:
      return record.scheme;
    case LogField::method:
      return record.method;
    case LogField::host:
      return record.host;
    case LogField::path:
      return record.path;
    case LogField::protocol:
      return record.protocol;
    case LogField::referer:
      return record.referer;
    case LogField::user_agent:
      return record.user_agent;
    case LogField::route:
      return record.route;
    case LogField::pool:
      return record.pool;
    case LogField::worker:
      return record.worker;
    case LogField::reason:
      return record.reason;
    case LogField::request_id:
      return record.request_id;
    case LogField::trace_id:
      return record.trace_id;
    case LogField::span_id:
      return record.span_id;
    case LogField::tls_version:
      return record.tls_version;
    case LogField::tls_cipher:
      return record.tls_cipher;
    default:
      return {};
  }
}

std::int64_t millis_of(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

RequestLog::~RequestLog() { flush(); }

void RequestLog::write(const RequestRecord& record, const LogFormat& format) {
  writer_.write(record, format, buffer_);
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

const std::string& LineWriter::SecondText::of(std::int64_t now, const char* shape) {
  if (now == second) return text;
  second = now;
  text = utc_text(WallTime{std::chrono::seconds(now)}, shape);
  return text;
}

std::string_view LineWriter::iso_time(WallTime at) {
  const std::int64_t millis = millis_of(at);
  const auto rest = static_cast<int>(millis % 1'000);
  time_ = iso_.of(millis / 1'000, "%Y-%m-%dT%H:%M:%S");
  time_ += '.';
  for (const int digit : {rest / 100, rest / 10 % 10, rest % 10}) time_ += static_cast<char>('0' + digit);
  return time_ += 'Z';
}

std::string_view LineWriter::common_time(WallTime at) {
  return common_.of(millis_of(at) / 1'000, "%d/%b/%Y:%H:%M:%S +0000");
}

template <class Take>
void LineWriter::give(LogField field, const RequestRecord& record, Take take) {
  switch (field) {
    case LogField::none:
      return;
    case LogField::time:
      return take(iso_time(record.ended));
    case LogField::time_common:
      return take(common_time(record.ended));
    case LogField::unix_ms:
      return take(static_cast<std::uint64_t>(millis_of(record.ended)));
    case LogField::status:
      return take(static_cast<std::uint64_t>(record.status));
    case LogField::bytes_out:
      return take(record.bytes_out);
    case LogField::bytes_in:
      return take(record.bytes_in);
    case LogField::attempts:
      return take(std::uint64_t{record.attempts});
    case LogField::retries:
      return take(std::uint64_t{record.retries()});
    case LogField::queue_ms:
      return take(record.queue_time);
    case LogField::backend_ms:
      return take(record.backend_time);
    case LogField::total_ms:
      return take(record.total_time);
    default:
      return take(text_of(field, record));
  }
}

void LineWriter::write(const RequestRecord& record, const LogFormat& format, std::string& out) {
  if (format.is_json()) return write_json(record, out);
  for (const LogFormat::Piece& piece : format.pieces()) {
    out.append(piece.literal);
    give(piece.field, record, PlainValue{out});
  }
  out.push_back('\n');
}

void LineWriter::write_json(const RequestRecord& record, std::string& out) {
  const std::size_t begin = out.size();
  for (const LogFieldName& field : log_fields()) {
    if (is_another_time(field.field)) continue;
    give(field.field, record, JsonMember{out, field.name, is_always_there(field.field)});
  }
  out[begin] = '{';  // in the place of the first comma: the time is always there
  out.append("}\n");
}

}  // namespace zeroway
