#include "router/console/top_state.h"

#include <algorithm>
#include <numeric>

#include "proto/ascii.h"
#include "router/console/limits.h"

namespace zeroway::console {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

bool has_text(const Row& row, const std::string& wanted) {
  return std::any_of(row.cells.begin(), row.cells.end(),
                     [&](const Cell& cell) { return lower(cell.text).find(wanted) != std::string::npos; });
}

std::vector<std::size_t> filtered(const List& list, const std::string& filter) {
  std::vector<std::size_t> order(list.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::string wanted = lower(filter);
  if (!wanted.empty()) std::erase_if(order, [&](std::size_t row) { return !has_text(list.rows[row], wanted); });
  return order;
}

void sort_rows(const List& list, const PageState& page, std::vector<std::size_t>& order) {
  if (page.sort >= list.columns.size()) return;
  const bool is_number = list.columns[page.sort].is_number;
  const auto is_less = [&](std::size_t one, std::size_t other) {
    const Cell &left = list.rows[one].cells[page.sort], &right = list.rows[other].cells[page.sort];
    return is_number ? left.number < right.number : left.text < right.text;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    return page.is_descending ? is_less(other, one) : is_less(one, other);
  });
}

std::size_t find_selected(const View& view, const std::string& key) {
  const auto found = std::find_if(view.order.begin(), view.order.end(),
                                  [&](std::size_t row) { return view.list.rows[row].key == key; });
  return found == view.order.end() ? 0 : static_cast<std::size_t>(found - view.order.begin());
}

const std::string& key_at(const View& view, std::size_t at) {
  static const std::string kNone;
  return view.order.empty() ? kNone : view.list.rows[view.order[std::min(at, view.order.size() - 1)]].key;
}

void move_to(TopState& state, const View& view, std::size_t at) { state.now().selected = key_at(view, at); }

// One row up, a page down, …: where the cursor comes to stand.
std::size_t moved(Key::Kind kind, std::size_t cursor, std::size_t height, std::size_t size) {
  const std::size_t page = std::max<std::size_t>(height, 2) - 1, last = size == 0 ? 0 : size - 1;
  switch (kind) {
    case Key::Kind::up:
      return cursor - std::min<std::size_t>(cursor, 1);
    case Key::Kind::down:
      return std::min(cursor + 1, last);
    case Key::Kind::page_up:
      return cursor - std::min(cursor, page);
    case Key::Kind::page_down:
      return std::min(cursor + page, last);
    case Key::Kind::home:
      return 0;
    case Key::Kind::end:
      return last;
    default:
      return cursor;
  }
}

// The next column to the right or left among those that are shown; numbers begin with the largest.
void sort_by_next(TopState& state, const List& list, const std::vector<std::size_t>& columns, bool is_right) {
  if (columns.empty()) return;
  PageState& page = state.now();
  const auto found = std::find(columns.begin(), columns.end(), page.sort);
  const std::size_t size = columns.size(), at = static_cast<std::size_t>(found - columns.begin());
  const std::size_t from = found == columns.end() ? (is_right ? size - 1 : 0) : at;
  page.sort = columns[(from + (is_right ? 1 : size - 1)) % size];
  page.is_descending = list.columns[page.sort].is_number;
}

void ask_to_hold(TopState& state, const View& view, const TopData& data, bool is_held) {
  const Member* const member = state.page == Page::members ? member_of(data, key_at(view, view.cursor)) : nullptr;
  if (member == nullptr) return void(state.message = "only a worker or a server can be drained: page 1 has them");
  state.wish = HoldWish{member->kind, member->name, is_held};
  state.mode = Mode::confirm;
}

void show(TopState& state, Page page) {
  state.page = page;
  state.mode = Mode::list;
}

void press_letter(TopState& state, char letter, const View& view, const TopData& data,
                  const std::vector<std::size_t>& columns) {
  PageState& page = state.now();
  if (letter >= '1' && letter < static_cast<char>('1' + kPages)) return show(state, static_cast<Page>(letter - '1'));
  if (letter == '\t') return show(state, static_cast<Page>((static_cast<std::size_t>(state.page) + 1) % kPages));
  if (letter == 'd' || letter == 'u') return ask_to_hold(state, view, data, letter == 'd');
  if (letter == '<' || letter == '>') return sort_by_next(state, view.list, columns, letter == '>');
  if (letter == 'r') page.is_descending = !page.is_descending;
  if (letter == '?') state.mode = Mode::help;
  if (letter == '/') {
    state.mode = Mode::filter;
    state.input = page.filter;
  }
}

void press_in_list(TopState& state, const Key& key, const View& view, const TopData& data, std::size_t height,
                   const std::vector<std::size_t>& columns) {
  if (key.kind == Key::Kind::text) return press_letter(state, key.letter, view, data, columns);
  if (key.kind == Key::Kind::left || key.kind == Key::Kind::right)
    return sort_by_next(state, view.list, columns, key.kind == Key::Kind::right);
  if (key.kind == Key::Kind::escape) return state.now().filter.clear();
  if (key.kind == Key::Kind::enter) {
    if (!view.order.empty()) state.mode = Mode::facts;
    state.first_fact = 0;
    return move_to(state, view, view.cursor);
  }
  move_to(state, view, moved(key.kind, view.cursor, height, view.order.size()));
}

void press_in_facts(TopState& state, const Key& key, const View& view, const TopData& data, std::size_t height) {
  if (key.kind == Key::Kind::escape || key.kind == Key::Kind::enter || key.kind == Key::Kind::left)
    return void(state.mode = Mode::list);
  if (key.kind == Key::Kind::text && (key.letter == 'd' || key.letter == 'u'))
    return ask_to_hold(state, view, data, key.letter == 'd');
  if (key.kind == Key::Kind::text && key.letter == '?') return void(state.mode = Mode::help);
  // The screen stops at the last fact.
  state.first_fact = moved(key.kind, state.first_fact, height, kAnyWidth);
}

// Takes a key of a line that is typed. True when the line is whole.
bool type(std::string& input, const Key& key) {
  if (key.kind == Key::Kind::enter) return true;
  if (key.kind == Key::Kind::backspace) {
    while (!input.empty() && (static_cast<unsigned char>(input.back()) & 0xc0) == 0x80) input.pop_back();
    if (!input.empty()) input.pop_back();
  }
  const bool is_shown = static_cast<unsigned char>(key.letter) >= ' ' && key.letter != 0x7f;
  if (key.kind == Key::Kind::text && is_shown && input.size() < kMostInput) input.push_back(key.letter);
  return false;
}

void press_in_filter(TopState& state, const Key& key) {
  const bool is_over = key.kind == Key::Kind::escape || type(state.input, key);
  state.now().filter = key.kind == Key::Kind::escape ? "" : state.input;
  if (!is_over) return;
  state.input.clear();
  state.mode = Mode::list;
}

Act press_in_confirm(TopState& state, const Key& key) {
  const bool is_yes = key.kind == Key::Kind::text && (key.letter == 'y' || key.letter == 'Y');
  if (is_yes && !state.has_token) {
    state.mode = Mode::token;
    return {};
  }
  state.mode = Mode::list;
  if (!is_yes) state.message = "nothing was changed";
  return {.hold = is_yes ? std::exchange(state.wish, std::nullopt) : std::nullopt};
}

Act press_in_token(TopState& state, const Key& key) {
  const bool is_over = key.kind == Key::Kind::escape || type(state.input, key);
  if (!is_over) return {};
  state.mode = Mode::list;
  const std::string token = std::exchange(state.input, {});
  if (key.kind == Key::Kind::escape || token.empty()) {
    state.message = "nothing was changed";
    return {};
  }
  return {.hold = std::exchange(state.wish, std::nullopt), .token = token};
}

}  // namespace

View view_of(const TopData& data, const TopState& state) {
  View view{.list = list_of(data, state.page), .order = {}};
  view.order = filtered(view.list, state.now().filter);
  sort_rows(view.list, state.now(), view.order);
  view.cursor = find_selected(view, state.now().selected);
  return view;
}

Act press(TopState& state, const Key& key, const TopData& data, std::size_t height,
          const std::vector<std::size_t>& columns) {
  state.message.clear();
  const bool is_moving = state.mode == Mode::list || state.mode == Mode::facts || state.mode == Mode::help;
  if (is_moving && key.kind == Key::Kind::text && key.letter == 'q') return {.quits = true};
  switch (state.mode) {
    case Mode::list:
      press_in_list(state, key, view_of(data, state), data, height, columns);
      return {};
    case Mode::facts:
      press_in_facts(state, key, view_of(data, state), data, height);
      return {};
    case Mode::help:
      state.mode = Mode::list;
      return {};
    case Mode::filter:
      press_in_filter(state, key);
      return {};
    case Mode::confirm:
      return press_in_confirm(state, key);
    case Mode::token:
      return press_in_token(state, key);
  }
  return {};
}

}  // namespace zeroway::console
