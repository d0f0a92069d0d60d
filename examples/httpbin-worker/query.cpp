#include "query.h"

#include <zeroway/worker.h>

#include <charconv>

namespace {

template <class Number>
Number read_number(std::string_view what, std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole_text = error == std::errc{} && end == text.data() + text.size();
  if (!is_whole_text || !(value >= low && value <= high)) {
    throw zeroway::StatusError(
        400, std::string(what) + " is a number from " + std::to_string(low) + " to " + std::to_string(high) + "\n");
  }
  return value;
}

}  // namespace

std::optional<std::string> find(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::uint64_t read_whole(std::string_view what, std::string_view text, std::uint64_t low, std::uint64_t high) {
  return read_number(what, text, low, high);
}

double read_decimal(std::string_view what, std::string_view text, double low, double high) {
  return read_number(what, text, low, high);
}

std::uint64_t whole_or(const Pairs& query, std::string_view name, std::uint64_t otherwise, std::uint64_t low,
                       std::uint64_t high) {
  const auto text = find(query, name);
  return text ? read_whole(name, *text, low, high) : otherwise;
}

double decimal_or(const Pairs& query, std::string_view name, double otherwise, double low, double high) {
  const auto text = find(query, name);
  return text ? read_decimal(name, *text, low, high) : otherwise;
}
