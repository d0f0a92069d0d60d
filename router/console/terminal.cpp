#include "router/console/terminal.h"

#include <ncurses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "router/console/limits.h"

namespace zeroway::console {

namespace {

Error failed(const std::string& why) { return {Fault::client, Code::bad_request, false, why}; }

const char* environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

constexpr short kBadPair = 1;

void set_up_colours() {
  if (*environment("NO_COLOR") != 0 || !has_colors()) return;  // no-color.org: any text but none
  start_color();
  use_default_colors();
  init_pair(kBadPair, COLOR_RED, -1);
}

attr_t attributes_of(Style style) {
  const attr_t bad = *environment("NO_COLOR") == 0 && has_colors() ? COLOR_PAIR(kBadPair) | A_BOLD : A_BOLD;
  switch (style) {
    case Style::plain:
      return A_NORMAL;
    case Style::title:
      return A_BOLD;
    case Style::heading:
    case Style::selected:
      return A_REVERSE;
    case Style::bad:
      return bad;
    case Style::selected_bad:
      return bad | A_REVERSE;
    case Style::hint:
      return A_DIM;
  }
  return A_NORMAL;
}

std::optional<Key::Kind> kind_of(int code) {
  switch (code) {
    case '\n':
    case '\r':
    case KEY_ENTER:
      return Key::Kind::enter;
    case 27:
      return Key::Kind::escape;
    case 8:
    case 127:
    case KEY_BACKSPACE:
      return Key::Kind::backspace;
    case KEY_UP:
      return Key::Kind::up;
    case KEY_DOWN:
      return Key::Kind::down;
    case KEY_LEFT:
      return Key::Kind::left;
    case KEY_RIGHT:
      return Key::Kind::right;
    case KEY_PPAGE:
      return Key::Kind::page_up;
    case KEY_NPAGE:
      return Key::Kind::page_down;
    case KEY_HOME:
      return Key::Kind::home;
    case KEY_END:
      return Key::Kind::end;
    default:
      return std::nullopt;
  }
}

}  // namespace

// initscr() would end the process when it does not know the terminal.
Result<std::unique_ptr<Terminal>> Terminal::open() {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
    return failed("standard input and output must be a terminal; --once prints one screen without");
  if (newterm(nullptr, stdout, stdin) == nullptr)
    return failed("TERM=" + std::string(environment("TERM")) + " is no terminal that is known here");
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(static_cast<int>(kEscapeWait.count()));
  curs_set(0);
  set_up_colours();
  return std::unique_ptr<Terminal>(new Terminal());
}

Terminal::~Terminal() { endwin(); }

int Terminal::descriptor() const { return STDIN_FILENO; }

Size Terminal::size() const {
  return {static_cast<std::size_t>(getmaxy(stdscr)), static_cast<std::size_t>(getmaxx(stdscr))};
}

// The signal does not reach ncurses: the loop reads it from a descriptor.
void Terminal::resize() {
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 || window.ws_col == 0) return;
  resizeterm(window.ws_row, window.ws_col);
  clear();
}

void Terminal::draw(const Screen& screen) {
  erase();
  for (std::size_t row = 0; row < screen.lines.size(); ++row) {
    const Line& line = screen.lines[row];
    attrset(static_cast<int>(attributes_of(line.style)));
    mvaddnstr(static_cast<int>(row), 0, line.text.data(), static_cast<int>(line.text.size()));
  }
  attrset(A_NORMAL);
  refresh();
}

std::optional<Key> Terminal::read_key() {
  while (true) {
    const int code = getch();
    if (code == ERR) return std::nullopt;
    if (const auto kind = kind_of(code)) return Key{*kind};
    if (code < 256) return Key{Key::Kind::text, static_cast<char>(code)};
  }
}

}  // namespace zeroway::console
