// Bytes that somebody else chose, made fit for a terminal, and measured in its columns.
//
// Owner: nobody; pure functions of the text and the process's locale (LC_CTYPE).   Thread: any.
// A name with control characters would move the cursor, or do worse; one with combining or right-to-left marks would
// disturb its neighbours. The locale says which characters the terminal shows.
// Not here: the log's escapes (router/observe/escape.h), which never show UTF-8.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace zeroway::console {

// Control characters, '\', bytes that are no UTF-8, and characters without a width of their own become \xNN.
[[nodiscard]] std::string printable(std::string_view bytes);

// Columns of the terminal that a printable text takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);
// The longest begin of a printable text that has at most `columns`; '~' stands where a text was cut.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);

enum class Align : bool { left, right };
// Exactly `columns` wide.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns, Align align = Align::left);

}  // namespace zeroway::console
