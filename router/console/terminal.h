// The operator's terminal as a screen of lines and a source of keys.
//
// Owner: Top; at most one in a process.   Thread: one.
// ncurses is included by terminal.cpp alone. The destructor gives the terminal back as it was.
// Not here: what the lines say (console/screen.h), waiting for keys (a loop watches the descriptor).
#pragma once
#include <memory>
#include <optional>

#include "proto/error.h"
#include "router/console/screen.h"
#include "router/console/top_state.h"

namespace zeroway::console {

class Terminal {
 public:
  // Fails when standard input or output is no terminal, or of a kind that nobody knows (TERM).
  [[nodiscard]] static Result<std::unique_ptr<Terminal>> open();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] int descriptor() const;
  [[nodiscard]] Size size() const;
  // The window has another size: to be called after SIGWINCH, before size().
  void resize();
  void draw(const Screen& screen);
  // Does not wait. Nothing when no key is there.
  [[nodiscard]] std::optional<Key> read_key();

 private:
  Terminal() = default;
};

}  // namespace zeroway::console
