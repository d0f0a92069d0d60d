#include "router/trace/trace_context.h"

#include <algorithm>

#include "proto/ascii.h"
#include "router/trace/limits.h"

namespace zeroway {

namespace {

constexpr std::string_view kParentField = "traceparent", kStateField = "tracestate";
constexpr std::size_t kSize = TraceParentText().size();

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<std::uint64_t> read_hex(std::string_view text) {
  std::uint64_t number = 0;
  for (const char c : text) {
    const auto digit = digit_of(c);
    if (!digit) return std::nullopt;
    number = number << 4 | *digit;
  }
  return number;
}

void write_hex(std::uint64_t number, char* to, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t at = digits; at-- > 0; number >>= 4) to[at] = kDigits[number & 0xf];
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_lower_or_digit(char c) { return is_lower(c) || (c >= '0' && c <= '9'); }
bool is_of_key(char c) { return is_lower_or_digit(c) || c == '_' || c == '-' || c == '*' || c == '/'; }
// A value has no '=', and no ',', which the list ends at.
bool is_of_value(char c) { return c >= ' ' && c <= '~' && c != '='; }

bool are_all_of_key(std::string_view text) { return std::all_of(text.begin(), text.end(), is_of_key); }

// "vendor", or "tenant@vendor" (§3.3.1.3.1).
bool is_key(std::string_view key) {
  const std::size_t at = key.find('@');
  if (at == std::string_view::npos)
    return !key.empty() && key.size() <= 256 && is_lower(key.front()) && are_all_of_key(key);
  const std::string_view tenant = key.substr(0, at), vendor = key.substr(at + 1);
  return !tenant.empty() && tenant.size() <= 241 && is_lower_or_digit(tenant.front()) && are_all_of_key(tenant) &&
         !vendor.empty() && vendor.size() <= 14 && is_lower(vendor.front()) && are_all_of_key(vendor);
}

// Of a trimmed value; a value of blanks alone is none.
bool is_value(std::string_view value) {
  return !value.empty() && value.size() <= 256 && std::all_of(value.begin(), value.end(), is_of_value);
}

// The members of the list, one after the other.
class StateReader {
 public:
  void take(std::string_view list) {
    while (!list.empty()) {
      const std::string_view member = trimmed(list.substr(0, list.find(',')));
      list.remove_prefix(std::min(list.find(','), list.size() - 1) + 1);
      if (!member.empty()) take_member(member);  // empty ones may stand in a list
    }
  }
  [[nodiscard]] TraceState state() const {
    if (count_ > kMostStateMembers) return TraceState::too_long;
    return is_good_ ? TraceState::good : TraceState::bad;
  }

 private:
  void take_member(std::string_view member) {
    const std::size_t equals = member.find('=');
    const std::string_view key = member.substr(0, equals);
    is_good_ =
        is_good_ && equals != std::string_view::npos && is_key(key) && is_value(member.substr(equals + 1)) && !has(key);
    if (count_ < kMostStateMembers) keys_[count_] = key;
    ++count_;
  }
  [[nodiscard]] bool has(std::string_view key) const {
    const auto end = keys_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, kMostStateMembers));
    return std::find(keys_.begin(), end, key) != end;
  }

  std::array<std::string_view, kMostStateMembers> keys_;
  std::size_t count_ = 0;
  bool is_good_ = true;
};

}  // namespace

std::optional<TraceParent> read_traceparent(std::string_view value) {
  if (value.size() < kSize || value[2] != '-' || value[35] != '-' || value[52] != '-') return std::nullopt;
  const auto version = read_hex(value.substr(0, 2));
  if (!version || *version == 0xff) return std::nullopt;
  const bool has_more = value.size() > kSize;
  if (has_more && (*version == 0 || value[kSize] != '-')) return std::nullopt;
  const auto high = read_hex(value.substr(3, 16)), low = read_hex(value.substr(19, 16));
  const auto span = read_hex(value.substr(36, 16)), flags = read_hex(value.substr(53, 2));
  if (!high || !low || !span || !flags) return std::nullopt;
  const TraceParent parent{{*high, *low}, *span, (*flags & 1) != 0};
  if (parent.trace.is_none() || parent.span == 0) return std::nullopt;
  return parent;
}

TraceParentText write_traceparent(const TraceParent& parent) {
  TraceParentText text;
  text.fill('-');
  write_hex(0, text.data(), 2);
  write_hex(parent.trace.high, text.data() + 3, 16);
  write_hex(parent.trace.low, text.data() + 19, 16);
  write_hex(parent.span, text.data() + 36, 16);
  write_hex(parent.is_sampled ? 1 : 0, text.data() + 53, 2);
  return text;
}

TraceState check_tracestate(const Head& request) {
  StateReader reader;
  for (const Field field : request)
    if (field.name == kStateField) reader.take(field.value);
  return reader.state();
}

std::optional<TraceParent> trace_of(const Head& request) {
  const auto value = request.find(kParentField);
  if (!value || request.count(kParentField) != 1) return std::nullopt;
  const auto parent = read_traceparent(*value);
  if (!parent || check_tracestate(request) == TraceState::too_long) return std::nullopt;
  return parent;
}

std::array<char, 32> to_hex(TraceId id) {
  std::array<char, 32> text;
  write_hex(id.high, text.data(), 16);
  write_hex(id.low, text.data() + 16, 16);
  return text;
}

std::array<char, 16> to_hex(SpanId id) {
  std::array<char, 16> text;
  write_hex(id, text.data(), text.size());
  return text;
}

}  // namespace zeroway
