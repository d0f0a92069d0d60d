#include "router/wamp/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "proto/append_bytes.h"
#include "router/access/base64.h"
#include "router/wamp/big_integer.h"
#include "router/wamp/json_run.h"

namespace zeroway {

namespace {

// What stands for a character of a string, or "" when it stands for itself.
std::string_view escape_of(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

void append_escaped(std::string& out, char c) {
  const std::string_view escape = escape_of(c);
  if (!escape.empty()) {
    out += escape;
    return;
  }
  out += static_cast<unsigned char>(c) < 0x10 ? "\\u000" : "\\u001";
  out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
}

}  // namespace

bool JsonWriter::word(std::string_view word) {
  separate();
  out() += word;
  return is_small();
}

bool JsonWriter::natural(std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return word({digits.data(), end});
}

bool JsonWriter::negative(std::uint64_t value) {
  if (value == ~std::uint64_t{0}) return word("-18446744073709551616");
  std::array<char, 21> digits{'-'};
  const auto end = std::to_chars(digits.data() + 1, digits.data() + digits.size(), value + 1).ptr;
  return word({digits.data(), end});
}

bool JsonWriter::big_integer(Sign sign, Bytes magnitude) {
  const std::string digits = digits_of(magnitude);
  return word(sign == Sign::minus ? '-' + digits : digits);
}

bool JsonWriter::real(double value) {
  if (!std::isfinite(value)) return fail(ValueFault::inexpressible, "a number that is not finite has no form in JSON");
  std::array<char, 32> digits;  // 24 at most, and ".0"
  char* end = std::to_chars(digits.data(), digits.data() + digits.size() - 2, value).ptr;
  const bool is_whole = std::string_view(digits.data(), end).find_first_of(".e") == std::string_view::npos;
  if (is_whole) end = std::copy_n(".0", 2, end);
  return word({digits.data(), end});
}

bool JsonWriter::text(std::string_view utf8) {
  separate();
  quote(utf8);
  return is_small();
}

bool JsonWriter::binary(Bytes bytes) {
  separate();
  out() += "\"\\u0000";
  append_base64(out(), as_text(bytes));
  out() += '"';
  return is_small();
}

bool JsonWriter::begin_list() {
  separate();
  open(false);
  out() += '[';
  return is_small();
}

bool JsonWriter::begin_map() {
  separate();
  open(true);
  out() += '{';
  return is_small();
}

bool JsonWriter::key(std::string_view utf8) {
  if (keys_before() > 0) out() += ',';
  begin_key();
  quote(utf8);
  end_key();
  out() += ':';
  return is_small();
}

bool JsonWriter::end() {
  out() += close().is_map ? '}' : ']';
  return is_small();
}

void JsonWriter::separate() {
  const Open* list = count_value();
  if (list != nullptr && list->count > 1) out() += ',';
}

void JsonWriter::quote(std::string_view utf8) {
  out() += '"';
  while (!utf8.empty()) {
    const std::size_t run = json_run_of(utf8);
    append_bytes(out(), as_bytes(utf8.substr(0, run)));
    if (run < utf8.size()) append_escaped(out(), utf8[run]);
    utf8.remove_prefix(std::min(run + 1, utf8.size()));
  }
  out() += '"';
}

}  // namespace zeroway
