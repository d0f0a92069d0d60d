// Where the operator is in `router top`, and what a key does there.
//
//            Enter             d, u              y, no token           Enter
//   list ──────────▶ facts ─────────▶ confirm ──────────────▶ token ──────────▶ list, and the change is asked for
//    │ ▲ ◀── Esc ──────┘                 │ y with a token, or another key: list
//    │ └── Enter, Esc ── filter ◀── /    │
//    └────── ? ──▶ help ── any key ──▶ list
//
// Owner: Top; a test builds one by hand.   Thread: one.
// Not here: reading keys (console/terminal.h), what is drawn (console/screen.h).
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "router/console/lists.h"
#include "router/console/top_data.h"

namespace zeroway::console {

struct Key {
  enum class Kind : std::uint8_t {
    text,
    enter,
    escape,
    backspace,
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
  };

  Kind kind = Kind::text;
  char letter = 0;  // of text: one byte of UTF-8
};

// One page: how it is sorted, what is shown of it, where the cursor is.
struct PageState {
  std::size_t sort = kAnyWidth;  // the column; kAnyWidth = as the router tells the rows
  bool is_descending = false;
  std::string filter{};    // rows with this text in a cell, in any case; "" = all
  std::string selected{};  // the key of the row under the cursor: it stays there while rows come and go
  std::size_t first = 0;   // the row at the top
};

struct HoldWish {
  Member::Kind kind = Member::Kind::worker;
  std::string name;
  bool is_held = true;
};

enum class Mode : std::uint8_t { list, facts, help, filter, confirm, token };

struct TopState {
  Page page = Page::members;
  std::array<PageState, kPages> pages{PageState{.sort = 0}};  // members by name: workers are told as they have joined
  Mode mode = Mode::list;
  std::string input;               // typed so far, of filter and token
  std::optional<HoldWish> wish{};  // of confirm and token
  std::string message;             // printable, until the next key
  bool has_token = false;
  std::size_t first_fact = 0;

  [[nodiscard]] PageState& now() { return pages[static_cast<std::size_t>(page)]; }
  [[nodiscard]] const PageState& now() const { return pages[static_cast<std::size_t>(page)]; }
};

// The rows of a page as they are shown, and where the cursor is in them.
struct View {
  List list;
  std::vector<std::size_t> order;  // of list.rows: those that the filter lets through, sorted
  std::size_t cursor = 0;          // in `order`; 0 when it is empty
};

[[nodiscard]] View view_of(const TopData& data, const TopState& state);

// What Top is to do.
struct Act {
  bool quits = false;
  std::optional<HoldWish> hold = std::nullopt;
  std::string token = "";  // that was typed for it; "" = the one that is known
};

// `height`: how many rows the screen has for the list; `columns`: those of the list that it shows.
[[nodiscard]] Act press(TopState& state, const Key& key, const TopData& data, std::size_t height,
                        const std::vector<std::size_t>& columns);

}  // namespace zeroway::console
