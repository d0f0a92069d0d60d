// How RequestBase::param<T>() and query<T>() convert text to a T.
//
// T is std::string, a whole-number type (int, std::uint64_t, …), float or double. Numbers are decimal, as
// std::from_chars reads them: no space, no '+', and the whole text must be the number. "inf" and "nan" are refused.
#pragma once
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace zeroway::detail {

// Throw StatusError(400) whose text tells the client what the value must be. `where` is "path" or "query".
[[noreturn]] void refuse_whole_number(std::string_view where, std::string_view name, const std::string& low,
                                      const std::string& high);
[[noreturn]] void refuse_number(std::string_view where, std::string_view name);

template <class T>
T read_value(std::string_view where, std::string_view name, const std::string& text) {
  constexpr bool is_text = std::is_same_v<T, std::string>;
  constexpr bool is_character = std::is_same_v<T, bool> || std::is_same_v<T, char> || std::is_same_v<T, wchar_t>;
  static_assert(is_text || (std::is_arithmetic_v<T> && !is_character), "T is a number type, or std::string");
  if constexpr (is_text) {
    return text;
  } else {
    T value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole_text = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if constexpr (std::is_integral_v<T>) {
      if (is_whole_text) return value;
      refuse_whole_number(where, name, std::to_string(std::numeric_limits<T>::min()),
                          std::to_string(std::numeric_limits<T>::max()));
    } else {
      if (is_whole_text && std::isfinite(value)) return value;
      refuse_number(where, name);
    }
  }
}

}  // namespace zeroway::detail
