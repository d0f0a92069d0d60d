#include "router/settings/values.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include "router/settings/units.h"

namespace zeroway {

namespace {

constexpr double kMostSeconds = 1e10;  // read_time's own limit is lower

bool is_from_environment(const Node& node) {
  return node.kind == Node::Kind::text && node.text.find("${") != std::string::npos;
}

template <class T>
Taken<T> taken(T value) {
  return {std::move(value), Fit::yes};
}

std::optional<std::uint64_t> whole(const std::string& text) {
  std::uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> whole(const Node& node) {
  if (node.kind != Node::Kind::number || node.number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(node.number);
}

// The text of `value`, read by `read` when it is text and `read` takes it.
template <class T, class Read>
Taken<T> from_text(const Value& value, Read read) {
  const Taken<std::string> text = take_text(value);
  if (!text.value) return {std::nullopt, text.fit};
  const std::optional<T> read_value = read(*text.value);
  return {read_value, read_value ? Fit::yes : Fit::no};
}

std::optional<Millis> seconds(double number) {
  if (!(number >= 0) || number > kMostSeconds) return std::nullopt;
  return Millis(static_cast<std::int64_t>(std::llround(number * 1'000)));
}

}  // namespace

Taken<bool> take_flag(const Value& value) {
  if (value.node.kind == Node::Kind::flag) return taken(value.node.flag);
  if (!is_from_environment(value.node)) return {};
  return from_text<bool>(value, [](const std::string& text) -> std::optional<bool> {
    if (text != "true" && text != "false") return std::nullopt;
    return text == "true";
  });
}

Taken<std::uint64_t> take_number(const Value& value) {
  if (const auto number = whole(value.node)) return taken(*number);
  if (!is_from_environment(value.node)) return {};
  return from_text<std::uint64_t>(value, [](const std::string& text) { return whole(text); });
}

Taken<Millis> take_time(const Value& value) {
  if (value.node.kind == Node::Kind::number || value.node.kind == Node::Kind::real) {
    const bool is_whole = value.node.kind == Node::Kind::number;
    const auto time = seconds(is_whole ? static_cast<double>(value.node.number) : value.node.real);
    return {time, time ? Fit::yes : Fit::no};
  }
  return from_text<Millis>(value, [](const std::string& text) { return read_time(text); });
}

Taken<std::uint64_t> take_size(const Value& value) {
  if (const auto number = whole(value.node)) return taken(*number);
  return from_text<std::uint64_t>(value, [](const std::string& text) { return read_size(text); });
}

Taken<std::string> take_text(const Value& value, Reading::Dollars dollars) {
  if (value.node.kind != Node::Kind::text) return {};
  if (value.node.text.find('\0') != std::string::npos) return {};
  auto text = value.reading.expand(value.node.text, dollars, value.node.place, value.where);
  if (!text) return {std::nullopt, Fit::said};
  return taken(std::move(*text));
}

std::string show_flag(bool flag) { return flag ? "true" : "false"; }

std::string show_time_bare(Millis time) {
  const auto count = time.count();
  if (count > 0 && count % 3'600'000 == 0) return std::to_string(count / 3'600'000) + "h";
  return count % 1'000 == 0 ? std::to_string(count / 1'000) + "s" : std::to_string(count) + "ms";
}

std::string show_time(Millis time) { return time == Millis(0) ? "0" : "\"" + show_time_bare(time) + "\""; }

std::string show_size(std::uint64_t size) {
  constexpr std::uint64_t kMebi = 1 << 20;
  if (size > 0 && size % kMebi == 0) return "\"" + std::to_string(size / kMebi) + "MiB\"";
  return std::to_string(size);
}

std::string show_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string show_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + show_text(text);
  return out + "]";
}

std::optional<std::string> take_field_name(const std::string& name) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto is_token_char = [](unsigned char c) {
    return std::isalnum(c) || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char)) return std::nullopt;
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace zeroway
