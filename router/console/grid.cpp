#include "router/console/grid.h"

#include <algorithm>

#include "router/console/limits.h"

namespace zeroway::console {

namespace {

constexpr std::string_view kGap = "  ";

std::size_t widest(const List& list, std::size_t column) {
  std::size_t width = columns_of(list.columns[column].title);
  for (const Row& row : list.rows) width = std::max(width, columns_of(row.cells[column].text));
  return width;
}

std::size_t total(const std::vector<Slot>& slots) {
  std::size_t width = 0;
  for (const Slot& slot : slots) width += slot.width + kGap.size();
  return width < kGap.size() ? 0 : width - kGap.size();
}

// Where the column is that can be missed most; the end when all must stay.
std::vector<Slot>::iterator least_needed(const List& list, std::vector<Slot>& slots) {
  const auto found = std::max_element(slots.begin(), slots.end(), [&](const Slot& one, const Slot& other) {
    return list.columns[one.column].rank < list.columns[other.column].rank;
  });
  return found == slots.end() || list.columns[found->column].rank == 0 ? slots.end() : found;
}

// Without a space at its end, which nobody sees.
std::string joined(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line.append(line.empty() ? "" : kGap).append(cell);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<Slot> lay_out(const List& list, std::size_t width) {
  std::vector<Slot> slots;
  for (std::size_t column = 0; column < list.columns.size(); ++column) slots.push_back({column, widest(list, column)});
  if (width == kAnyWidth || slots.empty()) return slots;
  for (Slot& slot : slots)
    slot.width = std::clamp(slot.width, columns_of(list.columns[slot.column].title) + 1, kWidestCell);
  while (total(slots) > width) {
    const auto drop = least_needed(list, slots);
    if (drop == slots.end()) break;
    slots.erase(drop);
  }
  const std::size_t wanted = std::max(widest(list, 0), slots.front().width);
  if (total(slots) < width) slots.front().width += std::min(width - total(slots), wanted - slots.front().width);
  // The first column is the name: it gives way last, because the others are numbers, and half a number is none.
  if (total(slots) > width) {
    const std::size_t over = total(slots) - width;
    slots.front().width = std::max(kLeastCell, slots.front().width - std::min(slots.front().width, over));
  }
  return slots;
}

std::string heading_line(const List& list, const std::vector<Slot>& slots, std::size_t marked) {
  std::vector<std::string> cells;
  for (const Slot& slot : slots) {
    const Column& column = list.columns[slot.column];
    const std::string title = std::string(column.title) + (slot.column == marked ? "*" : "");
    cells.push_back(fitted(title, slot.width, column.align));
  }
  return joined(cells);
}

std::string row_line(const List& list, const Row& row, const std::vector<Slot>& slots) {
  std::vector<std::string> cells;
  for (const Slot& slot : slots)
    cells.push_back(fitted(row.cells[slot.column].text, slot.width, list.columns[slot.column].align));
  return joined(cells);
}

std::string table_text(const List& list) {
  const std::vector<Slot> slots = lay_out(list, kAnyWidth);
  std::string text = heading_line(list, slots) + "\n";
  for (const Row& row : list.rows) text += row_line(list, row, slots) + "\n";
  return text;
}

}  // namespace zeroway::console
