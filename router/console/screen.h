// What `router top` shows: a function from what is known and where the operator is to lines of text.
//
// Owner: nobody; pure functions.   Thread: any.
// The terminal's library never sees the data, and a test needs no terminal.
// Not here: drawing (console/terminal.h), what a key does (console/top_state.h).
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "router/console/top_data.h"
#include "router/console/top_state.h"

namespace zeroway::console {

enum class Style : std::uint8_t { plain, title, heading, selected, bad, selected_bad, hint };

struct Line {
  std::string text;  // printable, at most as wide as the screen
  Style style = Style::plain;

  bool operator==(const Line&) const = default;
};

struct Size {
  std::size_t rows = 24, columns = 80;
};

struct Screen {
  std::vector<Line> lines;           // as many as the screen has rows, or fewer
  std::size_t height = 1;            // rows of the list
  std::vector<std::size_t> columns;  // of the list that are shown
};

// Moves the page's first row, or the first fact, so that the cursor is on the screen.
[[nodiscard]] Screen screen_of(const TopData& data, TopState& state, Size size);
// All of the first page, for standard output.
[[nodiscard]] std::string once_text(const TopData& data);

}  // namespace zeroway::console
