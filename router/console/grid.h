// Rows of cells as aligned lines: which columns fit, and how wide each is.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: what the cells say (console/lists.h), which rows are shown (console/page.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "router/console/printable.h"

namespace zeroway::console {

struct Cell {
  std::string text;   // printable
  double number = 0;  // what sorts it, where its column is one of numbers
};

struct Column {
  std::string_view title;
  Align align = Align::left;
  int rank = 0;  // on a narrow screen the highest rank goes first; 0 always stays
  bool is_number = false;
};

struct Row {
  std::string key;  // the same thing has the same key in the next look; "" = nothing can be asked of it
  std::vector<Cell> cells;
  bool is_bad = false;
};

struct List {
  std::vector<Column> columns;
  std::vector<Row> rows;
};

struct Slot {
  std::size_t column;
  std::size_t width;
};

inline constexpr std::size_t kAnyWidth = static_cast<std::size_t>(-1);

// The columns that fit into `width`, in their order, with room for the mark of heading_line(). Nothing is left out or
// cut for kAnyWidth.
[[nodiscard]] std::vector<Slot> lay_out(const List& list, std::size_t width);
// `marked`: the column that has a mark, as the one that sorts; kAnyWidth = none.
[[nodiscard]] std::string heading_line(const List& list, const std::vector<Slot>& slots,
                                       std::size_t marked = kAnyWidth);
[[nodiscard]] std::string row_line(const List& list, const Row& row, const std::vector<Slot>& slots);
// All of it, for standard output. Nothing is cut.
[[nodiscard]] std::string table_text(const List& list);

}  // namespace zeroway::console
