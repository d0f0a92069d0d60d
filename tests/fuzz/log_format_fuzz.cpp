// Any form of log lines, and any request: a line is one line of printable ASCII, and no value of a client has a quote
// or a bare backslash in it.
#include <algorithm>
#include <string>

#include "router/observe/request_log.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::size_t kMostInput = 4'000;

std::size_t count(std::string_view text, char c) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

// The literals of the template, which the operator wrote.
std::string literals(const LogFormat& format) {
  std::string all;
  for (const LogFormat::Piece& piece : format.pieces()) all += piece.literal;
  return all;
}

void check(const LogFormat& format, std::string_view value) {
  const RequestRecord record{.ended = WallTime{std::chrono::seconds(784'111'777)},
                             .address = value,
                             .peer = value,
                             .method = value,
                             .host = value,
                             .path = value,
                             .referer = value,
                             .user_agent = value,
                             .worker = value,
                             .reason = value,
                             .request_id = value};
  std::string line;
  LineWriter().write(record, format, line);
  must(line.ends_with('\n') && count(line, '\n') == 1);
  const std::string own = literals(format);
  const auto is_plain = [](char c) { return c >= ' ' && c < 0x7f; };
  if (std::all_of(own.begin(), own.end(), is_plain)) must(std::all_of(line.begin(), line.end() - 1, is_plain));
  if (format.is_json()) return must(line.front() == '{' && line[line.size() - 2] == '}');
  must(count(line, '"') == count(own, '"'));
}

}  // namespace

// The first line is a form; the rest is what a client chose.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), std::min(size, kMostInput));
  const std::string_view form = all.substr(0, all.find('\n'));
  const std::string_view value = all.substr(std::min(form.size() + 1, all.size()));
  check(LogFormat::json(), value);
  check(LogFormat::combined(), value);
  if (const auto format = LogFormat::read(form)) check(*format, value);
  return 0;
}
