#include "router/console/screen.h"

#include <algorithm>

#include "router/console/number_text.h"

namespace zeroway::console {

namespace {

constexpr std::size_t kLeastList = 3;    // rows that the head leaves for the list's heading, a row and the hints
constexpr std::size_t kOnceWidth = 100;  // columns of the head in --once

constexpr std::array kHelp{
    "1 2 3 4 5, Tab   members, routes, failed requests, events, sessions of WAMP",
    "up, down, PgUp, PgDn, Home, End   move the cursor",
    "< >, left, right   sort by another column    r   the other way round",
    "/   show only rows that have a text    Esc   show all again",
    "Enter   all facts of the row    Esc   back",
    "d   drain: the worker or server gets no new requests",
    "u   undrain: it gets requests again",
    "q   quit",
    "errors/s: replies with 5xx.  p50, p99: since the last look",
    "WEIGHT: share of the requests.  FAIL/S: lost or reset by it",
};

// Items one behind the other, in as many lines as they need.
std::vector<Line> wrapped(const std::vector<std::string>& items, std::size_t width) {
  std::vector<Line> lines;
  for (const std::string& item : items) {
    const bool fits = !lines.empty() && columns_of(lines.back().text) + 2 + columns_of(item) <= width;
    if (fits) {
      lines.back().text += "  " + item;
    } else {
      lines.push_back({cut(item, width)});
    }
  }
  return lines;
}

std::string state_text(const TopData& data) {
  if (!data.numbers) return "";
  return data.numbers->is_draining ? "draining" : data.numbers->is_ready ? "ready" : "NOT READY";
}

Line title_line(const TopData& data, std::size_t width) {
  std::string text = "router " + printable(data.where);
  if (data.numbers) text += "  up " + age_text(data.numbers->uptime_seconds) + "  " + state_text(data);
  return {cut(text, width), Style::title};
}

// Since when the router is away, and why.
Line outage_line(const TopData& data, std::size_t width) {
  const auto seconds = std::chrono::duration<double>(data.outage_since.time_since_epoch()).count();
  const auto away = std::chrono::duration<double>(data.now - data.outage_since).count();
  return {
      cut("NO ANSWER for " + age_text(away) + ", since " + utc_time(seconds) + ": " + printable(data.outage), width),
      Style::bad};
}

std::vector<std::string> head_items(const TopData& data) {
  const Numbers& numbers = *data.numbers;
  return {rate_text(data.pace.requests) + " req/s",
          rate_text(data.pace.failures) + " errors/s",
          "open " + std::to_string(numbers.open),
          "p50 " + duration_text(data.p50),
          "p99 " + duration_text(data.p99),
          "conns " + std::to_string(numbers.connections_open),
          "workers " + std::to_string(numbers.workers),
          "servers " + std::to_string(numbers.servers)};
}

std::vector<Line> head_of(const TopData& data, std::size_t width) {
  std::vector<Line> lines{title_line(data, width)};
  if (!data.outage.empty()) {
    lines.push_back(outage_line(data, width));
  } else if (!data.numbers_trouble.is_fine()) {
    lines.push_back({cut(data.numbers_trouble.why, width), Style::bad});
  } else if (data.numbers) {
    for (Line& line : wrapped(head_items(data), width)) lines.push_back(std::move(line));
  }
  return lines;
}

// A long name gives way to the question behind it.
std::string ask_text(const HoldWish& wish, std::size_t width) {
  const std::string begin = std::string(wish.is_held ? "drain " : "undrain ") + to_text(wish.kind) + " ";
  constexpr std::string_view kEnd = "? y/n";
  const std::size_t room = width - std::min(width, begin.size() + kEnd.size());
  return cut(begin + cut(printable(wish.name), room) + std::string(kEnd), width);
}

std::string hints(const TopState& state) {
  if (state.mode == Mode::facts)
    return state.page == Page::members ? "Esc back  d drain  u undrain  ? help  q quit" : "Esc back  ? help  q quit";
  std::string text = "? help  q quit  1-5 pages  / filter  < > sort  Enter facts  d drain  u undrain";
  const std::string& filter = state.now().filter;
  return filter.empty() ? text : "filter '" + printable(filter) + "'  Esc all  " + text;
}

Line foot_of(const TopState& state, std::size_t width) {
  switch (state.mode) {
    case Mode::filter:
      return {cut("filter: " + printable(state.input) + "_", width), Style::selected};
    case Mode::confirm:
      return {ask_text(*state.wish, width), Style::selected};
    case Mode::token:
      return {cut("token: " + std::string(state.input.size(), '*') + "_", width), Style::selected};
    default:
      break;
  }
  if (!state.message.empty()) return {cut(state.message, width), Style::bad};
  return {cut(hints(state), width), Style::hint};
}

void settle(std::size_t& first, std::size_t cursor, std::size_t height, std::size_t size) {
  first = std::min(first, size - std::min(size, height));
  if (cursor < first) first = cursor;
  if (cursor >= first + height) first = cursor + 1 - height;
}

Style style_of(const Row& row, bool is_selected) {
  if (row.is_bad) return is_selected ? Style::selected_bad : Style::bad;
  return is_selected ? Style::selected : Style::plain;
}

// Under the heading when there is no row.
std::string nothing_text(const TopData& data, const TopState& state) {
  const auto trouble = data.troubles.find(state.page);
  if (trouble != data.troubles.end() && !trouble->second.is_fine()) return trouble->second.why;
  if (!state.now().filter.empty()) return "nothing has '" + printable(state.now().filter) + "' in it";
  return std::string("no ") + title_of(state.page);
}

void add_list(Screen& screen, const TopData& data, TopState& state, std::size_t width) {
  const View view = view_of(data, state);
  const std::vector<Slot> slots = lay_out(view.list, width);
  for (const Slot& slot : slots) screen.columns.push_back(slot.column);
  PageState& page = state.now();
  // From the first look on: what is drained must be what was under the cursor, also when another member comes above it.
  if (page.selected.empty() && !view.order.empty()) page.selected = view.list.rows[view.order[view.cursor]].key;
  settle(page.first, view.cursor, screen.height, view.order.size());
  screen.lines.push_back({fitted(heading_line(view.list, slots, page.sort), width), Style::heading});
  const std::size_t end = std::min(page.first + screen.height, view.order.size());
  for (std::size_t at = page.first; at < end; ++at) {
    const Row& row = view.list.rows[view.order[at]];
    const Style style = style_of(row, at == view.cursor);
    const std::string text = cut(row_line(view.list, row, slots), width);
    screen.lines.push_back({at == view.cursor ? fitted(text, width) : text, style});
  }
  if (view.order.empty()) screen.lines.push_back({cut(nothing_text(data, state), width)});
}

// A fact's value goes on in the next lines under its begin.
std::vector<Line> fact_lines(const Facts& facts, std::size_t width) {
  std::size_t names = 0;
  for (const auto& [name, value] : facts) names = std::max(names, columns_of(name));
  names = std::min(names, width / 2);
  std::vector<Line> lines;
  for (const auto& [name, value] : facts) {
    std::string title = fitted(name, names) + "  ";
    std::string_view rest = value;
    const std::size_t room = std::max<std::size_t>(width - std::min(width, names + 2), 8);
    do {
      std::string piece = cut(rest, room);
      if (piece.size() <= rest.size() && columns_of(rest) > room) piece.pop_back();  // the mark of a cut
      rest.remove_prefix(piece.size());
      lines.push_back({cut(title + piece, width)});
      title.assign(names + 2, ' ');
    } while (!rest.empty());
  }
  return lines;
}

void add_facts(Screen& screen, const TopData& data, TopState& state, std::size_t width) {
  const Facts facts = facts_of(data, state.page, state.now().selected);
  screen.lines.push_back({fitted(std::string("FACTS of ") + title_of(state.page), width), Style::heading});
  if (facts.empty()) return screen.lines.push_back({cut("it is no longer there", width), Style::bad});
  const std::vector<Line> lines = fact_lines(facts, width);
  state.first_fact = std::min(state.first_fact, lines.size() - std::min(lines.size(), screen.height));
  const std::size_t end = std::min(state.first_fact + screen.height, lines.size());
  for (std::size_t at = state.first_fact; at < end; ++at) screen.lines.push_back(lines[at]);
}

void add_help(Screen& screen, std::size_t width) {
  screen.lines.push_back({fitted("KEYS", width), Style::heading});
  for (const char* const line : kHelp)
    for (const Line& part : fact_lines({{"", line}}, width)) screen.lines.push_back(part);
}

}  // namespace

Screen screen_of(const TopData& data, TopState& state, Size size) {
  Screen screen;
  screen.lines = head_of(data, size.columns);
  const std::size_t most_head = size.rows - std::min(size.rows, kLeastList);
  if (screen.lines.size() > most_head) screen.lines.resize(std::max<std::size_t>(most_head, 1));
  screen.height = size.rows - std::min(size.rows - 1, screen.lines.size() + 2);
  if (state.mode == Mode::help) {
    add_help(screen, size.columns);
  } else if (state.mode == Mode::facts) {
    add_facts(screen, data, state, size.columns);
  } else {
    add_list(screen, data, state, size.columns);
  }
  screen.lines.resize(std::max<std::size_t>(size.rows, 1) - 1);
  screen.lines.push_back(foot_of(state, size.columns));
  return screen;
}

std::string once_text(const TopData& data) {
  std::string text;
  for (const Line& line : head_of(data, kOnceWidth)) text += line.text + "\n";
  return text + "\n" + table_text(list_of(data, Page::members));
}

}  // namespace zeroway::console
