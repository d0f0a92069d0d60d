// Takes a value of a file as a flag, number, time, size or text.
//
// Owner: nobody; free functions.   Thread: any.
// Text with ${NAME} in it may stand for any of them: the environment has only text.
// Not here: ranges (settings/keys.h), units (settings/units.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "router/settings/table.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

// What was taken, or why there is nothing.
template <class T>
struct Taken {
  std::optional<T> value;
  Fit fit = Fit::no;
};

[[nodiscard]] Taken<bool> take_flag(const Value& value);
[[nodiscard]] Taken<std::uint64_t> take_number(const Value& value);
// A plain number is seconds.
[[nodiscard]] Taken<Millis> take_time(const Value& value);
// A plain number is bytes.
[[nodiscard]] Taken<std::uint64_t> take_size(const Value& value);
[[nodiscard]] Taken<std::string> take_text(const Value& value, Reading::Dollars dollars = Reading::Dollars::unescape);

// In the notation of TOML.
[[nodiscard]] std::string show_flag(bool flag);
[[nodiscard]] std::string show_time(Millis time);       // "30s" with its quotes
[[nodiscard]] std::string show_time_bare(Millis time);  // 30s
[[nodiscard]] std::string show_size(std::uint64_t size);
[[nodiscard]] std::string show_text(const std::string& text);
[[nodiscard]] std::string show_list(const std::vector<std::string>& texts);

// The name of a field (RFC 9110 §5.1) in lower case; nothing when `name` is none.
[[nodiscard]] std::optional<std::string> take_field_name(const std::string& name);

}  // namespace zeroway
