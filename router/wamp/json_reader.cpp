#include "router/wamp/json_reader.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <string>
#include <system_error>

#include "router/access/base64.h"
#include "router/http/utf8.h"
#include "router/wamp/big_integer.h"
#include "router/wamp/json_run.h"
#include "router/wamp/limits.h"

namespace zeroway {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | (code >> shift & 0x3fU)); };
  if (code < 0x80) return out.push_back(static_cast<char>(code));
  if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | code >> 6U));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | code >> 12U));
    out.push_back(tail(6));
  } else {
    out.push_back(static_cast<char>(0xf0U | code >> 18U));
    out.push_back(tail(12));
    out.push_back(tail(6));
  }
  out.push_back(tail(0));
}

// Whether a number that no double can hold is too small for one, rather than too large: by the power of ten of its
// first digit that is not 0.
bool is_tiny(std::string_view number) {
  constexpr long kFar = 1'000'000'000;  // farther than any text is long
  long power = 0;
  if (const auto e = number.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = number.substr(e + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);
    if (std::from_chars(exponent.data(), exponent.data() + exponent.size(), power).ec != std::errc{})
      power = exponent.front() == '-' ? -kFar * kFar : kFar * kFar;
    number = number.substr(0, e);
  }
  const auto point = static_cast<long>(std::min(number.find('.'), number.size()));
  const auto first = static_cast<long>(std::min(number.find_first_of("123456789"), number.size()));
  return power + point - first < 0;
}

class JsonReader {
 public:
  JsonReader(Bytes message, ValueSink& to)
      : begin_(as_text(message).data()), at_(begin_), end_(begin_ + message.size()), to_(to) {}

  MaybeValueError read() {
    static_cast<void>(read_all());
    return error_;
  }

 private:
  // Only these record what is wrong: each other function returns false once one of them did.
  bool fail(ValueFault fault, const char* what) {
    error_ = ValueError{fault, what, static_cast<std::size_t>(at_ - begin_)};
    return false;
  }
  bool malformed(const char* what) { return fail(ValueFault::malformed, what); }
  bool told(bool taken) {
    if (taken) return true;
    const ValueError error = to_.error();
    return fail(error.fault, error.what);
  }

  bool read_all() {
    if (!read_value()) return false;
    while (depth_ > 0)
      if (!go_on()) return false;
    skip_space();
    return at_ == end_ || malformed("more behind the value");
  }

  // Inside a list or a map: its next value, or its end.
  bool go_on() {
    const bool is_map = is_map_[depth_ - 1];
    skip_space();
    if (skip(is_map ? '}' : ']')) return close();
    if (at_ == end_) return malformed("cut off");
    if (!is_fresh_ && !skip(',')) return malformed("neither a comma nor an end behind a value");
    is_fresh_ = false;
    return (!is_map || read_key()) && read_value();
  }

  // Of a list or a map only its beginning: the values inside are read by go_on(), without recursion.
  bool read_value() {
    skip_space();
    switch (at_ == end_ ? '\0' : *at_) {
      case '{':
        return open(true);
      case '[':
        return open(false);
      case '"':
        return read_text();
      case 't':
        return skip_word("true") && told(to_.boolean(true));
      case 'f':
        return skip_word("false") && told(to_.boolean(false));
      case 'n':
        return skip_word("null") && told(to_.null());
      default:
        return read_number();
    }
  }

  bool open(bool is_map) {
    if (depth_ == kDeepestValue) return fail(ValueFault::too_deep, "lists and maps too deep in each other");
    ++at_;
    is_map_[depth_++] = is_map;
    is_fresh_ = true;
    return told(is_map ? to_.begin_map() : to_.begin_list());
  }

  bool close() {
    --depth_;
    is_fresh_ = false;
    return told(to_.end());
  }

  bool read_key() {
    std::string_view key;
    skip_space();
    if (at_ == end_ || *at_ != '"') return malformed("no key in a map");
    if (!read_string(key)) return false;
    skip_space();
    return skip(':') ? told(to_.key(key)) : malformed("no colon behind a key");
  }

  bool read_text() {
    std::string_view text;
    if (!read_string(text)) return false;
    if (!text.starts_with('\0')) return told(to_.text(text));
    const auto bytes = decode_base64(text.substr(1));
    return bytes ? told(to_.binary(as_bytes(*bytes))) : malformed("a text that begins with U+0000 and is no base64");
  }

  // `out` is good until the next string is read.
  bool read_string(std::string_view& out) {
    const char* run = ++at_;
    scratch_.clear();
    while (true) {
      if (!skip_run()) return false;
      const std::string_view before(run, at_);
      const char c = *at_++;
      if (c == '"') {
        out = scratch_.empty() ? before : std::string_view(scratch_.append(before));
        return true;
      }
      scratch_.append(before);
      if (!read_escape()) return false;
      run = at_;
    }
  }

  // Until a quote or a backslash.
  bool skip_run() {
    const char* const begin = at_;
    at_ += json_run_of({at_, end_});
    if (at_ == end_) return malformed("cut off in a string");
    if (*at_ != '"' && *at_ != '\\') return malformed("a control character in a string");
    return is_utf8(as_bytes({begin, at_})) || fail(ValueFault::not_utf8, "a string that is not UTF-8");
  }

  // Behind the backslash (RFC 8259 §7).
  bool read_escape() {
    constexpr std::string_view kNamed = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (at_ == end_) return malformed("cut off in a string");
    const char c = *at_++;
    if (c == 'u') return read_code_point();
    const auto place = kNamed.find(c);
    if (place == std::string_view::npos) return malformed("an unknown escape in a string");
    scratch_.push_back(kMeant[place]);
    return true;
  }

  bool read_code_point() {
    std::uint32_t code = 0;
    std::uint32_t low = 0;
    if (!read_hex(code)) return false;
    if (code >= 0xdc00 && code < 0xe000) return malformed("half of a surrogate pair");
    if (code >= 0xd800 && code < 0xdc00) {
      if (!skip('\\') || !skip('u')) return malformed("half of a surrogate pair");
      if (!read_hex(low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return malformed("half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00);
    }
    append_utf8(scratch_, code);
    return true;
  }

  bool read_hex(std::uint32_t& code) {
    if (end_ - at_ < 4) return malformed("cut off in a string");
    const auto read = std::from_chars(at_, at_ + 4, code, 16);
    if (read.ptr != at_ + 4) return malformed("an escape without four hexadecimal digits");
    at_ += 4;
    return true;
  }

  bool read_number() {
    const char* const begin = at_;
    const Sign sign = skip('-') ? Sign::minus : Sign::plus;
    const char* const digits = at_;
    if (!skip_digits()) return malformed(at_ == end_ ? "cut off" : "no value");
    if (*digits == '0' && at_ - digits > 1) return malformed("a number with a leading zero");
    bool is_real = false;
    if (skip('.')) {
      is_real = true;
      if (!skip_digits()) return malformed("a number without digits behind its point");
    }
    if (skip('e') || skip('E')) {
      is_real = true;
      static_cast<void>(skip('+') || skip('-'));
      if (!skip_digits()) return malformed("a number without digits in its exponent");
    }
    return is_real ? say_real({begin, at_}) : say_whole(sign, {digits, at_});
  }

  bool say_whole(Sign sign, std::string_view digits) {
    std::uint64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc{})
      return told(sign == Sign::plus || value == 0 ? to_.natural(value) : to_.negative(value - 1));
    const auto magnitude = magnitude_of(digits);
    if (!magnitude) return fail(ValueFault::inexpressible, "an integer of too many digits");
    return told(say_integer(to_, sign, as_bytes(*magnitude)));
  }

  bool say_real(std::string_view number) {
    double value = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), value).ec != std::errc{}) {
      if (!is_tiny(number)) return malformed("a number that is too large");
      value = number.starts_with('-') ? -0.0 : 0.0;
    }
    return told(to_.real(value));
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool skip(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool skip_digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }
  bool skip_word(std::string_view word) {
    if (!std::string_view(at_, end_).starts_with(word)) return malformed("no value");
    at_ += word.size();
    return true;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  ValueSink& to_;
  std::bitset<kDeepestValue> is_map_;
  std::size_t depth_ = 0;
  bool is_fresh_ = false;  // the innermost list or map has nothing in it yet
  std::string scratch_;    // a string with escapes
  MaybeValueError error_;
};

}  // namespace

MaybeValueError read_json(Bytes message, ValueSink& to) { return JsonReader(message, to).read(); }

}  // namespace zeroway
